import pg from 'pg';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

/** Kinds with every scalar that gives them out, and values at their ends and with all that JSON has to escape. */
const hostileTexts = [
  '',
  'plain',
  String.raw`"\/`,
  "'{}[],:'",
  '\b\f\n\r\t\u0001\u001f\u007f',
  'é 漢 😀 \u2028',
  'null',
];
const kinds: readonly (readonly [kind: string, scalars: readonly string[], values: readonly string[]])[] = [
  ['smallint', ['ID', 'Int', 'BigInt'], ['0', '-32768', '32767']],
  ['integer', ['ID', 'Int', 'BigInt'], ['0', '-2147483648', '2147483647']],
  ['bigint', ['ID', 'BigInt', 'Decimal'], ['0', '-9223372036854775808', '9223372036854775807']],
  ['numeric', ['Decimal'], ['0.00', '-1.50', 'NaN', 'Infinity', '-Infinity', '1e-20', '9e40']],
  ['real', ['Float'], ['0', '-0', '0.1', '3.4e38', '1e-45', 'NaN', 'Infinity', '-Infinity']],
  ['double precision', ['Float'], ['0', '0.30000000000000004', '1.7e308', '5e-324', 'NaN', '-Infinity']],
  ['boolean', ['Boolean'], ['true', 'false']],
  ['uuid', ['ID', 'UUID'], ['00000000-0000-0000-0000-00000000000f', 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
  ['date', ['Date'], ['2026-02-28', '0001-01-01', '4713-01-01 BC', '5874897-12-31', 'infinity', '-infinity']],
  ['timestamp', ['LocalDateTime'], ['2026-02-28 23:59:59.999999', '4713-01-01 BC', 'infinity']],
  ['timestamptz', ['DateTime'], ['2026-02-28 23:59:59.5+05', '294276-12-31 23:59:59+00', '-infinity']],
  ['time', ['Time'], ['00:00', '23:59:59.999999', '24:00']],
  ['text', ['ID', 'String'], hostileTexts],
  ['varchar', ['ID', 'String'], hostileTexts],
  ['char(40)', ['String'], hostileTexts],
  ['json', ['JSON'], ['{"a" : [1, "\\u0000", null]}', '"text"', 'null', '-0']],
  ['jsonb', ['JSON'], ['{"a": [1, "\\"", null]}', '"text"', 'null', '1e400']],
  ['bytea', ['Base64'], ['\\x', '\\x00ff', `\\x${'ab'.repeat(100)}`]],
  ['mood', ['Mood'], ['in love', 'so-so']],
  ['oid', ['ID', 'BigInt'], ['0', '4294967295']],
  ['money', ['Decimal'], ['0', '-92233720368547758.08', '92233720368547758.07']],
  ['name', ['ID', 'String'], [...hostileTexts, 'x'.repeat(63)]],
  ['"char"', ['String'], ['', 'a', '"', '\\', 'é', '\u007f', '\n']],
  ['citext', ['ID', 'String'], hostileTexts],
  ['xml', ['XML', 'String'], ['', '<a b="c">\\&amp;</a>', 'no element, "é"']],
  ['timetz', ['OffsetTime', 'String'], ['00:00+00', '23:59:59.999999-15:59:59', '24:00+15:59']],
  [
    'interval',
    ['Interval', 'String'],
    [
      ...['0', '1 year 2 mons -3 days 04:05:06.000007', '-178000000 years', 'infinity', '-infinity'],
      ...['178000000 years 2147483647 days 2562047788:00:54.775807', '-2562047788:00:54.775807'],
    ],
  ],
  ['inet', ['Inet', 'String'], ['0.0.0.0', '192.168.0.1/24', '::', 'ffff::1.2.3.4', '2001:db8::/32']],
  ['cidr', ['Inet', 'String'], ['0.0.0.0/0', '10.1.2.3', '2001:db8::/32']],
  ['macaddr', ['MacAddress', 'String'], ['08:00:2b:01:02:03', 'ff:ff:ff:ff:ff:ff']],
  ['macaddr8', ['MacAddress', 'String'], ['08:00:2b:01:02:03:04:05']],
  ['bit(5)', ['BitString', 'String'], ['01010', '11111']],
  ['bit varying', ['BitString', 'String'], ['', '1', '01'.repeat(100)]],
  ['point', ['Geometry', 'String'], ['(0,-0)', '(NaN,Infinity)', '(1.7e308,5e-324)']],
  ['line', ['Geometry', 'String'], ['{1,-1,0}', '{0,1,Infinity}']],
  ['lseg', ['Geometry', 'String'], ['[(0,0),(1,1e300)]']],
  ['box', ['Geometry', 'String'], ['(1,1),(0,-Infinity)']],
  ['path', ['Geometry', 'String'], ['((0,0),(1,1))', '[(0,0),(1,1),(2,NaN)]']],
  ['polygon', ['Geometry', 'String'], ['((0,0),(1,1),(2,0))']],
  ['circle', ['Geometry', 'String'], ['<(0,0),1e308>', '<(NaN,0),Infinity>']],
  ['tsvector', ['String'], ['', String.raw`'a''b':1A,2 'c\\\\d' '"'`]],
  ['tsquery', ['String'], ['', String.raw`'a"b' & !'c' <-> 'd':*A`]],
  ['pg_lsn', ['String'], ['0/0', 'FFFFFFFF/FFFFFFFF']],
  ['int4range', ['Range', 'String'], ['empty', '(,)', '[1,10]', '[2147483647,2147483647)', '(-2147483648,)']],
  ['tstzrange', ['Range', 'String'], ['[2026-01-01 00:00+02,infinity)', '[-infinity,4713-01-01 BC]']],
  ['textrange', ['Range', 'String'], [String.raw`["\\ é,","a\"b"]`, '(,"")']],
  ['nummultirange', ['Range', 'String'], ['{}', '{[1,2),(3.50,NaN]}']],
  ['hstore', ['String'], ['', String.raw`"a\"b"=>"1", c=>NULL`]],
  ['posint', ['ID', 'Int', 'BigInt'], ['1', '2147483647']],
];

const columns = kinds.flatMap(([kind, scalars, values], k) =>
  scalars.map((scalar, s) => ({ kind, scalar, values, name: `c${k}_${s}` })),
);
const rows = Math.max(...kinds.map(([, , values]) => values.length));

const table = `
  create extension citext; create extension hstore;
  create type textrange as range (subtype = text, collation = "C");
  create domain posint as int check (value > 0);
  create type mood as enum ('in love', 'so-so');
  create table form (id int primary key, ${columns.map(({ name, kind }) => `${name} ${kind}, ${name}_n ${kind} not null`).join(', ')});
`;
const sdl = `
  enum Mood { IN_LOVE SO_SO }
  type Form @table(source: main, schema: "public", name: "form", key: ["id"]) {
    id: ID! @open
    ${columns.map(({ name, scalar }) => `${name}: ${scalar} @column(name: "${name}") @open ${name}_n: ${scalar}! @column(name: "${name}_n") @open`).join('\n')}
  }
`;
const policy = '{ classes: {}, roles: { reader: { rows: all } } }';

let gateway: TestGateway;
/** With the session settings that the gateway asks for. */
let reference: pg.Client;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
  const database = gateway.sources.get('main')!;
  reference = new pg.Client({ ...database.config, options: '-c timezone=UTC -c intervalstyle=iso_8601' });
  await reference.connect();
  for (let row = 0; row < rows; row += 1) {
    const values = columns.flatMap(({ values }) => {
      const value = values[row % values.length]!;
      // A null in each column that may hold one, at one row of its own.
      return [row === 0 ? null : value, value];
    });
    await database.query(
      `insert into form values (${row}, ${values.map((_, i) => `$${i + 1}`).join(', ')})`,
      values,
    );
  }
});
afterAll(async () => {
  await reference.end();
  await gateway.dispose();
});

/** What PostgreSQL makes of a value, and GraphQL of what JavaScript's numbers would lose. */
function expected(name: string, { kind, scalar }: { kind: string; scalar: string }): string {
  if (scalar === 'Base64') return `to_json(translate(encode(${name}, 'base64'), E'\\n', ''))`;
  if (kind === 'mood') return `to_json(replace(upper(replace(${name}::text, '-', '_')), ' ', '_'))`;
  if (kind === 'money') return `to_json(${name}::numeric::text)`;
  return ['ID', 'BigInt', 'Decimal'].includes(scalar) || ['char(40)', 'xml', 'hstore'].includes(kind)
    ? `to_json(${name}::text)`
    : `to_json(${name})`;
}

test.each(columns.map((column) => [column.kind, column.scalar, column] as const))(
  '%s as %s is given out as PostgreSQL writes it, null as null',
  async (_kind, _scalar, column) => {
    const nullable = column.name;
    const required = `${column.name}_n`;
    const { rows: stored } = await reference.query<{ a: string | null; b: string }>(
      `select ${expected(nullable, column)}::text as a, ${expected(required, column)}::text as b from form order by id`,
    );
    const { text } = await gateway.query(
      { roles: ['reader'] },
      `{ forms(first: 100) { nodes { a: ${nullable} b: ${required} } } }`,
    );
    const nodes = stored.map(({ a, b }) => `{"a":${a ?? 'null'},"b":${b}}`);
    // The bytes: what a parser would forgive, or a number would lose, is compared too.
    expect(text).toContain(`"nodes":[${nodes.join(',')}]`);
  },
);
