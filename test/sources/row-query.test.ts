import { once } from 'node:events';
import { RowClient } from '../../src/sources/row-client.js';
import { runRows } from '../../src/sources/row-query.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

let database: TestDatabase;
let client: RowClient;
beforeAll(async () => {
  database = await freshDatabase('rows');
  client = new RowClient(database.config);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const run = (text: string) => runRows(client, { text, name: '', values: [] }, false);
const askOfPg = async () => (await client.query<{ word: string }>(`select 'hello' as word`)).rows;

test.each([
  ['after one that gives rows', `select 'a' from generate_series(1, 3)`, 3],
  ['after one that gives none', `select 'a' where false`, 0],
  [
    'after one that fails behind its first rows',
    `select (1 / (3 - n))::text from generate_series(1, 3) as n`,
    null,
  ],
])('a statement takes its own rows alone: pg has its own %s', async (_, text, rows) => {
  expect(await askOfPg()).toEqual([{ word: 'hello' }]);
  const outcome = run(text).then(
    (found) => found.length,
    () => null,
  );
  // Queued behind it on the same connection.
  const [, answer] = await Promise.all([outcome, askOfPg()]);
  expect(answer).toEqual([{ word: 'hello' }]);
  expect(await outcome).toBe(rows);
});

test('rows that come when their statement was given up are nobody’s', async () => {
  const impatient = new RowClient({ ...database.config, query_timeout: 100 });
  await impatient.connect();
  const late = { text: `select 'late' from pg_sleep(0.4), generate_series(1, 3)`, name: '', values: [] };
  await expect(runRows(impatient, late, false)).rejects.toThrow('Query read timeout');
  // Until the server is ready again, and has sent all of them.
  await once(impatient, 'drain');
  expect(await runRows(impatient, { text: `select 'next'`, name: '', values: [] }, false)).toEqual([
    ['next'],
  ]);
  await impatient.end();
});
