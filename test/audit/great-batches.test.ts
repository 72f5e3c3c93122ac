import pg from 'pg';
import { AccessHistory, type AccessPage } from '../../src/audit/index.js';
import { Cancellation } from '../../src/base/index.js';
import { customers, draft } from '../ledger/drafts.js';
import { ledgerFixture, type LedgerFixture } from '../ledger/fixture.js';

/** Entries of batches that hold many are shown without the others, each by its leaf hash among those of its batch. */

const entries = 120;
const altering = "SET session_replication_role = 'replica'";

let fixture: LedgerFixture;
let pool: pg.Pool;
let history: AccessHistory;
beforeAll(async () => {
  fixture = await ledgerFixture();
  const ledger = await fixture.open();
  await ledger.append(draft({ requestId: 'first' }));
  // While one commits, all others wait for the batch after it.
  await Promise.all(
    Array.from({ length: entries }, (_, i) =>
      ledger.append(draft({ requestId: `request-${i}`, disclosures: [customers(1000 + i)] })),
    ),
  );
  // A single connection is all that a history needs.
  pool = new pg.Pool({ ...fixture.database.config, max: 1 });
  history = new AccessHistory(pool, fixture.keys);
});
afterAll(async () => {
  await pool.end();
  await fixture.dispose();
});

async function ask(customer: number): Promise<AccessPage & { readonly altered: number }> {
  const reading = history.reading(new Cancellation());
  const record = { type: 'Customer', key: [String(customer)] };
  return { ...(await history.search({ record }, null, 20, reading)), altered: reading.altered };
}

/** The requests that gave a customer, and how many batches were met altered. */
async function requestsOf(customer: number): Promise<readonly [readonly string[], number]> {
  const { accesses, altered } = await ask(customer);
  return [[...new Set(accesses.map(({ entry }) => entry.entry.requestId))], altered];
}

/** What is found while something in the database is altered; afterwards all is as it was. */
async function meanwhile<T>(statement: string, look: () => Promise<T>): Promise<T> {
  const kept = 'CREATE TABLE kept_index AS TABLE audit.batch; CREATE TABLE kept AS TABLE ledger.batch';
  await pool.query(`${kept}; ${altering}; ${statement}`);
  try {
    return await look();
  } finally {
    await pool.query(`DELETE FROM audit.batch; INSERT INTO audit.batch TABLE kept_index; DELETE FROM ledger.batch;
      INSERT INTO ledger.batch TABLE kept; DROP TABLE kept_index, kept; RESET session_replication_role`);
  }
}

test('each is found, over a single connection', async () => {
  for (const i of [0, 1, 57, entries - 1]) expect(await requestsOf(1000 + i)).toEqual([[`request-${i}`], 0]);
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int4 AS n FROM audit.batch');
  expect(rows[0]!.n).toBeGreaterThan(0);
});

test('and is the same as what is found in the whole batch', async () => {
  const [alone, whole] = [await ask(1057), await meanwhile('DELETE FROM audit.batch', () => ask(1057))];
  expect(whole).toEqual(alone);
  expect(alone.accesses.length).toBeGreaterThan(0);
});

const indexes = [
  ['hashes of other entries', 'leaves = sha256(leaves) || substring(leaves FROM 33)'],
  ['a hash too few', 'leaves = substring(leaves FROM 33)'],
  ['no hashes', "leaves = ''"],
  ['no bounds', "bounds = '{}'"],
  ['bounds of other entries', 'bounds = bounds[3:] || bounds[1:2]'],
  ['bounds the wrong way round', 'bounds = array_fill(9, ARRAY[1]) || bounds'],
  ['bounds beyond every number', 'bounds = array_fill(2147483647, ARRAY[4096])'],
  ['bounds below every number', 'bounds = array_fill(-2147483648, ARRAY[4096])'],
] as const;

test.each(indexes)('an index with %s hides nothing and shows nothing else', async (_, change) => {
  const found = await meanwhile(`UPDATE audit.batch SET ${change}`, () => requestsOf(1057));
  expect(found).toEqual([['request-57'], 0]);
});

test('one that was altered in the ledger is not shown, and is told; another of its batch still is', async () => {
  // The disclosed key's ciphertext is what an entry ends with.
  const alter = `UPDATE ledger.batch b SET payload = set_byte(payload, x.bounds[2 * e.position + 2] - 1,
      255 - get_byte(payload, x.bounds[2 * e.position + 2] - 1))
    FROM audit.batch x, (SELECT * FROM audit.entry ORDER BY at DESC, seq DESC, position DESC LIMIT 1) e
    WHERE (b.writer_id, b.seq) = (x.writer_id, x.seq) AND (x.writer_id, x.seq) = (e.writer_id, e.seq)`;
  const [altered, other] = await meanwhile(alter, async () => [
    await requestsOf(1000 + entries - 1),
    await requestsOf(1000 + entries - 2),
  ]);
  expect(altered).toEqual([[], 1]);
  expect(other).toEqual([[`request-${entries - 2}`], 0]);
});

test.each([
  ['seal', 'seal = set_byte(seal, length(seal) - 1, 255 - get_byte(seal, length(seal) - 1))'],
  ['place', 't0 = t0 + 1'],
])('nor is one whose batch has another %s', async (_, change) => {
  const found = await meanwhile(`UPDATE ledger.batch SET ${change}`, () => requestsOf(1057));
  expect(found).toEqual([[], 1]);
});
