import pg from 'pg';
import { AccessHistory, type AccessPage } from '../../src/audit/index.js';
import { Cancellation } from '../../src/base/index.js';
import { groupNodes } from '../../src/ledger/index.js';
import { customers, draft } from '../ledger/drafts.js';
import { ledgerFixture, type LedgerFixture } from '../ledger/fixture.js';

/** Entries of batches that hold many are shown without the others, each by its leaf hash among those around it. */

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

const tables = ['audit.entry', 'audit.batch', 'ledger.batch'];

/** What is found while something in the database is altered; afterwards all is as it was. */
async function meanwhile<T>(statement: string, look: () => Promise<T>): Promise<T> {
  const kept = tables.map((table, i) => `CREATE TABLE kept_${i} AS TABLE ${table}`);
  const restored = tables.map(
    (table, i) => `DELETE FROM ${table}; INSERT INTO ${table} TABLE kept_${i}; DROP TABLE kept_${i}`,
  );
  await pool.query(`${kept.join('; ')}; ${altering}; ${statement}`);
  try {
    return await look();
  } finally {
    await pool.query(`${restored.join('; ')}; RESET session_replication_role`);
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

/** The hashes of a column with each in whose place the remainder is the one given replaced by another. */
const replaced = (column: string, every: number, remainder: number) => `${column} = (
  SELECT string_agg(CASE n % ${every} WHEN ${remainder} THEN sha256('') ELSE substring(${column} FROM 32 * n + 1 FOR 32) END,
    '' ORDER BY n) FROM generate_series(0, length(${column}) / 32 - 1) AS n)`;

const indexes = [
  ['hashes of other entries', 'leaves = sha256(leaves) || leaves'],
  ['other hashes', replaced('leaves', 1, 0)],
  ['another first hash in each group', replaced('leaves', 16, 0)],
  ['another second hash in each group', replaced('leaves', 16, 1)],
  ['a hash too few', 'leaves = substring(leaves FROM 33)'],
  ['no hashes', "leaves = ''"],
  ['other nodes', replaced('groups', 1, 0)],
  ['another node', replaced('groups', 4, 1)],
  ['nodes of other groups', 'groups = substring(groups FROM 33) || substring(groups FOR 32)'],
  ['a node too few', 'groups = substring(groups FROM 33)'],
  ['a node too many', 'groups = groups || sha256(groups)'],
  ['hashes in place of nodes', 'groups = leaves'],
  ['no nodes, as the version before writes it', 'groups = DEFAULT'],
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

test.each([-2147483648, -1, 5000, 2147483647])(
  'an index with an entry in place %i shows nothing there',
  async (position) => {
    const moved = `WITH one AS (SELECT * FROM audit.entry ORDER BY at DESC, seq DESC, position DESC LIMIT 1)
    UPDATE audit.entry e SET position = ${position} FROM one
    WHERE (e.writer_id, e.seq, e.position) = (one.writer_id, one.seq, one.position)`;
    expect(await meanwhile(moved, () => requestsOf(1000 + entries - 1))).toEqual([[], 0]);
  },
);

/** The last entry is altered: the last byte of its payload, of the ciphertext of the key that it gave. */
const altered = `UPDATE ledger.batch SET payload = set_byte(payload, length(payload) - 1, 255 - get_byte(payload, length(payload) - 1))`;
/** And in the index its leaf hash to fit. */
const covered = `UPDATE audit.batch x SET leaves = substring(leaves FOR length(leaves) - 32) ||
  sha256('\\x00' || substring(b.payload FROM bounds[cardinality(bounds) - 1] + 1))
  FROM ledger.batch b WHERE (b.writer_id, b.seq) = (x.writer_id, x.seq)`;

test('one that was altered in the ledger is not shown, and is told; the others of its batch still are', async () => {
  const last = entries - 1;
  // Some of each group, and the neighbour of the altered one.
  const asked = [last, last - 1, ...Array.from({ length: entries / 8 }, (_, i) => i * 8)];
  const found = await meanwhile(altered, async () => {
    const found = [];
    for (const i of asked) found.push(await requestsOf(1000 + i));
    return found;
  });
  expect(found).toEqual(asked.map((i) => (i === last ? [[], 1] : [[`request-${i}`], 0])));
});

/** And the nodes over the groups to fit that. */
async function coverNodes(): Promise<void> {
  const { rows } = await pool.query<{ seq: string; leaves: Buffer }>('SELECT seq, leaves FROM audit.batch');
  for (const { seq, leaves } of rows)
    await pool.query('UPDATE audit.batch SET groups = $1 WHERE seq = $2', [groupNodes(leaves), seq]);
}

test('one that was altered in the ledger, and in the index to fit, is not shown either', async () => {
  const last = 1000 + entries - 1;
  const found = await meanwhile(`${altered}; ${covered}`, async () => {
    const byLeaf = await requestsOf(last);
    await coverNodes();
    return [byLeaf, await requestsOf(last)];
  });
  expect(found).toEqual([
    [[], 1],
    [[], 1],
  ]);
});

test.each([
  ['seal', 'seal = set_byte(seal, length(seal) - 1, 255 - get_byte(seal, length(seal) - 1))'],
  ['place', 't0 = t0 + 1'],
])('nor is one whose batch has another %s', async (_, change) => {
  const found = await meanwhile(`UPDATE ledger.batch SET ${change}`, () => requestsOf(1057));
  expect(found).toEqual([[], 1]);
});
