import {
  assertTwins,
  load,
  makeTwins,
  proveCallers,
  seededRandom,
  tableKey,
  type Dataset,
} from '../../src/prove/index.js';
import { marksOf } from '../../src/prove/twins/secrets.js';
import { groundFrom, type TestGround } from './grounds.js';

/** A column of every type, with the masks that look at values. */
const columns: readonly (readonly [name: string, declared: string, field: string, mask?: string])[] = [
  ['flag', 'boolean', 'Boolean', '{ constant: "true" }'],
  ['small', 'smallint', 'Int', '{ bucket: "100" }'],
  ['whole', 'integer', 'Int', '{ round: 1 }'],
  ['big', 'bigint', 'BigInt', '{ topCode: "1000" }'],
  ['thing', 'oid', 'BigInt'],
  ['amount', 'numeric', 'Decimal', '{ bucket: "1000" }'],
  ['price', 'numeric(12,2)', 'Decimal', '{ round: 2 }'],
  ['noisy', 'numeric(10,1)', 'Decimal', '{ noise: "5" }'],
  ['cash', 'money', 'Decimal'],
  ['ratio', 'real', 'Float', '{ bucket: "10" }'],
  ['share', 'double precision', 'Float', '{ topCode: "100" }'],
  ['name', 'text', 'String', '{ partial: { keepStart: 1, keepEnd: 1 } }'],
  ['mail', 'varchar(40)', 'String', '{ email: { domain: true } }'],
  ['code', 'char(8)', 'String', '{ pseudonym: true }'],
  ['short', 'varchar(3)', 'String', '{ redact: true }'],
  ['shout', 'citext', 'String', '{ token: { prefix: "t_" } }'],
  ['label', 'name', 'String'],
  ['letter', '"char"', 'String'],
  ['day', 'date', 'Date', '{ dateTrunc: MONTH }'],
  ['at', 'timestamptz', 'DateTime', '{ dateTrunc: { unit: YEAR, zone: "Europe/Vienna" } }'],
  ['here', 'timestamp(1)', 'LocalDateTime', '{ dateTrunc: QUARTER }'],
  ['clock', 'time', 'Time'],
  ['zoned', 'timetz', 'OffsetTime'],
  ['span', 'interval', 'Interval'],
  ['uid', 'uuid', 'UUID'],
  ['doc', 'json', 'JSON'],
  ['docb', 'jsonb', 'JSON', '{ keep: ["$.a", "$.list[*].b"] }'],
  ['page', 'xml', 'XML'],
  ['bytes', 'bytea', 'Base64'],
  ['bits', 'bit(5)', 'BitString'],
  ['varbits', 'varbit(7)', 'BitString'],
  ['host', 'inet', 'Inet', '{ network: 24 }'],
  ['net', 'cidr', 'Inet'],
  ['mac', 'macaddr', 'MacAddress'],
  ['mac8', 'macaddr8', 'MacAddress'],
  ['spot', 'point', 'Geometry', '{ geo: 1 }'],
  ['line', 'line', 'Geometry'],
  ['lseg', 'lseg', 'Geometry'],
  ['box', 'box', 'Geometry'],
  ['path', 'path', 'Geometry'],
  ['polygon', 'polygon', 'Geometry'],
  ['circle', 'circle', 'Geometry'],
  ['words', 'tsvector', 'String'],
  ['search', 'tsquery', 'String'],
  ['lsn', 'pg_lsn', 'String'],
  ['pairs', 'hstore', 'String'],
  ['tree', 'ltree', 'String'],
  ['cube', 'cube', 'String'],
  ['seg', 'seg', 'String'],
  ['mood', 'mood', 'Mood', '{ constant: "FINE" }'],
  ['during', 'daterange', 'Range'],
  ['counts', 'int4range', 'Range'],
  ['many', 'nummultirange', 'Range'],
  ['tags', 'varchar(12)[]', '[String]', '{ email: { domain: true } }'],
  ['numbers', 'int[]', '[Int]', '{ bucket: "10" }'],
  ['moods', 'mood[]', '[Mood]'],
];

const sources = {
  main: `
    create extension citext; create extension hstore; create extension ltree; create extension cube; create extension seg;
    create type mood as enum ('SO_SO', 'FINE');
    create domain short_code as varchar(4);
    create type place as (label varchar(20), spot point, tags text[], at short_code);
    create table zoo (id int primary key, owner text, whole_place place, place place, unshown short_code,
      taken varchar(6) unique, ${columns.map(([name, declared]) => `"${name}" ${declared}`).join(', ')}, tax bytea);
    create table visit (zoo_id int not null references zoo, n text, primary key (zoo_id, n), secret text not null, paid numeric(8,2));
  `,
};
const sdl = `
  enum Mood { SO_SO FINE }
  type Zoo @table(source: main, schema: "public", name: "zoo", key: ["id"]) @rows(by: owner, column: "owner") {
    id: ID! @open
    ${columns.map(([name, , field, mask]) => `${name}: ${field} @tradeSecret(class: secret${mask === undefined ? '' : `, mask: ${mask}`})`).join('\n')}
    taken: String @tradeSecret(class: secret)
    shown: String @column(name: "name") @tradeSecret(class: other, mask: { partial: { keepEnd: 2 } })
    place: Place @open
    wholePlace: OpenPlace @tradeSecret(class: secret)
    taxId: String @column(name: "tax") @tradeSecret(class: secret) @encrypted(key: "tax-id")
    visits: [Visit!]! @relation(from: ["id"], to: ["zoo_id"]) @open
  }
  type Visit @table(source: main, schema: "public", name: "visit", key: ["zoo_id", "n"]) @rows(by: owner, via: "zoo") {
    zooId: Int! @open
    n: String! @open
    secret: String! @tradeSecret(class: other)
    paid: Decimal @tradeSecret(class: secret, mask: { bucket: "100" }, nulls: KEEP)
    zoo: Zoo! @relation(from: ["zoo_id"], to: ["id"]) @open
  }
  type Place { label: String @tradeSecret(class: secret, mask: { partial: { keepStart: 1 } }) spot: Geometry @open tags: [String] @tradeSecret(class: other) at: String @open }
  type OpenPlace @open { label: String spot: Geometry tags: [String] }
`;
const policy = `
classes:
  secret: { title: Secrets, masked_use: true }
  other: { title: Others, conditions: { agreement: nda }, otherwise: deny }
roles:
  clear: { rows: all, clear: [secret, other] }
  masked: { rows: all, mask: [secret], deny: [other] }
  part: { rows: all, clear: [{ secret: { owner: $subject } }], mask: [secret] }
  own: { rows: { owner: $claims.owners }, clear: [other], mask: [secret] }
  nothing: { rows: { owner: $claims.owners } }
`;

const zoo = tableKey('main', 'public', 'zoo');
let ground: TestGround;
beforeAll(async () => {
  ground = await groundFrom(sources, sdl, policy);
});
afterAll(() => ground.dispose());

/** Kinds that are printed as PostgreSQL reads them here: masks look at their texts. */
const printed = columns.filter(([, , , mask]) => mask !== undefined).map(([name]) => name);

async function stored(name: string): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await ground.clients
    .get('main')!
    .query<{ id: string; value: string | null }>(
      `select id, "${name}"${name === 'flag' ? '::text' : ''} as value from zoo`,
    );
  return new Map(rows.map(({ id, value }) => [id, value]));
}

test('every value is stored, and those that masks look at are printed as they were written', async () => {
  const random = seededRandom('values');
  const [caller] = proveCallers(ground.model, random);
  const { a } = makeTwins(ground, caller!, random, 150);
  const client = ground.clients.get('main')!;
  await client.query("set TimeZone = 'UTC'");
  await load(client, 'main', a, { analyze: true });
  const rows = a.tables.get(zoo)!;
  expect(rows.length).toBeGreaterThan(50);
  for (const name of printed) {
    const found = await stored(name);
    const differing = rows.filter((row) => {
      const text = found.get(row.id!) ?? null;
      // Items of lists are quoted where they need not be, and what masks make of them is the same.
      return name === 'tags' || name === 'numbers'
        ? (text === null) !== (row[name] === null)
        : text?.trimEnd() !== row[name]?.trimEnd();
    });
    expect([name, differing.map((row) => [row[name], found.get(row.id!)])]).toEqual([name, []]);
  }
});

const SEEDS = Number(process.env.CORDON_PROVE_RUNS ?? 2);

test('what masks hide is varied for every mask that hides something', () => {
  const changed = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = seededRandom(seed);
    const caller = proveCallers(ground.model, random).find(({ name }) => name === 'masked')!;
    const { a, b } = makeTwins(ground, caller, random, 60);
    const before = new Map(a.tables.get(zoo)!.map((row) => [row.id, row]));
    for (const row of b.tables.get(zoo)!)
      for (const [name, value] of Object.entries(row))
        if (before.get(row.id)![name] !== value) changed.add(name);
  }
  const keyed = ['code', 'shout', 'noisy'];
  const masked = printed.filter((name) => !keyed.includes(name));
  expect(masked.filter((name) => !changed.has(name))).toEqual([]);
  // What is visible as it is stays, and so do keys.
  expect([...changed].filter((name) => ['id', ...keyed].includes(name))).toEqual([]);
});

test('whoever asks, the data is stored, and no twin is told apart', async () => {
  const random = seededRandom('whoever');
  const client = ground.clients.get('main')!;
  for (const caller of proveCallers(ground.model, random).slice(0, 5 * SEEDS)) {
    const { a, b, shuffled } = makeTwins(ground, caller, random.fork(caller.name), 30);
    for (const dataset of [a, b, shuffled] satisfies Dataset[]) await load(client, 'main', dataset);
    assertTwins(ground.model, caller, a, b, shuffled);
  }
});

test('a ciphertext that a caller may open is not made up', () => {
  const random = seededRandom('ciphertexts');
  const callers = proveCallers(ground.model, random);
  const taxes = (name: string) =>
    makeTwins(
      ground,
      callers.find((caller) => caller.name === name)!,
      random.fork(name),
      30,
    )
      .a.tables.get(zoo)!
      .map((row) => row.tax);
  expect(new Set(taxes('clear'))).toEqual(new Set([null]));
  expect(new Set(taxes('masked')).size).toBeGreaterThan(2);
});

test('texts by which values are recognised are those that nothing else comes to', () => {
  const texts = ['zqabcd1234', 'at zq99xyz@a.example', '123456789.50', '99999999999999999999.99'];
  const others = ['100000000000000000000', '9223372036854775807', '12345678', '1.7976931348623157e+308'];
  const rows = [...texts, ...others].map((text) => ({ text }));
  expect(marksOf([{ tables: new Map([['t', rows]]) }])).toEqual(['zqabcd1234', 'zq99xyz', '123456789']);
});
