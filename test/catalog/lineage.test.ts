import pg from 'pg';
import { readLineage, type Lineage } from '../../src/catalog/index.js';
import { parseNodeTree } from '../../src/catalog/node-tree.js';
import { clusterConnection, freshDatabase, type TestDatabase } from '../support/cluster.js';

const statements = `
  CREATE TABLE person (id int PRIMARY KEY, email text, phone text, "Odd ""{name} (x)" text, manager int, pay numeric, kind text);
  CREATE TABLE gone_column (a int, b text, c text);
  ALTER TABLE gone_column DROP COLUMN a;
  CREATE TABLE sale (id int PRIMARY KEY, person_id int, price numeric, discount numeric, note jsonb);

  CREATE VIEW renamed AS SELECT email AS address, "Odd ""{name} (x)" AS ":varno 1", c FROM person, gone_column;
  CREATE VIEW computed AS SELECT upper(email) || coalesce(phone, '-') AS reach,
    CASE WHEN kind = 'vip' THEN 'a' ELSE 'b' END AS tier, 1 AS one, now() AS at FROM person;
  CREATE VIEW of_view AS SELECT r.address AS again, c.reach FROM renamed r CROSS JOIN computed c;
  CREATE MATERIALIZED VIEW kept AS SELECT again AS held FROM of_view;
  CREATE VIEW joined AS SELECT id, p.email, s.price FROM person p JOIN sale s USING (id) LEFT JOIN gone_column g ON g.b = p.phone;
  CREATE VIEW grouped AS SELECT kind, count(*) AS how_many, count(DISTINCT email) AS mails, sum(pay) AS total, max(email) AS last
    FROM person GROUP BY kind HAVING min(phone) <> '';
  CREATE VIEW within AS SELECT q.mail, q.n FROM (SELECT email AS mail, 1 AS n FROM person WHERE phone IS NOT NULL) q;
  CREATE VIEW united AS SELECT email AS x, 1 AS y FROM person UNION ALL SELECT c, 2 FROM gone_column UNION SELECT phone, id FROM person;
  CREATE VIEW scalar AS SELECT id, (SELECT string_agg(s.price::text || p.phone, ',') FROM sale s WHERE s.person_id = p.id) AS prices,
    EXISTS (SELECT email FROM person) AS any_mail, ARRAY(SELECT note FROM sale) AS notes FROM person p;
  CREATE VIEW common AS WITH mails AS (SELECT email AS m, phone AS p FROM person), again AS (SELECT m AS mm FROM mails)
    SELECT mm, (SELECT max(p) FROM mails) AS p FROM again;
  CREATE VIEW recursive_ AS WITH RECURSIVE up (id, path, boss) AS (
    SELECT id, email, phone FROM person UNION ALL SELECT p.id, u.path || u.boss, u.path FROM person p JOIN up u ON u.id = p.manager)
    SELECT path, boss FROM up;
  CREATE VIEW whole AS SELECT sale AS row, to_jsonb(sale) AS json FROM sale;
  CREATE VIEW lateral_ AS SELECT item ->> 'text' AS said, g AS number FROM sale, LATERAL jsonb_array_elements(note) item, generate_series(1, 2) g;
  CREATE VIEW windowed AS SELECT id, lag(price) OVER (PARTITION BY person_id ORDER BY id) AS before, rank() OVER (ORDER BY discount) AS place,
    row_number() OVER () AS n FROM sale;
  CREATE VIEW listed AS SELECT v.a, v.b FROM person p, LATERAL (VALUES (p.email, 1), ('x', 2)) v (a, b);
  CREATE VIEW of_system AS SELECT relname FROM pg_catalog.pg_class;

  CREATE TABLE log (at date, who text) PARTITION BY RANGE (at);
  CREATE TABLE log_2026 (who text, at date);
  ALTER TABLE log ATTACH PARTITION log_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE heir (more text) INHERITS (sale);
  CREATE TABLE made (id int, a int, b int, product int GENERATED ALWAYS AS (a * coalesce(b, 1)) STORED, fixed int GENERATED ALWAYS AS (7) STORED);
  CREATE VIEW of_made AS SELECT product + 1 AS more FROM made;`;

let database: TestDatabase;
let lineage: Lineage;
beforeAll(async () => {
  database = await freshDatabase('lineage', { sql: statements });
  lineage = await readLineage(database);
});
afterAll(() => database.drop());

/** Column → the columns behind it: `person.email`. */
function behind(table: string): Readonly<Record<string, readonly string[]>> {
  const found = lineage.find((each) => each.table === table);
  return Object.fromEntries(
    [...(found?.columns ?? [])].map(([name, sources]) => [
      name,
      sources.map((source) => `${source.table}.${source.column}`).sort(),
    ]),
  );
}

test.each<[string, Readonly<Record<string, readonly string[]>>]>([
  ['renamed', { address: ['person.email'], ':varno 1': ['person.Odd "{name} (x)'], c: ['gone_column.c'] }],
  ['computed', { reach: ['person.email', 'person.phone'], tier: ['person.kind'], one: [], at: [] }],
  ['of_view', { again: ['person.email'], reach: ['person.email', 'person.phone'] }],
  ['kept', { held: ['person.email'] }],
  ['joined', { id: ['person.id'], email: ['person.email'], price: ['sale.price'] }],
  [
    'grouped',
    { kind: ['person.kind'], how_many: [], mails: [], total: ['person.pay'], last: ['person.email'] },
  ],
  ['within', { mail: ['person.email'], n: [] }],
  ['united', { x: ['gone_column.c', 'person.email', 'person.phone'], y: ['person.id'] }],
  [
    'scalar',
    { id: ['person.id'], prices: ['person.phone', 'sale.price'], any_mail: [], notes: ['sale.note'] },
  ],
  ['common', { mm: ['person.email'], p: ['person.phone'] }],
  ['recursive_', { path: ['person.email', 'person.phone'], boss: ['person.email', 'person.phone'] }],
  [
    'whole',
    {
      row: ['sale.discount', 'sale.id', 'sale.note', 'sale.person_id', 'sale.price'],
      json: ['sale.discount', 'sale.id', 'sale.note', 'sale.person_id', 'sale.price'],
    },
  ],
  ['lateral_', { said: ['sale.note'], number: [] }],
  ['windowed', { id: ['sale.id'], before: ['sale.id', 'sale.price'], place: ['sale.discount'], n: [] }],
  ['listed', { a: ['person.email'], b: ['person.email'] }],
  ['of_system', { relname: [] }],
  ['made', { product: ['made.a', 'made.b'], fixed: [] }],
  ['of_made', { more: ['made.product'] }],
  ['log_2026', { who: ['log.who'], at: ['log.at'] }],
])('%s: what is behind each of its columns', (view, columns) => {
  expect(behind(view)).toEqual(columns);
});

test('a partition and a child of inheritance name the table above', () => {
  const parents = lineage.flatMap(({ table, parent }) => (parent === null ? [] : [[table, parent.table]]));
  expect(parents).toEqual([
    ['heir', 'sale'],
    ['log_2026', 'log'],
  ]);
});

test('a view that cannot be followed has everything behind every column', async () => {
  // As another version's form of a query would be: the client gives out another text than PostgreSQL.
  const client = {
    query: async (text: string) => {
      const { rows } = await database.query(
        text.replace('r.ev_action::pg_catalog.text', `'({STRANGE :a b})'`),
      );
      return { rows };
    },
  };
  const found = (await readLineage(client)).find(({ table }) => table === 'within');
  const everything = ['person.email', 'person.phone'];
  expect(
    [...(found?.columns ?? [])].map(([name, sources]) => [
      name,
      sources.map(({ column }) => `person.${column}`),
    ]),
  ).toEqual([
    ['mail', everything],
    ['n', everything],
  ]);
});

test('any role may read it', async () => {
  const role = `reader_of_${database.name}`;
  await database.query(`CREATE ROLE "${role}" LOGIN`);
  const client = new pg.Client(clusterConnection(database.name, role));
  await client.connect();
  expect(await readLineage(client)).toEqual(lineage);
  await client.end();
  await database.query(`DROP ROLE "${role}"`);
});

test.each(['(', '{VAR', '{VAR :a 1', ')', '{VAR a}', '() x'])('%j is no node tree', (text) => {
  expect(() => parseNodeTree(text)).toThrow(SyntaxError);
});
