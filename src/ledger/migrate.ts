import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { sha256 } from '../base/index.js';

/** One numbered file: `001-ledger.sql`. */
interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly hash: Buffer;
}

/** Any number will do, as long as every Cordon uses the same. */
const advisoryLock = 7_311_205_119;

/**
 * Brings the control database up to date: every `NNN-title.sql` of the folder that it does not have yet, in order,
 * each in a transaction of its own. Several processes may start at once; one works, the others wait.
 * @returns names of the migrations that were applied now
 * @throws Error when an applied file was changed since, is missing, or the database is ahead of this version
 */
export async function migrate(control: pg.ClientConfig, folder: string): Promise<readonly string[]> {
  const migrations = readMigrations(folder);
  const client = new pg.Client(control);
  await client.connect();
  try {
    await client.query('SELECT pg_catalog.pg_advisory_lock($1)', [advisoryLock]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS cordon`);
    await client.query(`CREATE TABLE IF NOT EXISTS cordon.migration (
      number integer PRIMARY KEY, name text NOT NULL, hash bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const applied = await client.query<{ number: number; name: string; hash: Buffer }>(
      'SELECT number, name, hash FROM cordon.migration ORDER BY number',
    );
    for (const row of applied.rows) expectUnchanged(row, migrations);
    const done = new Set(applied.rows.map((row) => row.number));
    const pending = migrations.filter(({ number }) => !done.has(number));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const number = /^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1];
      if (number === undefined) throw new Error(`a migration is named NNN-title.sql, not ${name}`);
      const text = readFileSync(join(folder, name), 'utf8');
      return { number: Number(number), name, text, hash: sha256(text) };
    });
  const twice = migrations.find(({ number }, i) => migrations[i - 1]?.number === number);
  if (twice !== undefined) throw new Error(`two migrations bear the number of ${twice.name}`);
  return migrations;
}

function expectUnchanged(
  applied: { number: number; name: string; hash: Buffer },
  migrations: readonly Migration[],
): void {
  const migration = migrations.find(({ number }) => number === applied.number);
  if (migration === undefined) {
    throw new Error(`the control database has ${applied.name}, which this version of Cordon does not know`);
  }
  if (!migration.hash.equals(applied.hash)) {
    throw new Error(
      `${migration.name} was changed after it was applied; put it back and add a new migration`,
    );
  }
}

async function apply(client: pg.Client, { number, name, text, hash }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(text);
    await client.query('INSERT INTO cordon.migration (number, name, hash) VALUES ($1, $2, $3)', [
      number,
      name,
      hash,
    ]);
    // After an error inside the file COMMIT would resolve too, as ROLLBACK.
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error(`${name} was not committed`);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
