import fc from 'fast-check';
import { builtInType, type PgKind, type PgType } from '../../src/catalog/index.js';
import { toPgText } from '../../src/plan/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

const labels = ['north', "far 'south'", 'Ost,West'];

const typeOf = (kind: PgKind): PgType =>
  kind === 'enum'
    ? { ...builtInType('enum'), cast: '"public"."region"', enumLabels: labels }
    : builtInType(kind);

const digits = fc.stringMatching(/^-?\d{1,22}(\.\d{1,4})?$/);
const days = fc.stringMatching(/^(0000|0001|19\d\d|20\d\d|9999)-(0[0-9]|1[0-3])-([0-3]\d)$/);
const clocks = fc.stringMatching(/^([01]\d|2[0-5]):[0-6]\d(:[0-6]\d(\.\d{1,7})?)?$/);
const zones = fc.constantFrom('', 'Z', '+00:00', '-14:59', '+15:00', '+02', ' Europe/Vienna', '+01:60');
const anything = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.object(),
);

/** What a caller might send for a column of each kind: values, near misses, and anything else. */
const sent: Partial<Record<PgKind, fc.Arbitrary<unknown>>> = {
  bool: fc.constantFrom(true, false, 'true', 't', 1),
  int2: fc.oneof(digits, fc.integer({ min: -40000, max: 40000 })),
  int4: fc.oneof(digits, fc.integer()),
  int8: fc.oneof(digits, fc.bigInt().map(String)),
  numeric: fc.oneof(
    digits,
    fc.double(),
    fc.constantFrom('NaN', 'Infinity', '1e5', '9'.repeat(500), '9'.repeat(501), '0x1F', '1_000'),
  ),
  float4: fc.double(),
  float8: fc.double(),
  text: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', 'a\0', '\ud800', '\\', '{}')),
  varchar: fc.string({ unit: 'binary' }),
  bpchar: fc.string(),
  date: fc.oneof(days, fc.constantFrom('infinity', 'today', '2026-02-29', '2024-02-29', '1900-02-29')),
  time: fc.oneof(clocks, fc.constantFrom('24:00', 'now', '23:59:60')),
  timestamp: fc.tuple(days, fc.constantFrom('T', ' ', ''), clocks).map((parts) => parts.join('')),
  timestamptz: fc.tuple(days, fc.constantFrom('T', ' '), clocks, zones).map((parts) => parts.join('')),
  uuid: fc.oneof(
    fc.uuid(),
    fc.uuid().map((text) => `{${text}}`),
    fc.stringMatching(/^[0-9a-fA-F]{32}$/),
  ),
  enum: fc.constantFrom(...labels, 'North', '', 'south'),
};

describe('a value that is taken for a column', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    const list = labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ');
    database = await freshDatabase('values', { sql: `create type public.region as enum (${list})` });
  });
  afterAll(() => database.drop());

  test.each(Object.entries(sent) as [PgKind, fc.Arbitrary<unknown>][])(
    'is one that PostgreSQL reads: %s',
    async (kind, values) => {
      const type = typeOf(kind);
      const samples = fc.sample(fc.oneof({ weight: 5, arbitrary: values }, anything), 2000);
      const taken = samples.map((value) => toPgText(value, type)).filter((text) => text !== undefined);
      expect(taken.length).toBeGreaterThan(20);
      const { rows } = await database.query<{ known: string }>(
        `select count(value) as known from unnest($1::text[]::${type.cast}[]) as value`,
        [taken],
      );
      expect(Number(rows[0]!.known)).toBe(taken.length);
    },
  );

  test.each<[PgKind, unknown, string]>([
    ['int4', 17, '17'],
    ['int4', '-2147483648', '-2147483648'],
    ['int8', '9223372036854775807', '9223372036854775807'],
    ['int8', '007', '7'],
    ['numeric', '1234567890.0001', '1234567890.0001'],
    ['float4', 0.1, String(Math.fround(0.1))],
    ['text', 'it\'s {"a", b}', 'it\'s {"a", b}'],
    ['date', '2024-02-29', '2024-02-29'],
    ['timestamptz', '2026-01-05T10:00:00+02:00', '2026-01-05T10:00:00+02:00'],
    ['enum', "far 'south'", "far 'south'"],
  ])('is handed on as it is: %s %j', (kind, value, text) => {
    expect(toPgText(value, typeOf(kind))).toBe(text);
  });

  test.each<[PgKind, unknown]>([
    ['int2', 32768],
    ['int4', 1.5],
    ['int4', '2147483648'],
    ['int4', ' 1'],
    ['int8', '9223372036854775808'],
    ['numeric', 'NaN'],
    ['float4', 1e39],
    ['float8', Infinity],
    ['bool', 'true'],
    ['date', '2026-02-30'],
    ['date', '0000-01-01'],
    ['timestamp', '2026-01-05T10:00:00Z'],
    ['timestamptz', '2026-01-05T10:00:00'],
    ['text', 'a\0'],
    ['text', '\udfff'],
    ['enum', 'North'],
    ['jsonb', '{}'],
    ['bytea', '\\x00'],
    ['unsupported', 'x'],
  ])('is none of these: %s %j', (kind, value) => {
    expect(toPgText(value, typeOf(kind))).toBeUndefined();
  });
});
