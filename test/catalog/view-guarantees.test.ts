import { findTable, readCatalog, type Table } from '../../src/catalog/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

/** What a view's query proves of the rows it gives: the keys it passes on, and which columns are never null. */
const statements = `
  create table country (country_id int primary key, name text not null, region text);
  create table town (town_id int primary key, country_id int references country, code varchar(8) not null unique, label text);
  create table person (person_id int primary key, town_id int not null references town, nick text unique, a int, b int, unique (a, b));
  create table pair (x int not null, y int not null, z text not null, primary key (x, y));
  create table loose (n int, person_id int);
  create table parent (id int primary key);
  create table child () inherits (parent);
  create materialized view stale as select person_id, town_id from person;
  create unique index on stale (person_id);
  create function many(int) returns setof int language sql as 'select 1';
  create collation nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
`;

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase('view_guarantees', { sql: statements });
});
afterAll(() => database.drop());

async function viewOf(query: string, before = ''): Promise<Table> {
  await database.query(`${before}; create view seen as ${query}`);
  try {
    return findTable(await readCatalog(database, 'main'), 'public', 'seen')!;
  } finally {
    await database.query('drop view seen; drop view if exists inner_view');
  }
}

const keys = ({ uniqueKeys }: Table) => uniqueKeys.map((key) => key.join('+'));
const columns = (table: Table, test: (column: { notNull: boolean; computed?: true }) => boolean) =>
  [...table.columns.values()].filter(test).map(({ name }) => name);

describe('passes a key on', () => {
  test.each<[query: string, keys: readonly string[]]>([
    ['select person_id, nick from person', ['person_id', 'nick']],
    ['select person_id as id, upper(nick) as nick from person', ['id']],
    ['select y, x from pair where z > $$a$$ order by z', ['x+y']],
    ['select b, a, a as again from person', ['a+b']],
    ['select p.person_id, t.code from person p join town t using (town_id)', ['person_id']],
    ['select p.person_id, t.code from person p left join town t on t.town_id = p.town_id', ['person_id']],
    ['select person_id, t.town_id from town t right join person p on t.town_id = p.town_id', ['person_id']],
    [
      'select p.person_id from person p, town t, country c where p.town_id = t.town_id and c.country_id = t.country_id and c.region = $$x$$',
      ['person_id'],
    ],
    [
      'select p.person_id, c.name from person p left join (town t join country c using (country_id)) on p.town_id = t.town_id',
      ['person_id'],
    ],
    [
      'select p.person_id, c.name from person p left join town t using (town_id) left join country c using (country_id)',
      ['person_id'],
    ],
    ['select p.person_id from person p join town t on t.code = p.nick', ['person_id']],
    ['select p.person_id from person p join pair on x = p.a and y = 3', ['person_id']],
    [
      'select a.person_id, b.person_id as other from person a join person b on a.person_id = b.person_id',
      ['person_id', 'other'],
    ],
    [
      'select p.person_id from person p where exists (select from loose l where l.person_id = p.person_id)',
      ['person_id'],
    ],
    [
      'select person_id, (select max(n) from loose) as most, count(*) over () as all from person',
      ['person_id'],
    ],
    [
      'select s.person_id from (select person_id, town_id from person where a > 1) s join town using (town_id)',
      ['person_id'],
    ],
    ['select person_id, town_id from stale', ['person_id']],
    // A key may be another table's, each of whose rows comes out once.
    [
      'select l.n, p.person_id, t.town_id from town t join person p on p.person_id = t.town_id join loose l on false',
      [],
    ],
  ])('%s', async (query, expected) => {
    expect(keys(await viewOf(query)).sort()).toEqual([...expected].sort());
  });
});

describe('proves no key', () => {
  test.each([
    ['of a table that another multiplies', 'select t.town_id from town t join person p using (town_id)'],
    ['of one that a left join multiplies', 'select t.town_id from town t left join person p using (town_id)'],
    ['joined by half of a key', 'select p.person_id from person p join pair on x = p.a'],
    ['joined by an inequality', 'select p.person_id from person p join town t on t.town_id >= p.town_id'],
    [
      'joined either way',
      'select p.person_id from person p join town t on t.town_id = p.town_id or t.town_id = p.a',
    ],
    [
      'joined by a computed value',
      'select p.person_id from person p join town t on t.town_id + 0 = p.town_id',
    ],
    ['joined to nothing', 'select p.person_id from person p cross join town'],
    [
      'of the side that is filled up with nulls',
      'select t.town_id from person p left join town t on t.town_id = p.town_id and p.person_id = t.town_id',
    ],
    [
      'where the condition of an outer join is no filter',
      'select b.person_id from person b right join person a on a.person_id = b.person_id',
    ],
    [
      'where whether there is a row depends on another table',
      'select a.person_id from (person a cross join loose d) left join town t on t.town_id = a.town_id and d.n = 1',
    ],
    [
      'where what is kept follows what is filled up',
      'select a.person_id from (person a cross join person d) left join town t on t.town_id = a.town_id and d.person_id = t.town_id',
    ],
    ['of a full join', 'select a.person_id from person a full join person b on a.person_id = b.person_id'],
    ['of a union', 'select person_id from person union all select town_id from town'],
    ['of groups', 'select person_id from person group by person_id'],
    ['of a selection of rows', 'select distinct person_id from person'],
    ['of a limit', 'select person_id from person limit 3'],
    ['beside a function of many rows', 'select person_id, generate_series(1, 2) from person'],
    ['joined to a function', 'select person_id from person, many(1)'],
    [
      'joined to a lateral subselect',
      'select p.person_id from person p, lateral (select 1 from loose l where l.n = p.a) s',
    ],
    ['of a common table expression', 'with w as (select person_id from person) select person_id from w'],
    ['of values', 'select person_id from (values (1), (1)) as v (person_id)'],
    ['of a sample', 'select person_id from person tablesample system (50)'],
    ['of a table with children', 'select id from parent'],
    ['by an expression of it', 'select person_id + 0 as person_id from person'],
    ['that it leaves out', 'select town_id from person'],
    [
      'by a comparison that is not as fine',
      'select p.person_id from person p join town t on t.code::char(8) = p.nick::char(8)',
    ],
    [
      'by a collation that is not as fine',
      'select p.person_id from person p join town t on t.code collate nd = p.nick collate nd',
    ],
  ])('%s', async (_why, query) => {
    expect(keys(await viewOf(query))).toEqual([]);
  });
});

test('a view over a view has what holds of that', async () => {
  const inner =
    'create view inner_view as select p.person_id as id, t.label from person p left join town t using (town_id)';
  const table = await viewOf(
    'select i.id, i.label, a.name from inner_view i join country a on a.country_id = i.id',
    inner,
  );
  // Either of the two is met once with each row of the other.
  expect(keys(table)).toEqual(['id']);
  expect(table.primaryKey).toEqual(['id']);
  expect(columns(table, ({ notNull }) => notNull)).toEqual(['id', 'name']);
});

test('columns are never null where they are not in what they come from, and no outer join fills them up', async () => {
  const table = await viewOf(
    `select p.person_id, p.nick, t.town_id, t.code, coalesce(t.code, 'none') as told, c.name, s.person_id as again
     from person p join town t using (town_id) left join country c using (country_id) join stale s on s.person_id = p.person_id`,
  );
  expect(columns(table, ({ notNull }) => notNull)).toEqual(['person_id', 'town_id', 'code']);
  expect(columns(table, ({ computed }) => computed === true)).toEqual(['told']);
  expect(table.primaryKey).toEqual(['person_id']);
});

test('of the rest every column may be null, and is computed unless it is a column of each part', async () => {
  const table = await viewOf(`
    select person_id, 'person' as kind, nick, a::text from person union all select town_id, 'town', upper(code), label from town`);
  expect(columns(table, ({ notNull }) => notNull)).toEqual([]);
  expect(columns(table, ({ computed }) => computed === true)).toEqual(['nick', 'a']);
  const groups = await viewOf(
    'select town_id, count(*) as people from person group by town_id order by 1 limit 3',
  );
  expect(columns(groups, ({ computed }) => computed === true)).toEqual(['people']);
  const told = await viewOf('with w as (select person_id from person) select person_id from w');
  expect(columns(told, ({ computed }) => computed === true)).toEqual(['person_id']);
});
