import pg from 'pg';
import {
  builtInType,
  findTable,
  readCatalog,
  type Catalog,
  type PgKind,
  type PgType,
  type Table,
} from '../../src/catalog/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

const statements = `
  CREATE SCHEMA crm;
  CREATE TYPE crm.mood AS ENUM ('sad', 'so so', 'happy');
  CREATE DOMAIN crm."bıgınt" AS bigint CHECK (VALUE > 0);
  CREATE DOMAIN crm."of ""bıgınt""" AS crm."bıgınt" NOT NULL;
  CREATE DOMAIN crm.feeling AS crm.mood;
  CREATE DOMAIN crm.words AS text[];
  CREATE COLLATION crm.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE TYPE crm.at AS (zone name, spot point);
  CREATE TYPE crm.place AS ("Street Nr." varchar(40), gone int, tags text[], at crm.at, sorted text COLLATE crm.any_case);
  ALTER TYPE crm.place DROP ATTRIBUTE gone;
  CREATE TYPE crm.float_range AS RANGE (subtype = float8);
  CREATE TYPE crm.money_range AS RANGE (subtype = money);
  CREATE SCHEMA ext;
  CREATE EXTENSION citext SCHEMA ext;
  CREATE EXTENSION ltree SCHEMA ext;

  CREATE TABLE crm.accounts (account_id integer PRIMARY KEY, name text NOT NULL);
  COMMENT ON TABLE crm.accounts IS 'Who buys.';
  COMMENT ON COLUMN crm.accounts.name IS 'As on the contract.';

  CREATE TABLE crm.kinds (
    a_bool bool, an_int2 int2, an_int4 int4, an_int8 int8, a_numeric numeric(10, 2), a_float4 float4, a_float8 float8,
    a_text text, a_varchar varchar(40), a_bpchar char(3), a_date date, a_timestamp timestamp, a_timestamptz timestamptz,
    a_time time, a_timetz timetz, an_interval interval, a_uuid uuid, a_json json, a_jsonb jsonb, a_bytea bytea, a_mood crm.mood,
    a_domain crm."bıgınt", a_domain_of_domain crm."of ""bıgınt""", a_feeling crm.feeling, some_words crm.words,
    some_text text[], a_name name, a_char "char", an_inet inet, a_cidr cidr, a_macaddr macaddr, a_macaddr8 macaddr8,
    a_bit bit(3), a_varbit varbit, a_money money, an_xml xml, an_oid oid, a_point point, a_path path, a_tsvector tsvector,
    moods crm.mood[], positives crm."bıgınt"[], during tstzrange, prices nummultirange, own crm.float_range,
    place crm.place, places crm.place[], mail ext.citext, parts ext.ltree,
    a_regclass regclass, a_vector int2vector, jsonpaths jsonpath[], lists crm.words[], from_to crm.money_range,
    any_case text COLLATE crm.any_case, dropped int);
  ALTER TABLE crm.kinds DROP COLUMN dropped;

  CREATE TABLE crm."Order ""Lines""" (
    tenant int, "Nr." int, account int NOT NULL REFERENCES crm.accounts, code text, note text, other int,
    PRIMARY KEY ("Nr.", tenant) INCLUDE (note),
    UNIQUE (code, tenant));
  CREATE UNIQUE INDEX partial_key ON crm."Order ""Lines""" (note) WHERE code IS NOT NULL;
  CREATE UNIQUE INDEX expression_key ON crm."Order ""Lines""" (other, lower(note), code);

  CREATE TABLE crm.shipments (
    tenant int, nr int, line int,
    FOREIGN KEY (nr, tenant) REFERENCES crm."Order ""Lines""" ("Nr.", tenant));
  ALTER TABLE crm.shipments ADD FOREIGN KEY (line) REFERENCES crm.accounts NOT VALID;
  ALTER TABLE crm.shipments ADD CONSTRAINT maybe NOT NULL line NOT VALID;
  ALTER TABLE crm.shipments ADD CONSTRAINT surely NOT NULL nr;
  ALTER TABLE crm.shipments ADD CONSTRAINT unenforced FOREIGN KEY (tenant) REFERENCES crm.accounts NOT ENFORCED;

  CREATE TABLE crm.events (at date NOT NULL, id int NOT NULL, account int REFERENCES crm.accounts, PRIMARY KEY (at, id))
    PARTITION BY RANGE (at);
  CREATE TABLE crm.events_2026 PARTITION OF crm.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE crm.event_notes (at date, id int, FOREIGN KEY (at, id) REFERENCES crm.events);

  CREATE TABLE crm.parent (id int PRIMARY KEY, account int NOT NULL REFERENCES crm.accounts);
  CREATE TABLE crm.child () INHERITS (crm.parent);

  CREATE TABLE crm.terms (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
  CREATE TABLE crm.clauses (id int4range, during daterange,
    FOREIGN KEY (id, PERIOD during) REFERENCES crm.terms (id, PERIOD during));

  CREATE VIEW crm.account_names AS SELECT account_id, name FROM crm.accounts;
  CREATE MATERIALIZED VIEW crm.account_list AS SELECT account_id, name FROM crm.accounts;
  CREATE UNIQUE INDEX ON crm.account_list (account_id);

  CREATE FOREIGN DATA WRAPPER nothing;
  CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing;
  CREATE FOREIGN TABLE crm.far (id int NOT NULL, name text) SERVER elsewhere;
  CREATE TABLE crm.readings (at date NOT NULL) PARTITION BY RANGE (at);
  CREATE FOREIGN TABLE crm.readings_far PARTITION OF crm.readings DEFAULT SERVER elsewhere;

  CREATE TABLE "name" ("select" int PRIMARY KEY);
`;

let database: TestDatabase;
let catalog: Catalog;

beforeAll(async () => {
  database = await freshDatabase('catalog', { sql: statements });
  catalog = await readCatalog(database, 'crm');
});
afterAll(() => database.drop());

function tableOf(name: string, schema = 'crm'): Table {
  const table = findTable(catalog, schema, name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

function notNullColumns(name: string): readonly string[] {
  return [...tableOf(name).columns.values()].filter(({ notNull }) => notNull).map((column) => column.name);
}

test('a table is read whole', () => {
  expect(catalog.source).toBe('crm');
  expect(catalog.encoding).toBe('UTF8');
  const text = builtInType('text');
  const integer = builtInType('int4', 'integer');
  expect(tableOf('accounts')).toEqual({
    schema: 'crm',
    name: 'accounts',
    kind: 'table',
    comment: 'Who buys.',
    columns: new Map([
      ['account_id', { name: 'account_id', type: integer, notNull: true, comment: null }],
      ['name', { name: 'name', type: text, notNull: true, comment: 'As on the contract.' }],
    ]),
    primaryKey: ['account_id'],
    uniqueKeys: [['account_id']],
    foreignKeys: [],
    indexes: [['account_id']],
  });
});

test('every table, partitioned table, database view, materialized view and foreign table is read', () => {
  const kinds = Object.fromEntries(
    catalog.tables.map(({ schema, name, kind }) => [`${schema}.${name}`, kind]),
  );
  expect(kinds).toEqual({
    'crm.Order "Lines"': 'table',
    'crm.account_list': 'materialized',
    'crm.account_names': 'view',
    'crm.accounts': 'table',
    'crm.child': 'table',
    'crm.clauses': 'table',
    'crm.event_notes': 'table',
    'crm.events': 'partitioned',
    'crm.events_2026': 'table',
    'crm.far': 'foreign',
    'crm.kinds': 'table',
    'crm.parent': 'table',
    'crm.readings': 'partitioned',
    'crm.readings_far': 'foreign',
    'crm.shipments': 'table',
    'crm.terms': 'table',
    'public.name': 'table',
  });
});

test.each<[string, PgKind, string]>([
  ['a_bool', 'bool', 'boolean'],
  ['an_int2', 'int2', 'smallint'],
  ['an_int4', 'int4', 'integer'],
  ['an_int8', 'int8', 'bigint'],
  ['a_numeric', 'numeric', 'numeric(10,2)'],
  ['a_float4', 'float4', 'real'],
  ['a_float8', 'float8', 'double precision'],
  ['a_text', 'text', 'text'],
  ['a_varchar', 'varchar', 'character varying(40)'],
  ['a_bpchar', 'bpchar', 'character(3)'],
  ['a_date', 'date', 'date'],
  ['a_timestamp', 'timestamp', 'timestamp without time zone'],
  ['a_timestamptz', 'timestamptz', 'timestamp with time zone'],
  ['a_time', 'time', 'time without time zone'],
  ['a_uuid', 'uuid', 'uuid'],
  ['a_json', 'json', 'json'],
  ['a_jsonb', 'jsonb', 'jsonb'],
  ['a_bytea', 'bytea', 'bytea'],
  ['a_timetz', 'timetz', 'time with time zone'],
  ['an_interval', 'interval', 'interval'],
  ['a_name', 'name', 'name'],
  ['a_char', 'char', '"char"'],
  ['an_inet', 'inet', 'inet'],
  ['a_cidr', 'cidr', 'cidr'],
  ['a_macaddr', 'macaddr', 'macaddr'],
  ['a_macaddr8', 'macaddr8', 'macaddr8'],
  ['a_bit', 'bit', 'bit(3)'],
  ['a_varbit', 'varbit', 'bit varying'],
  ['a_money', 'money', 'money'],
  ['an_xml', 'xml', 'xml'],
  ['an_oid', 'oid', 'oid'],
  ['a_point', 'point', 'point'],
  ['a_path', 'path', 'path'],
  ['a_tsvector', 'tsvector', 'tsvector'],
  ['a_domain', 'int8', 'crm."bıgınt"'],
  ['a_domain_of_domain', 'int8', 'crm."of ""bıgınt"""'],
])('the column %s is of kind %s', (name, kind, display) => {
  const { type } = tableOf('kinds').columns.get(name)!;
  expect(type).toEqual(builtInType(kind, display));
});

test('an enum, and a domain over one, has its labels in order', () => {
  const { columns } = tableOf('kinds');
  const mood = {
    ...builtInType('enum'),
    cast: '"crm"."mood"',
    schema: 'crm',
    enumLabels: ['sad', 'so so', 'happy'],
  };
  expect(columns.get('a_mood')!.type).toEqual({ ...mood, display: 'crm.mood' });
  expect(columns.get('a_feeling')!.type).toEqual({ ...mood, display: 'crm.feeling' });
});

test('what is no data, has no order of its own or cannot be taken apart is unsupported by name', () => {
  const { columns } = tableOf('kinds');
  const unsupported = [...columns.values()].filter(({ type }) => type.kind === 'unsupported');
  expect(unsupported.map(({ type }) => type.display)).toEqual([
    'regclass',
    'int2vector',
    'jsonpath[]',
    'crm.words[]',
    'crm.money_range',
    'text COLLATE "any_case"',
  ]);
  expect(columns.has('dropped')).toBe(false);
  expect([...columns.keys()].some((name) => name.includes('dropped'))).toBe(false);
});

const typeOf = (column: string): PgType => tableOf('kinds').columns.get(column)!.type;

test('arrays have their items, also under domains', () => {
  const text = builtInType('text');
  const words = { ...builtInType('array', 'text[]'), cast: 'pg_catalog."_text"', element: text };
  expect(typeOf('some_text')).toEqual(words);
  expect(typeOf('some_words')).toEqual({ ...words, display: 'crm.words' });
  expect(typeOf('moods')).toMatchObject({
    kind: 'array',
    display: 'crm.mood[]',
    element: { kind: 'enum', cast: '"crm"."mood"', schema: 'crm', enumLabels: ['sad', 'so so', 'happy'] },
  });
  expect(typeOf('positives')).toMatchObject({
    kind: 'array',
    element: { kind: 'int8', display: 'crm."bıgınt"' },
  });
});

test('ranges and multiranges have the type of their bounds', () => {
  expect(typeOf('during')).toEqual({
    ...builtInType('range', 'tstzrange'),
    cast: 'pg_catalog.tstzrange',
    element: builtInType('timestamptz', 'timestamp with time zone'),
  });
  expect(typeOf('prices')).toMatchObject({ kind: 'multirange', element: { kind: 'numeric' } });
  expect(typeOf('own')).toMatchObject({
    kind: 'range',
    schema: 'crm',
    cast: '"crm"."float_range"',
    element: { kind: 'float8' },
  });
});

test('a composite has its attributes in order, whatever they are made of', () => {
  const { kind, cast, attributes } = typeOf('place');
  expect({ kind, cast }).toEqual({ kind: 'composite', cast: '"crm"."place"' });
  expect(
    [...attributes.values()].map(({ name, type, notNull }) => [name, type.kind, type.display, notNull]),
  ).toEqual([
    ['Street Nr.', 'varchar', 'character varying(40)', false],
    ['tags', 'array', 'text[]', false],
    ['at', 'composite', 'crm.at', false],
    ['sorted', 'unsupported', 'text COLLATE "any_case"', false],
  ]);
  expect(attributes.get('at')!.type.attributes.get('spot')!.type).toEqual(builtInType('point'));
  expect(typeOf('places')).toMatchObject({
    kind: 'array',
    element: { kind: 'composite', display: 'crm.place' },
  });
});

test('a type of an extension is told by its extension, and says its schema', () => {
  expect(typeOf('mail')).toMatchObject({ kind: 'citext', schema: 'ext', cast: '"ext"."citext"' });
  expect(typeOf('parts')).toMatchObject({ kind: 'extension', schema: 'ext', cast: '"ext"."ltree"' });
});

test('a cast of the catalogue is one that PostgreSQL takes', async () => {
  const types = [...tableOf('kinds').columns.values()].map(({ type }) => type);
  expect(types.length).toBeGreaterThan(20);
  for (const { cast } of types) {
    expect((await database.query(`SELECT NULL::${cast} AS value`)).rows).toEqual([{ value: null }]);
  }
});

test('keys are unique indexes over plain columns of every row, the primary key first', () => {
  const lines = tableOf('Order "Lines"');
  expect(lines.primaryKey).toEqual(['Nr.', 'tenant']);
  expect(lines.uniqueKeys).toEqual([
    ['Nr.', 'tenant'],
    ['code', 'tenant'],
  ]);
  expect(lines.indexes).toEqual([['Nr.', 'tenant'], ['code', 'tenant'], ['other']]);
  expect(notNullColumns('Order "Lines"')).toEqual(['tenant', 'Nr.', 'account']);
  expect(tableOf('name', 'public').primaryKey).toEqual(['select']);
});

test('foreign keys are those that hold for every row', () => {
  expect(tableOf('Order "Lines"').foreignKeys).toEqual([
    { columns: ['account'], schema: 'crm', table: 'accounts', toColumns: ['account_id'] },
  ]);
  // Neither the one that was never validated nor the one that is not enforced.
  expect(tableOf('shipments').foreignKeys).toEqual([
    { columns: ['nr', 'tenant'], schema: 'crm', table: 'Order "Lines"', toColumns: ['Nr.', 'tenant'] },
  ]);
  expect(tableOf('clauses').foreignKeys).toEqual([]);
});

test('a NOT NULL that was not validated guarantees nothing', () => {
  expect(notNullColumns('shipments')).toEqual(['nr']);
});

test('a partitioned table has its keys once, and its partitions have them too', () => {
  const toAccounts = { columns: ['account'], schema: 'crm', table: 'accounts', toColumns: ['account_id'] };
  expect(tableOf('events')).toMatchObject({ primaryKey: ['at', 'id'], foreignKeys: [toAccounts] });
  expect(tableOf('events_2026')).toMatchObject({ primaryKey: ['at', 'id'], foreignKeys: [toAccounts] });
  expect(tableOf('event_notes').foreignKeys).toEqual([
    { columns: ['at', 'id'], schema: 'crm', table: 'events', toColumns: ['at', 'id'] },
  ]);
});

test('a table that is read with its inheritance children guarantees nothing about them', async () => {
  // The rows that show why: read through the parent, its primary key repeats.
  await database.query('INSERT INTO crm.accounts VALUES (1, $1)', ['Acme']);
  await database.query('INSERT INTO crm.parent VALUES (1, 1)');
  await database.query('INSERT INTO crm.child VALUES (1, 7)');
  expect((await database.query('SELECT id FROM crm.parent')).rows).toEqual([{ id: 1 }, { id: 1 }]);
  expect(tableOf('parent')).toMatchObject({ primaryKey: null, uniqueKeys: [], foreignKeys: [] });
  expect(notNullColumns('parent')).toEqual([]);
});

test('keys over periods tell ranges apart, not values, and are no keys', () => {
  expect(tableOf('terms')).toMatchObject({ primaryKey: null, uniqueKeys: [] });
});

test('views, materialized views and foreign tables guarantee what PostgreSQL enforces of them', () => {
  // What its query passes on of the table behind it.
  expect(tableOf('account_names')).toMatchObject({
    primaryKey: ['account_id'],
    uniqueKeys: [['account_id']],
  });
  expect(notNullColumns('account_names')).toContain('account_id');
  expect(tableOf('account_list')).toMatchObject({ primaryKey: null, uniqueKeys: [['account_id']] });
  for (const name of ['account_list', 'far', 'readings', 'readings_far']) {
    expect(notNullColumns(name)).toEqual([]);
  }
});

test('a catalogue is read in six statements, however many tables there are', async () => {
  const asked: string[] = [];
  const client = {
    query: (text: string) => {
      asked.push(text);
      return database.query(text);
    },
  };
  await readCatalog(client, 'crm');
  expect(asked).toHaveLength(7);
});

test('names in front of the system catalogue change nothing', async () => {
  await database.query(`
    CREATE SCHEMA front;
    CREATE TABLE front.pg_class (); CREATE TABLE front.pg_attribute (); CREATE TABLE front.pg_index ();
    CREATE TABLE front.pg_namespace (); CREATE TABLE front.pg_constraint (); CREATE TABLE front.pg_type ();
    CREATE FUNCTION front.format_type(oid, integer) RETURNS text LANGUAGE sql RETURN 'fake';
    CREATE FUNCTION front.starts_with(text, text) RETURNS boolean LANGUAGE sql RETURN true;
    CREATE DOMAIN front.int2 AS text; CREATE DOMAIN front.bool AS text`);
  const client = new pg.Client({ ...database.config, options: '-c search_path=front,pg_catalog' });
  await client.connect();
  try {
    const { tables } = await readCatalog(client, 'crm');
    expect(tables.filter(({ schema }) => schema !== 'front')).toEqual(catalog.tables);
  } finally {
    await client.end();
  }
});
