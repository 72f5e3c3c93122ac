import type pg from 'pg';
import { CordonError, type Cancellation } from '../base/index.js';
import { connectionUnlessCancelled, unlessCancelled, untilCancelled } from '../sources/index.js';

/** Whatever runs one statement: a pool, or a connection within a transaction. */
export interface Database {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/** The control database for as long as somebody waits for an answer out of it. */
export interface RequestDatabase extends Database {
  /** Waits for what is not the request's alone, which goes on when it no longer waits. @throws the reason */
  unlessCancelled<T>(running: Promise<T>): Promise<T>;
}

/** A connection that is lost fails the statement; without a listener it would end the process as well. */
const ignore = () => undefined;

/** A pool as one request uses it: when nobody waits for the answer any more, what it runs is cancelled. */
export function requestDatabase(pool: pg.Pool, cancellation: Cancellation): RequestDatabase {
  return {
    query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => {
      cancellation.throwIfCancelled();
      const client = await connectionUnlessCancelled(pool.connect(), cancellation);
      client.on('error', ignore);
      let isSpoiled = true;
      try {
        const result = await untilCancelled(client, client.query<Row>(text, values), cancellation);
        isSpoiled = false;
        return result;
      } finally {
        // One that is spoiled may have more to say.
        if (!isSpoiled) client.off('error', ignore);
        // A late order to cancel would meet whoever has it next.
        client.release(isSpoiled);
      }
    },
    unlessCancelled: (running) => unlessCancelled(running, cancellation),
  };
}

/** SQLSTATE or system code; texts of a database quote rows and go nowhere. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}

/** @throws CordonError LEDGER_UNAVAILABLE, whose detail has the database's code and none of its words; or why nobody waits */
export async function run<Row extends pg.QueryResultRow>(
  database: Database,
  text: string,
  values: readonly unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  try {
    return await database.query<Row>(text, [...values]);
  } catch (error) {
    throw error instanceof CordonError ? error : unavailable(error);
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
  client.on('error', ignore);
  // Whoever stops in the middle gives its locks back after this time, whatever became of the process.
  let failed: Error | undefined;
  try {
    await run(client, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '30s'");
    const result = await work(inTurn(client));
    // After an error COMMIT resolves too, as ROLLBACK.
    const { command } = await run(client, 'COMMIT');
    if (command !== 'COMMIT')
      throw new CordonError('LEDGER_UNAVAILABLE', { detail: 'the control database rolled back' });
    return result;
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    if (failed === undefined) client.off('error', ignore);
    // A connection in an unknown state is not used again.
    client.release(failed);
  }
}

/** A connection that is asked for one thing after the other, as `pg` will demand, by whoever asks for several at once. */
function inTurn(client: pg.PoolClient): Database {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => {
      const next = last.then(() => client.query<Row>(text, values));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

function unavailable(error: unknown): CordonError {
  return new CordonError('LEDGER_UNAVAILABLE', { detail: `control database: ${codeOf(error)}` });
}
