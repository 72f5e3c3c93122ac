import type { SealedBatch } from './batch.js';
import type { Session } from './session.js';

/** Statements on `ledger.writer` and `ledger.batch`. */

export interface NewWriter {
  readonly writerId: string;
  readonly boot: string;
  readonly publicKey: Buffer;
  readonly certificate: Buffer;
  readonly leaseMs: number;
}

export async function insertWriter(session: Session, writer: NewWriter): Promise<void> {
  await session.durably([
    {
      text: `INSERT INTO ledger.writer (id, boot, public_key, certificate, lease_until)
        VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
      values: [writer.writerId, writer.boot, writer.publicKey, writer.certificate, writer.leaseMs],
    },
  ]);
}

/** Extends the lease by the database's clock; false when it has run out or the writer was closed. */
export async function extendLease(session: Session, writerId: string, leaseMs: number): Promise<boolean> {
  const [extended] = await session.durably([
    {
      name: 'ledger_extend',
      text: `UPDATE ledger.writer SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
        WHERE id = $1 AND closed_at IS NULL AND lease_until > clock_timestamp()`,
      values: [writerId, leaseMs],
    },
  ]);
  return extended?.rowCount === 1;
}

/** Nothing enters this chain any more. */
export async function closeWriter(session: Session, writerId: string): Promise<void> {
  await session.durably([
    {
      text: 'UPDATE ledger.writer SET closed_at = clock_timestamp() WHERE id = $1 AND closed_at IS NULL',
      values: [writerId],
    },
  ]);
}

/** What became of a batch that was sent. */
export type Recorded =
  | 'recorded'
  /** Not there, and it cannot get there any more: the lease ran out, or the writer was closed. */
  | 'absent'
  /** Other bytes stand in its place. */
  | 'different';

/**
 * Records a batch under the writer's lease, which it also extends; the writer's row is locked, so that whoever closes the
 * writer knows its last sequence. The lock comes first and the lease is looked at under it: a condition of the update
 * itself would be judged before a wait for the lock, and not again after it. It is one statement that commits by itself,
 * since every batch waits for it. The same batch may be sent again, on any session, until the answer is known.
 * @throws NotRecordedError, CommitInDoubtError
 */
export async function recordBatch(session: Session, batch: SealedBatch, leaseMs: number): Promise<Recorded> {
  const { day, writerId, seq, count, sealedAt, payload, seal } = batch;
  const inserted = await session.durablyAlone({
    name: 'ledger_record',
    text: `WITH durably AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', $9, true)),
      locked AS MATERIALIZED (
        SELECT id, closed_at, lease_until FROM durably, ledger.writer WHERE id = $2 FOR UPDATE OF writer),
      held AS (
        UPDATE ledger.writer SET lease_until = clock_timestamp() + $8 * interval '1 millisecond' FROM locked
        WHERE writer.id = locked.id AND locked.closed_at IS NULL AND locked.lease_until > clock_timestamp()
        RETURNING writer.id)
      INSERT INTO ledger.batch (day, writer_id, seq, n, t0, payload, seal)
      SELECT $1::date, held.id, $3::bigint, $4::integer, $5::bigint, $6::bytea, $7::bytea FROM held
      ON CONFLICT DO NOTHING`,
    values: [day, writerId, seq, count, sealedAt, payload, seal, leaseMs, `${session.lockTimeoutMs}ms`],
  });
  return inserted.rowCount === 1 ? 'recorded' : compareBatch(session, batch);
}

/** Waits for the writer's row first: an earlier attempt of ours may still hold it, and then its outcome counts. */
async function compareBatch(
  session: Session,
  { day, writerId, seq, payload, seal }: SealedBatch,
): Promise<Recorded> {
  const [, found] = await session.durably([
    { text: 'SELECT FROM ledger.writer WHERE id = $1 FOR UPDATE', values: [writerId] },
    {
      text: `SELECT payload = $4 AND seal = $5 AS same FROM ledger.batch WHERE writer_id = $1 AND seq = $2 AND day = $3`,
      values: [writerId, seq, day, payload, seal],
    },
  ]);
  const row = found?.rows[0];
  if (row === undefined) return 'absent';
  return row.same === true ? 'recorded' : 'different';
}

/** What the database knows of a seal that this process's folder remembers. */
export interface SealState {
  readonly found: boolean;
  /** Whether its writer may still be running. */
  readonly live: boolean;
}

export async function findSeal(
  session: Session,
  { writerId, seq, stored }: { writerId: string; seq: number; stored: Buffer },
): Promise<SealState> {
  const [row] = await session.read({
    text: `SELECT
        EXISTS (SELECT FROM ledger.batch WHERE writer_id = $1 AND seq = $2 AND seal = $3) AS found,
        EXISTS (SELECT FROM ledger.writer
          WHERE id = $1 AND closed_at IS NULL AND lease_until > clock_timestamp()) AS live`,
    values: [writerId, seq, stored],
  });
  return { found: row?.found === true, live: row?.live === true };
}

/** Partitions for the days from yesterday (a clock may lag) to two weeks ahead. */
export async function prepareDays(session: Session, today: string): Promise<void> {
  await session.durably([{ text: 'SELECT ledger.prepare_days($1::date - 1, 16)', values: [today] }]);
}
