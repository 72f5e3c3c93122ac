import fc from 'fast-check';
import pg from 'pg';
import { builtInType, type PgKind, type PgType } from '../../src/catalog/index.js';
import { toPgText } from '../../src/plan/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

const labels = ['north', "far 'south'", 'Ost,West'];

const typeOf = (kind: PgKind): PgType =>
  kind === 'enum'
    ? { ...builtInType('enum'), cast: '"public"."region"', enumLabels: labels }
    : builtInType(kind);

const digits = fc.stringMatching(/^-?\d{1,22}(\.\d{1,4})?$/);
const days = fc.stringMatching(
  /^(0000|0001|0004|19\d\d|20\d\d|9999|12345|471[345]|29427[67]|587489[78])-(0[0-9]|1[0-3])-([0-3]\d)$/,
);
const eras = fc.constantFrom('', '', ' BC', 'BC', ' AD');
const clocks = fc.stringMatching(/^([01]\d|2[0-5]):[0-6]\d(:[0-6]\d(\.\d{1,7})?)?$/);
const zones = fc.constantFrom(
  ...['', 'Z', '+00:00', '-14:59', '+15:59:59', '-15:59:59', '+16', '+02', '-02', ' Europe/Vienna', '+01:60'],
);
const networks = fc
  .tuple(fc.ipV4(), fc.constantFrom('', '/0', '/8', '/24', '/31', '/32', '/33', '/08'))
  .map((parts) => parts.join(''));
const ipv6 = fc
  .tuple(
    fc.oneof(fc.ipV6(), fc.stringMatching(/^([0-9a-f]{0,2}:){2,8}([0-9a-f]{0,2}|1\.2\.3\.4)$/)),
    fc.constantFrom('', '/0', '/64', '/127', '/128', '/129'),
  )
  .map((parts) => parts.join(''));
const hex = (bytes: number, separator: string) =>
  fc
    .array(fc.stringMatching(/^[0-9a-fA-F]{2}$/), { minLength: bytes, maxLength: bytes })
    .map((parts) => parts.join(separator));
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
  date: fc.oneof(
    fc.tuple(days, eras).map((parts) => parts.join('')),
    fc.constantFrom('infinity', 'today', '2026-02-29', '2024-02-29', '1900-02-29'),
  ),
  time: fc.oneof(clocks, fc.constantFrom('24:00', '24:00:00', '24:00:01', 'now', '23:59:60')),
  timetz: fc
    .tuple(fc.oneof(clocks, fc.constantFrom('24:00:00', '24:00:00.1')), zones)
    .map((parts) => parts.join('')),
  timestamp: fc.tuple(days, fc.constantFrom('T', ' ', ''), clocks, eras).map((parts) => parts.join('')),
  timestamptz: fc.tuple(days, fc.constantFrom('T', ' '), clocks, zones, eras).map((parts) => parts.join('')),
  interval: fc.oneof(
    fc.stringMatching(
      /^P(-?\d{1,9}Y)?(-?\d{1,10}M)?(-?\d{1,10}D)?(T(-?\d{1,10}H)?(-?\d{1,10}M)?(-?\d{1,10}(\.\d{1,7})?S)?)?$/,
    ),
    fc.constantFrom('PT0S', 'P1W', 'PT-0.5S', 'P0.5Y', '1 day', 'infinity', '-infinity', 'P178956970Y7M'),
    fc.constantFrom('P178956970Y7M2147483647DT2562047788H54.775807S', 'PT2562047788H54.775808S'),
    fc.constantFrom('P-178956970Y-8M-2147483648DT-2562047788H-54.775808S', 'P178956970Y8M'),
  ),
  oid: fc.oneof(digits, fc.integer({ min: -1, max: 4294967296 })),
  name: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 60, maxLength: 70 })),
  inet: fc.oneof(networks, ipv6),
  cidr: fc.oneof(networks, ipv6, fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '::/0', '2001:db8::/32')),
  macaddr: fc.oneof(hex(6, ':'), hex(6, '-'), hex(8, ':')),
  macaddr8: fc.oneof(hex(8, ':'), hex(6, ':'), hex(8, '')),
  bit: fc.stringMatching(/^[01]{0,9}2?$/),
  varbit: fc.stringMatching(/^[bx]?[01]{0,9}$/),
  pg_lsn: fc.stringMatching(/^[0-9a-gA-F]{1,9}\/[0-9A-F]{1,9}$/),
  jsonb: fc.oneof(
    fc.json(),
    fc.json({ stringUnit: 'binary' }),
    fc.stringMatching(/^-?[1-9]\d{0,9}(\.\d{1,9})?e[+-]?(1310\d\d|163\d\d|\d)$/),
    fc.constantFrom(
      String.raw`"\u0000"`,
      String.raw`["\ud800"]`,
      String.raw`{"\u0000a":[]}`,
      '1e999999',
      '-0',
    ),
    fc.nat({ max: 200 }).map((deep) => '['.repeat(deep) + '1' + ']'.repeat(deep)),
  ),
  bytea: fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.constantFrom('AB==', 'A', '====', '\\x00'),
  ),
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

  /** Values of each kind at its ends and in odd forms, as PostgreSQL reads them. */
  const stored: Partial<Record<PgKind, readonly string[]>> = {
    int8: ['-9223372036854775808', '9223372036854775807'],
    oid: ['0', '4294967295'],
    numeric: ['NaN', 'Infinity', '-Infinity', '1e131071', '1e-16383', '-0.00'],
    date: [
      'infinity',
      '-infinity',
      '4714-11-24 BC',
      '0001-12-31 BC',
      '0001-01-01',
      '12026-02-28',
      '5874897-12-31',
    ],
    timestamp: [
      'infinity',
      '-infinity',
      '4714-11-24 BC',
      '294276-12-31 23:59:59.999999',
      '0044-03-15 12:00 BC',
    ],
    timestamptz: [
      'infinity',
      '-infinity',
      '4714-11-24 00:00Z BC',
      '294276-12-31 23:59:59.999999Z',
      '10000-01-01',
    ],
    time: ['00:00', '24:00', '23:59:59.999999'],
    timetz: ['00:00+15:59:59', '24:00-15:59:59', '23:59:59.999999+00:30'],
    interval: [
      ...[
        '0',
        '-1 mon +1 day -00:00:00.000001',
        '178956970 years 7 mons 2147483647 days',
        'infinity',
        '-infinity',
      ],
      ...['-178956970 years -8 mons', '2562047788:00:54.775807', '-2562047788:00:54.775807', '1 day -24:00'],
    ],
    inet: [
      '0.0.0.0/0',
      '255.255.255.255',
      '1.2.3.4/31',
      '::',
      '::ffff:1.2.3.4',
      '1::8/12',
      '1:2:3:4:5:6:7:8',
    ],
    cidr: ['0.0.0.0/0', '10/8', '255.255.255.254/31', '::/0', 'fe80::/10', '::ffff:0:0/96', '::1'],
    macaddr: ['000000000000', 'FF-FF-FF-FF-FF-FF'],
    macaddr8: ['08:00:2b:01:02:03', 'ffffffffffffffff'],
    bit: ['0', '0110'],
    varbit: ['', '0110'],
    name: ['x'.repeat(63), '\\'],
    pg_lsn: ['0/0', 'FFFFFFFF/FFFFFFFF', '1/A'],
    uuid: ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
  };

  test.each(Object.entries(stored) as [PgKind, readonly string[]][])(
    'is one that was given out, and means the same: %s',
    async (kind, values) => {
      const type = typeOf(kind);
      const given = ['int8', 'oid', 'numeric'].includes(kind) ? 'v::text' : `to_json(v) #>> '{}'`;
      const client = new pg.Client({
        ...database.config,
        options: '-c timezone=UTC -c intervalstyle=iso_8601',
      });
      await client.connect();
      try {
        const { rows } = await client.query<{ text: string }>(
          `select ${given} as text from unnest($1::text[]::${type.cast}[]) as v`,
          [values],
        );
        const taken = rows.map(({ text }) => toPgText(text, type));
        expect(taken).toEqual(rows.map(({ text }) => text));
        const { rows: same } = await client.query<{ same: boolean }>(
          `select bool_and(v = w and v::text = w::text) as same
           from unnest($1::text[]::${type.cast}[], $2::text[]::${type.cast}[]) as u (v, w)`,
          [values, taken],
        );
        expect(same).toEqual([{ same: true }]);
      } finally {
        await client.end();
      }
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
    ['numeric', '-NaN'],
    ['oid', '-1'],
    ['name', 'é'.repeat(32)],
    ['date', '4714-11-23 BC'],
    ['date', '5874898-01-01'],
    ['timestamp', '294277-01-01T00:00:00'],
    ['timestamptz', '4714-11-24T00:00:00+00:01 BC'],
    ['interval', 'P'],
    ['interval', 'P2147483648D'],
    ['cidr', '10.0.0.1/8'],
    ['inet', '::%eth0'],
    ['money', '1'],
    ['char', 'a'],
    ['array', ['a']],
    ['composite', {}],
    ['range', '[1,2)'],
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
    ['json', '{}'],
    ['jsonb', { a: 1 }],
    ['jsonb', String.raw`"\u0000"`],
    ['jsonb', String.raw`{"\ud800":1}`],
    ['jsonb', '1e131072'],
    ['jsonb', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['bytea', '\\x00'],
    ['bytea', 'AA='],
    ['bytea', 'AB=='],
    ['unsupported', 'x'],
  ])('is none of these: %s %j', (kind, value) => {
    expect(toPgText(value, typeOf(kind))).toBeUndefined();
  });
});
