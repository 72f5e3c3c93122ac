import type { BatchRow } from '../ledger/index.js';
import { run, type Database } from './database.js';
import type { AnnouncedDescriptor, IndexedBatch } from './indexed-batch.js';
import { prefix64 } from './prefix.js';

/** One writer's chain, as far as it is in the index. */
export interface Progress {
  readonly nextSeq: number;
  readonly day: string;
}

/** A batch with what its seal is checked against. */
export interface CertifiedBatch extends BatchRow {
  /** Its writer's. */
  readonly certificate: Buffer;
}

/** As the database's driver gives it. */
export interface StoredBatch extends Omit<CertifiedBatch, 'seq' | 't0'> {
  readonly seq: string;
  readonly t0: string;
}

export function batchOf(row: StoredBatch): CertifiedBatch {
  return { ...row, seq: Number(row.seq), t0: Number(row.t0) };
}

/** What is read of a batch `b` and its writer `w`. */
export const batchColumns = `b.day::text, b.writer_id AS "writerId", b.seq, b.n, b.t0, b.payload, b.seal, w.certificate`;

/** A writer whose chain may hold more than the index, and whether it can still grow. */
export interface PendingWriter {
  readonly id: string;
  readonly gone: boolean;
}

/** A writer without a lease cannot add a batch, so a chain that was read to its end after that is read for good. */
export async function pendingWriters(database: Database): Promise<readonly PendingWriter[]> {
  const { rows } = await run<PendingWriter>(
    database,
    `SELECT w.id, w.closed_at IS NOT NULL OR w.lease_until < clock_timestamp() AS gone
      FROM ledger.writer w LEFT JOIN audit.progress p ON p.writer_id = w.id
      WHERE NOT coalesce(p.finished, false) ORDER BY w.id`,
  );
  return rows;
}

/**
 * Whether a writer is gone for good. Waits for a batch that it is just adding: the writer's row is locked for that, and
 * the lease may run out before the batch is to be seen.
 */
export async function isGone(database: Database, writerId: string): Promise<boolean> {
  const { rows } = await run<{ gone: boolean }>(
    database,
    `SELECT closed_at IS NOT NULL OR lease_until < clock_timestamp() AS gone
      FROM ledger.writer WHERE id = $1 FOR SHARE`,
    [writerId],
  );
  return rows[0]?.gone === true;
}

/**
 * Takes the index for itself until the transaction ends: no two processes index the same batch, or wait for each
 * other's descriptors.
 */
export async function lockProgress(database: Database, writerId: string): Promise<Progress> {
  await run(database, "SELECT pg_advisory_xact_lock(hashtext('audit.index'))");
  await run(database, 'INSERT INTO audit.progress (writer_id) VALUES ($1) ON CONFLICT DO NOTHING', [
    writerId,
  ]);
  const { rows } = await run<{ next_seq: string; day: string }>(
    database,
    'SELECT next_seq, day::text FROM audit.progress WHERE writer_id = $1',
    [writerId],
  );
  return { nextSeq: Number(rows[0]?.next_seq ?? 0), day: rows[0]?.day ?? '-infinity' };
}

/** The next batches of a chain, in sequence. A clock that was set back may have put one on the day before. */
export async function nextBatches(
  database: Database,
  writerId: string,
  { nextSeq, day }: Progress,
  limit: number,
): Promise<readonly CertifiedBatch[]> {
  const { rows } = await run<StoredBatch>(
    database,
    `SELECT ${batchColumns} FROM ledger.batch b JOIN ledger.writer w ON w.id = b.writer_id
      WHERE b.writer_id = $1 AND b.seq >= $2 AND b.day >= $3::date - 1 ORDER BY b.seq LIMIT $4`,
    [writerId, nextSeq, day, limit],
  );
  return rows.map(batchOf);
}

export async function saveProgress(
  database: Database,
  writerId: string,
  { nextSeq, day, faults, finished }: Progress & { readonly faults: number; readonly finished: boolean },
): Promise<void> {
  await run(
    database,
    `UPDATE audit.progress SET next_seq = $2, day = $3, faults = faults + $4, finished = $5 WHERE writer_id = $1`,
    [writerId, nextSeq, day, faults, finished],
  );
}

/** Adds what a batch says to the index. */
export async function saveBatch(
  database: Database,
  { row, entries, descriptors }: IndexedBatch,
): Promise<void> {
  for (const announced of descriptors) await saveDescriptor(database, announced);
  const rows = entries.map(({ position, leaf, actor, outcome, organisation, ...tokens }) => ({
    position,
    leaf: String(leaf),
    actor: String(actor),
    outcome,
    organisation,
    descriptors: tokens.descriptors.map(String),
    records: tokens.records.map(String),
  }));
  await run(
    database,
    `INSERT INTO audit.entry (at, writer_id, seq, position, leaf, actor, outcome, organisation, descriptors, records)
      SELECT $1, $2, $3, e.position, e.leaf, e.actor, e.outcome, e.organisation, e.descriptors, e.records
      FROM jsonb_to_recordset($4::jsonb) AS e (position integer, leaf bigint, actor bigint, outcome text,
        organisation text, descriptors bigint[], records bigint[])
      ON CONFLICT DO NOTHING`,
    [row.t0, row.writerId, row.seq, JSON.stringify(rows)],
  );
}

async function saveDescriptor(
  database: Database,
  { hash, body, descriptor: { type, cells } }: AnnouncedDescriptor,
): Promise<void> {
  const { rowCount } = await run(
    database,
    'INSERT INTO audit.descriptor (hash, token, type, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [hash, String(prefix64(hash)), type, body],
  );
  if (rowCount === 0) return;
  const groups = cells.map(({ decision, coordinates }, number) => ({ number, decision, coordinates }));
  await run(
    database,
    `INSERT INTO audit.cells (descriptor, number, decision, coordinates)
      SELECT $1, c.number, c.decision, c.coordinates
      FROM jsonb_to_recordset($2::jsonb) AS c (number integer, decision text, coordinates text[])`,
    [hash, JSON.stringify(groups)],
  );
}
