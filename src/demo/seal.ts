import { join } from 'node:path';
import type pg from 'pg';
import { loadOrCreateKeys } from '../base/index.js';
import type { DemoSealed } from './table.js';

/** The file of the demo's one encryption key, and its name in the configuration. */
export const demoKey = { name: 'tax-id', file: 'tax-id.key' } as const;

/** The key from the folder, made at the first call. */
export function openDemoKey(folder: string): Buffer {
  return loadOrCreateKeys(folder, { key: demoKey.file }).key;
}

export function demoKeyPlace(folder: string): string {
  return join(folder, demoKey.file);
}

/**
 * Seals values as the gateway will open them, for the rows that are made next. They come from the database and go back as
 * ciphertexts, so that none is stored in clear, not even in rows that are written over.
 */
export async function sealValues(
  client: pg.Client,
  { coordinate, key: name, values }: DemoSealed,
  key: Buffer,
): Promise<void> {
  // Loaded here, because `demo token` comes by this file too and needs none of it.
  const { ColumnCipher } = await import('../sources/index.js');
  const cipher = new ColumnCipher(new Map([[name, { current: key, old: [] }]]));
  const { rows } = await client.query<{ record: number; value: string }>(values);
  const records = rows.map(({ record }) => record);
  const sealed = rows.map(({ record, value }) =>
    cipher.seal(name, value, { coordinate, record: [String(record)] }),
  );
  await client.query('TRUNCATE sealed_value');
  await client.query('INSERT INTO sealed_value SELECT * FROM unnest($1::int4[], $2::bytea[])', [
    records,
    sealed,
  ]);
}
