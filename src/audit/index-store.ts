import type { BatchRow, CertifiedSeal } from '../ledger/index.js';
import { run, type Database } from './database.js';
import type { AnnouncedDescriptor, IndexedBatch } from './indexed-batch.js';
import { prefix64 } from './prefix.js';

/** One writer's chain, as far as it is in the index. */
export interface Progress {
  readonly nextSeq: number;
  readonly day: string;
}

/** A batch with what its seal is checked against. */
export type CertifiedBatch = BatchRow & CertifiedSeal;

/** Numbers of 64 bits as the database's driver gives them. */
export type Stored<Row extends { seq: number; t0: number }> = Omit<Row, 'seq' | 't0'> & {
  readonly seq: string;
  readonly t0: string;
};

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

/** Batches to a transaction, and bytes unless one batch has more: few enough for memory, and for whoever waits meanwhile. */
const maxBatches = 1000;
const maxBytes = 1024 * 1024;

/** The next batches of a chain, in sequence, and whether they are all. */
export interface NextBatches {
  readonly rows: readonly CertifiedBatch[];
  readonly atEnd: boolean;
}

/** A clock that was set back may have put a batch on the day before that of the last. */
export async function nextBatches(
  database: Database,
  writerId: string,
  { nextSeq, day }: Progress,
): Promise<NextBatches> {
  const { rows } = await run<Stored<CertifiedBatch> & { readonly found: string }>(
    database,
    `SELECT b.day::text, b.writer_id AS "writerId", b.seq, b.n, b.t0, b.payload, b.seal, w.certificate, b.found
      FROM (
        SELECT *, count(*) OVER () AS found, sum(octet_length(payload)) OVER (ORDER BY seq) - octet_length(payload) AS before
        FROM (SELECT * FROM ledger.batch WHERE writer_id = $1 AND seq >= $2 AND day >= $3::date - 1
          ORDER BY seq LIMIT ${maxBatches}) AS next
      ) AS b JOIN ledger.writer w ON w.id = b.writer_id WHERE b.before < ${maxBytes} ORDER BY b.seq`,
    [writerId, nextSeq, day],
  );
  const found = Number(rows[0]?.found ?? 0);
  return {
    rows: rows.map((row) => ({ ...row, seq: Number(row.seq), t0: Number(row.t0) })),
    atEnd: found < maxBatches && rows.length === found,
  };
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

/** Adds what batches say to the index. */
export async function saveBatches(database: Database, batches: readonly IndexedBatch[]): Promise<void> {
  for (const announced of batches.flatMap(({ descriptors }) => descriptors))
    await saveDescriptor(database, announced);
  await saveEntries(database, batches);
  await saveProofs(database, batches);
}

async function saveEntries(database: Database, batches: readonly IndexedBatch[]): Promise<void> {
  const rows = batches.flatMap(({ row: { t0: at, writerId: writer_id, seq }, entries }) =>
    entries.map(({ leaf, actor, descriptors, records, ...entry }) => ({
      ...{ at, writer_id, seq, ...entry },
      leaf: String(leaf),
      actor: String(actor),
      descriptors: descriptors.map(String),
      records: records.map(String),
    })),
  );
  if (rows.length === 0) return;
  await run(
    database,
    `INSERT INTO audit.entry (at, writer_id, seq, position, leaf, actor, outcome, organisation, descriptors, records)
      SELECT e.at, e.writer_id, e.seq, e.position, e.leaf, e.actor, e.outcome, e.organisation, e.descriptors, e.records
      FROM jsonb_to_recordset($1::jsonb) AS e (at bigint, writer_id uuid, seq bigint, position integer, leaf bigint,
        actor bigint, outcome text, organisation text, descriptors bigint[], records bigint[])
      ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

const byteaText = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

async function saveProofs(database: Database, batches: readonly IndexedBatch[]): Promise<void> {
  const rows = batches.flatMap(({ row: { writerId: writer_id, seq }, proof }) =>
    proof === null
      ? []
      : [
          {
            writer_id,
            seq,
            leaves: byteaText(proof.leaves),
            groups: byteaText(proof.groups),
            bounds: proof.bounds,
          },
        ],
  );
  if (rows.length === 0) return;
  await run(
    database,
    `INSERT INTO audit.batch (writer_id, seq, leaves, groups, bounds)
      SELECT p.writer_id, p.seq, p.leaves, p.groups, p.bounds
      FROM jsonb_to_recordset($1::jsonb)
        AS p (writer_id uuid, seq bigint, leaves bytea, groups bytea, bounds integer[])
      ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
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
