import pg from 'pg';
import { z } from 'zod';
import { CordonError } from '../base/index.js';
import { codeOf } from './error-code.js';

/** A pool or client of the control database. */
export interface ControlDatabase {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A record that cannot be kept as given. The message is for whoever wrote it and holds none of its values. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** SQLSTATE class 23: the record contradicts itself or others. */
const integrityViolation = /^23/;

/**
 * Runs one statement.
 * @throws RecordError naming the constraint that the record breaks; LEDGER_UNAVAILABLE for anything else. Neither bears
 *   the database's own text, which quotes rows.
 */
export async function run<Row>(
  database: ControlDatabase,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    return (await database.query(text, [...values])).rows as readonly Row[];
  } catch (error) {
    if (error instanceof pg.DatabaseError && integrityViolation.test(error.code ?? '')) {
      throw new RecordError(`the record breaks the rule ${error.constraint ?? 'of its table'}`);
    }
    throw new CordonError('LEDGER_UNAVAILABLE', { detail: `control database: ${codeOf(error)}` });
  }
}

/** The record as its schema reads it. @throws RecordError with every field that does not fit */
export function parseRecord<T>(schema: z.ZodType<T>, record: unknown): T {
  const result = schema.safeParse(record);
  if (result.success) return result.data;
  throw new RecordError(
    result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

/** A name or other text that PostgreSQL holds as it is. */
export const text = z
  .string()
  .min(1)
  .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'must hold neither NUL nor unpaired surrogates');

/** Milliseconds since 1970. */
export const time = z.int();
