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
];

const columns = kinds.flatMap(([kind, scalars, values], k) =>
  scalars.map((scalar, s) => ({ kind, scalar, values, name: `c${k}_${s}` })),
);
const rows = Math.max(...kinds.map(([, , values]) => values.length));

const table = `
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
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
  const database = gateway.sources.get('main')!;
  await database.query(`alter database "${database.name}" set timezone = 'UTC'`);
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
afterAll(() => gateway.dispose());

/** What PostgreSQL makes of a value, and GraphQL of what JavaScript's numbers would lose. */
function expected(name: string, { kind, scalar }: { kind: string; scalar: string }): string {
  if (scalar === 'Base64') return `to_json(translate(encode(${name}, 'base64'), E'\\n', ''))`;
  if (kind === 'mood') return `to_json(replace(upper(replace(${name}::text, '-', '_')), ' ', '_'))`;
  return ['ID', 'BigInt', 'Decimal'].includes(scalar) || kind === 'char(40)'
    ? `to_json(${name}::text)`
    : `to_json(${name})`;
}

test.each(columns.map((column) => [column.kind, column.scalar, column] as const))(
  '%s as %s is given out as PostgreSQL writes it, null as null',
  async (_kind, _scalar, column) => {
    const nullable = column.name;
    const required = `${column.name}_n`;
    const { rows: reference } = await gateway.sources
      .get('main')!
      .query<{ a: string | null; b: string }>(
        `select ${expected(nullable, column)}::text as a, ${expected(required, column)}::text as b from form order by id`,
      );
    const { text } = await gateway.query(
      { roles: ['reader'] },
      `{ forms(first: 100) { nodes { a: ${nullable} b: ${required} } } }`,
    );
    const nodes = reference.map(({ a, b }) => `{"a":${a ?? 'null'},"b":${b}}`);
    // The bytes: what a parser would forgive, or a number would lose, is compared too.
    expect(text).toContain(`"nodes":[${nodes.join(',')}]`);
  },
);
