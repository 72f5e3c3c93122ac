import type pg from 'pg';
import { CordonError } from '../base/index.js';

/** Whatever runs one statement: a pool, or a connection within a transaction. */
export type Database = Pick<pg.ClientBase, 'query'>;

/** SQLSTATE or system code; texts of a database quote rows and go nowhere. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}

/** @throws CordonError LEDGER_UNAVAILABLE, whose detail has the database's code and none of its words */
export async function run<Row extends pg.QueryResultRow>(
  database: Database,
  text: string,
  values: readonly unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  try {
    return await database.query<Row>(text, [...values]);
  } catch (error) {
    throw unavailable(error);
  }
}

/**
 * Runs `work` in one transaction.
 * @throws CordonError LEDGER_UNAVAILABLE when it did not commit; whatever `work` throws
 */
export async function transaction<T>(pool: pg.Pool, work: (database: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw unavailable(error);
  });
  // Whoever stops in the middle gives its locks back after this time, whatever became of the process.
  let failed: Error | undefined;
  try {
    await run(client, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '30s'");
    const result = await work(client);
    // After an error COMMIT resolves too, as ROLLBACK.
    const { command } = await run(client, 'COMMIT');
    if (command !== 'COMMIT')
      throw new CordonError('LEDGER_UNAVAILABLE', { detail: 'the control database rolled back' });
    return result;
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    // A connection in an unknown state is not used again.
    client.release(failed);
  }
}

function unavailable(error: unknown): CordonError {
  return new CordonError('LEDGER_UNAVAILABLE', { detail: `control database: ${codeOf(error)}` });
}
