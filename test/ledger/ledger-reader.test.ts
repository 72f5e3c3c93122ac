import pg from 'pg';
import { openLedgerReader, type BatchRow } from '../../src/ledger/index.js';
import { CopyOut } from '../../src/ledger/copy-out.js';
import { draft } from './drafts.js';
import { clusterConnection } from '../support/cluster.js';
import { ledgerFixture } from './fixture.js';

/** More than a page of the reader's. */
const entries = 70;

test('a reader goes on after what is known of a writer, and leaves other writers alone', async () => {
  const fixture = await ledgerFixture();
  try {
    for (let writers = 0; writers < 2; writers += 1) {
      const ledger = await fixture.open();
      // One after another, so that each is a batch.
      for (let i = 0; i < entries; i += 1) await ledger.append(draft());
      await ledger.close();
    }
    const reader = await openLedgerReader(fixture.database.config);
    try {
      const rows: BatchRow[] = [];
      for await (const row of reader.batches()) rows.push(row);
      const all = rows.map(({ writerId, seq }) => `${writerId} ${seq}`);
      const [writer, other] = (await reader.writers()).map(({ writerId }) => writerId);
      expect(other).toBeDefined();
      const read = async (writerId: string, after: number): Promise<readonly string[]> => {
        const found: string[] = [];
        for await (const row of reader.batchesOf(writerId, after)) found.push(`${row.writerId} ${row.seq}`);
        return found;
      };
      const own = all.filter((each) => each.startsWith(writer!));
      const one: BatchRow[] = [];
      for await (const row of reader.batchesOf(writer!, -1)) one.push(row);
      expect(rows.filter(({ writerId }) => writerId === writer)).toEqual(one);
      expect(own.length).toBeGreaterThan(entries);
      expect(await read(writer!, -1)).toEqual(own);
      expect(await read(writer!, 66)).toEqual(own.slice(67));
      expect(await read(writer!, own.length - 1)).toEqual([]);
    } finally {
      await reader.close();
    }
  } finally {
    await fixture.dispose();
  }
});

describe('rows in binary', () => {
  let client: pg.Client;
  beforeEach(async () => {
    client = new pg.Client(clusterConnection('postgres'));
    await client.connect();
  });
  afterEach(() => client.end());

  const copy = (query: string) => client.query(new CopyOut(`COPY (${query}) TO STDOUT (FORMAT binary)`));

  it('come as they are, though more of them than may wait', async () => {
    // Several times what may wait, taken slowly at first.
    let [rows, bytes] = [0, 0];
    for await (const [n, payload] of copy(`SELECT i, convert_to(repeat(chr(97 + i), 1000000), 'UTF8')
        FROM generate_series(0, 19) AS i`)) {
      expect(n!.readInt32BE()).toBe(rows);
      expect(payload!.equals(Buffer.alloc(1_000_000, 97 + rows))).toBe(true);
      if (rows++ < 3) await new Promise((resolve) => setTimeout(resolve, 10));
      bytes += payload!.length;
    }
    expect([rows, bytes]).toEqual([20, 20_000_000]);
    for await (const row of copy('SELECT 1 WHERE false')) expect(row).toBeUndefined();
  });

  it('that nobody wants any more do not keep the connection', async () => {
    for await (const row of copy('SELECT repeat($$x$$, 100000) FROM generate_series(1, 300)')) {
      expect(row.length).toBe(1);
      break;
    }
    expect((await client.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });

  it('end with the error that the server ends them with, or with the connection', async () => {
    const take = async (query: string) => {
      for await (const row of copy(query)) expect(row.length).toBe(1);
    };
    await expect(take('SELECT 10 / (20 - i) FROM generate_series(1, 30) AS i')).rejects.toMatchObject({
      code: '22012',
    });
    expect((await client.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    client.on('error', () => undefined);
    await expect(take('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow();
  });
});
