import pg from 'pg';
import type { SocketConnection } from '../../src/embedded/index.js';

/** While it is held no batch of the ledger commits: what is in flight waits, for as long as the ledger's deadline lets it. */
export interface HeldCommits {
  /** Waits until a batch waits for the hold to end. */
  untilOneWaits(): Promise<void>;
  /** Runs a statement in the transaction that holds them. */
  query(text: string): Promise<pg.QueryResult<Record<string, unknown>>>;
  /** Ends the hold and keeps what was run under it. */
  release(): Promise<void>;
}

/** Locks the rows of all living writers, which every batch has to lock as well. */
export async function holdCommits(control: SocketConnection): Promise<HeldCommits> {
  const client = new pg.Client(control);
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ledger.writer WHERE closed_at IS NULL FOR UPDATE');
  const waiting = `SELECT FROM pg_stat_activity
    WHERE application_name = 'cordon-ledger' AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO ledger.batch%'
      AND datname = current_database()`;
  return {
    untilOneWaits: async () => {
      while ((await client.query(waiting)).rowCount === 0)
        await client.query('SELECT pg_sleep(0.01), pg_stat_clear_snapshot()');
    },
    query: (text) => client.query(text),
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
