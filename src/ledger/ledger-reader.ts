import pg from 'pg';
import { CopyOut } from './copy-out.js';
import type { StoredDataKey } from './data-key.js';

/** A row of `ledger.batch`. */
export interface BatchRow {
  readonly day: string;
  readonly writerId: string;
  readonly seq: number;
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly t0: number;
  readonly payload: Buffer;
  readonly seal: Buffer;
}

/** A row of `ledger.writer`. */
export interface WriterRow {
  readonly writerId: string;
  readonly publicKey: Buffer;
  readonly certificate: Buffer;
}

/** All rows as of one moment. */
export interface LedgerReader {
  writers(): Promise<readonly WriterRow[]>;
  /** Writer by writer, each in sequence. What else is asked waits until they are all read, or no more are wanted. */
  batches(): AsyncIterable<BatchRow>;
  /** One writer's, in sequence. @param after the last that is already known; −1 for all */
  batchesOf(writerId: string, after: number): AsyncIterable<BatchRow>;
  dataKeys(): AsyncIterable<StoredDataKey>;
  close(): Promise<void>;
}

/** Rows to a page: few enough for batches of the greatest size to fit into memory. */
const pageRows = 64;

/** Reads under one snapshot, so that a ledger that grows meanwhile is seen whole. */
export async function openLedgerReader(control: pg.ClientConfig): Promise<LedgerReader> {
  const client = new pg.Client({ ...control, application_name: 'cordon-ledger-reader' });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return {
    writers: async () => {
      const { rows } = await client.query<WriterRow>(
        `SELECT id AS "writerId", public_key AS "publicKey", certificate FROM ledger.writer ORDER BY id`,
      );
      return rows;
    },
    batches: () => batches(client),
    batchesOf: (writerId, after) => batchesOf(client, writerId, after),
    dataKeys: () => dataKeys(client),
    close: () => client.end(),
  };
}

type StoredBatch = Omit<BatchRow, 'seq' | 't0'> & { readonly seq: string; readonly t0: string };

const columns = 'day::text, writer_id AS "writerId", seq, n, t0, payload, seal';
const readBatch = (row: StoredBatch): BatchRow => ({ ...row, seq: Number(row.seq), t0: Number(row.t0) });

type BatchColumns = readonly [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

/** All of them in one statement, which PostgreSQL reads in order from the indexes of the days. */
async function* batches(client: pg.Client): AsyncGenerator<BatchRow> {
  // A ledger is larger than what a sort could hold.
  await client.query('SET LOCAL enable_sort = off');
  const copy = client.query(
    new CopyOut(`COPY (SELECT day::text, writer_id::text, seq, n, t0, payload, seal FROM ledger.batch
      ORDER BY writer_id, seq, day) TO STDOUT (FORMAT binary)`),
  );
  for await (const row of copy) {
    const [day, writerId, seq, n, t0, payload, seal] = row as BatchColumns;
    yield {
      day: day.toString(),
      writerId: writerId.toString(),
      seq: Number(seq.readBigInt64BE()),
      n: n.readInt32BE(),
      t0: Number(t0.readBigInt64BE()),
      payload,
      seal,
    };
  }
}

async function* batchesOf(client: pg.Client, writerId: string, after: number): AsyncGenerator<BatchRow> {
  for (let known = after; ;) {
    const { rows } = await client.query<StoredBatch>({
      name: 'ledger_batches_of',
      text: `SELECT ${columns} FROM ledger.batch WHERE writer_id = $1 AND seq > $2 ORDER BY seq LIMIT ${pageRows}`,
      values: [writerId, known],
    });
    yield* rows.map(readBatch);
    const last = rows.at(-1);
    if (last === undefined) return;
    known = Number(last.seq);
  }
}

async function* dataKeys(client: pg.Client): AsyncGenerator<StoredDataKey> {
  let after: Buffer = Buffer.alloc(0);
  for (;;) {
    const { rows } = await client.query<StoredDataKey>({
      name: 'ledger_data_keys',
      text: 'SELECT id, scope, wrapped, commitment FROM ledger.data_key WHERE id > $1 ORDER BY id LIMIT 1000',
      values: [after],
    });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
