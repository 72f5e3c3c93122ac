import fc from 'fast-check';
import type { PgKind, PgType } from '../../src/catalog/index.js';
import { masks, type MaskSpec } from '../../src/masks/index.js';
import { expectAgreement } from './agreement.js';
import { enumType, openProbe, pgType, target, type Probe } from './probe.js';

const constant = (value: string): MaskSpec => ({ name: 'constant', value });
const unfit = (value: string, type: PgType): string | null =>
  masks.constant.unfit({ name: 'constant', value }, target(type));

const odd = enumType('"od""d"."mo.od"', 'glad', "it's", 'back\\slash');

/** Constants that fit, beside a stored value, and constants that do not. */
const cases: readonly (readonly [PgKind, string, readonly string[], readonly string[]])[] = [
  ['bool', 'true', ['true', 'false'], ['', 't', 'TRUE', '1']],
  ['int2', '1', ['0', '-32768', '32767'], ['32768', '-32769', '-0', '01', '1.0', '1e3', ' 1']],
  ['int4', '1', ['0', '-2147483648', '2147483647'], ['2147483648', '+1', '0x10']],
  ['int8', '1', ['-9223372036854775808', '9223372036854775807'], ['9223372036854775808', '9'.repeat(30)]],
  ['numeric', '1', ['0', '0.00', '-12.50', '9'.repeat(900)], ['-0', '-0.0', '.5', '1.', '01', '1e3', 'NaN']],
  ['float4', '1', ['0', '0.0001', '-999999', '1.5'], ['1000000', '1.234567', '0.00001', '1.50', 'Infinity']],
  ['float8', '1', ['0', '0.0001', '123456789012345', '-0.5'], ['1000000000000000', '0.00001', '-0', 'NaN']],
  ['text', '', ['', ' ', 'a\nb', 'o\'clock \\ "x"', '𝒳'.repeat(500)], ['a\0', '\ud800', 'x'.repeat(1001)]],
  ['varchar', '', ['longer than any length'], ['a\0']],
  ['bpchar', '', ['padded  '], ['a\0']],
  [
    'date',
    '2024-01-01',
    ['0001-01-01', '2024-02-29', '9999-12-31'],
    ['2023-02-29', '0000-01-01', '2024-1-1', 'today'],
  ],
  [
    'timestamp',
    '2024-01-01',
    ['2024-02-29 23:59:59', '2024-01-01 00:00:00.5'],
    ['2024-01-01', '2024-01-01T00:00:00', '2024-01-01 24:00:00', '2024-01-01 00:00:00.50', 'infinity'],
  ],
  [
    'timestamptz',
    '2024-01-01',
    ['2024-02-29 23:59:59+00', '0001-01-01 00:00:00.000001+00'],
    ['2024-01-01 00:00:00', '2024-01-01 00:00:00+01', 'now'],
  ],
  ['time', '12:00', ['00:00:00', '23:59:59.999999'], ['24:00:00', '12:00', '12:00:60', '12:00:00.0']],
  [
    'uuid',
    '00000000-0000-0000-0000-000000000000',
    ['0123abcd-0000-0000-0000-000000000000'],
    ['0123ABCD-0000-0000-0000-000000000000', '{}', ''],
  ],
  ['json', '{}', ['{}', '[]', 'null', '{"a": [1, "b"]}'], ['{a: 1}', '"\\u0000"', '']],
  [
    'jsonb',
    '{}',
    ['null', '"x\\n\\u001f\u007f"', '{"b": 1, "aa": {"__proto__": true}}', '-7'],
    [
      '{"aa": 1, "b": 2}',
      '{"a":1}',
      '1.5',
      '-0',
      '1e5',
      '12345678901234567890',
      '{"a": 1, "a": 1}',
      '"\\ud800"',
      '"\\u0000"',
    ],
  ],
  ['bytea', '', ['\\x', '\\x00ff'], ['\\xf', '\\xFF', 'abc']],
];

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe(
    `CREATE SCHEMA "od""d"; CREATE TYPE "od""d"."mo.od" AS ENUM ('glad', 'it''s', E'back\\\\slash')`,
  );
});
afterAll(() => probe.close());

describe('constant', () => {
  it.each(cases)('of %s is given as it is written, for null too', async (kind, value, fitting) => {
    const column = { type: pgType(kind), extremes: [value], values: fc.constant(value) };
    await expectAgreement(probe, column, [{ name: 'nullify' }, ...fitting.map(constant)], 1);
  });

  it.each(cases)(
    'of %s is refused where PostgreSQL would print it otherwise',
    (kind, _value, _fitting, refused) => {
      for (const value of refused)
        expect([value, unfit(value, pgType(kind))]).toEqual([value, expect.any(String)]);
    },
  );

  it('of an enum is one of its labels, whatever its name', async () => {
    const column = { type: odd, extremes: ['glad'], values: fc.constantFrom(...odd.enumLabels) };
    await expectAgreement(probe, column, [{ name: 'nullify' }, ...odd.enumLabels.map(constant)], 10);
    expect(unfit('sad', odd)).toBe(
      `"sad" is no label of "od""d"."mo.od"; use one of glad, it's, back\\slash.`,
    );
  });

  it('of a type that is never given out does not exist', () => {
    expect(unfit('x', pgType('unsupported', 'point'))).toBe(
      'No constant can be written for point; use nullify.',
    );
  });

  it.each([
    ['float8', fc.oneof(fc.double(), fc.double({ min: -1e6, max: 1e6 }), fc.integer()).map(String)],
    [
      'float4',
      fc.oneof(fc.float(), fc.integer({ min: -1e7, max: 1e7 })).map((n) => String(Number(n.toPrecision(5)))),
    ],
    ['numeric', fc.tuple(fc.integer(), fc.nat()).map(([whole, fraction]) => `${whole}.${fraction}`)],
    [
      'jsonb',
      fc.jsonValue().map((value) => JSON.stringify(value).replaceAll(',', ', ').replaceAll(':', ': ')),
    ],
    [
      'date',
      fc.tuple(fc.nat(9999), fc.nat(13), fc.nat(32)).map((parts) =>
        parts
          .map((n) => String(n).padStart(2, '0'))
          .join('-')
          .padStart(10, '0'),
      ),
    ],
  ] as const)('of %s is accepted only as PostgreSQL prints it', async (kind, texts) => {
    const type = pgType(kind);
    const accepted = [...new Set(fc.sample(texts, 1500))].filter((text) => unfit(text, type) === null);
    expect(accepted.length).toBeGreaterThan(50);
    const [row] = await probe.maskAll({ type }, accepted.slice(0, 800).map(constant), [null]);
    expect(row?.masked).toEqual(row?.reference);
  });
});
