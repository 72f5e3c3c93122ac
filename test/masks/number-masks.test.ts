import fc from 'fast-check';
import type { MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { openProbe, pgType, type Probe } from './probe.js';

const whole: readonly MaskSpec[] = [
  { name: 'nullify' },
  { name: 'bucket', width: '1' },
  { name: 'bucket', width: '7' },
  { name: 'bucket', width: '10000' },
  { name: 'bucket', width: '32767' },
  // Either side of what fits whole numbers of 64 bits twice, and of what fits them once.
  ...[2n ** 62n, 2n ** 62n + 1n, 2n ** 63n - 1n, 2n ** 63n].map(
    (width) => ({ name: 'bucket', width: String(width) }) as const,
  ),
  { name: 'bucket', width: '9'.repeat(30) },
  { name: 'round', digits: 1 },
  { name: 'round', digits: 3 },
  { name: 'round', digits: 15 },
  { name: 'topCode', cap: '10000' },
  { name: 'topCode', cap: '-5' },
  { name: 'topCode', cap: '0' },
  { name: 'noise', amount: '0.1' },
  { name: 'noise', amount: '7.5' },
  { name: 'noise', amount: '100' },
];
const fractional: readonly MaskSpec[] = [
  ...whole,
  { name: 'bucket', width: '0.3' },
  { name: 'bucket', width: '2.50' },
  { name: 'bucket', width: '0.000000000000001' },
  { name: 'topCode', cap: '0.3' },
  { name: 'topCode', cap: '-0.000000000000001' },
  { name: 'topCode', cap: '9'.repeat(30) },
];

function integers(kind: 'int2' | 'int4' | 'int8', display: string, bits: bigint): ColumnCase {
  const min = -(2n ** (bits - 1n));
  const max = -min - 1n;
  return {
    type: pgType(kind, display),
    extremes: [min, min + 1n, max, max - 1n, 0n, 1n, -1n, 9999n, 10000n, -10000n, -10001n].map(String),
    values: fc.oneof(fc.bigInt({ min, max }), fc.bigInt({ min: -30_000n, max: 30_000n })).map(String),
  };
}

const special = ['NaN', 'Infinity', '-Infinity', '0', '-0'];

const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 6n }), fc.bigInt({ min: 0n, max: 10n ** 60n })),
    fc.option(fc.stringMatching(/^[0-9]{1,40}$/), { nil: undefined }),
  )
  .map(([sign, number, fraction]) => `${sign}${number}${fraction === undefined ? '' : `.${fraction}`}`);
/** One, three, nines and halves at every magnitude, where rounding and floors go wrong first. */
const edge = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom('1', '3', '5', '9', '95', '99', '995', '999', '9995', '12345', '99999999999999995'),
    fc.integer({ min: -60, max: 60 }),
  )
  .map(([sign, digits, exponent]) => `${sign}${digits}e${exponent}`);

const columns: readonly (readonly [string, ColumnCase, readonly MaskSpec[]])[] = [
  ['int2', integers('int2', 'smallint', 16n), whole],
  ['int4', integers('int4', 'integer', 32n), whole],
  ['int8', integers('int8', 'bigint', 64n), whole],
  [
    'numeric',
    {
      type: pgType('numeric'),
      extremes: [
        ...special,
        '9'.repeat(131_072),
        `-${'9'.repeat(131_072)}`,
        `${'9'.repeat(1000)}.${'9'.repeat(16_383)}`,
        `-0.${'0'.repeat(16_382)}1`,
        '1e38',
        '-1e38',
        '100000000000000000000000000000000000000.1',
        '0.0000000000000000000000000000005',
        '0.00000000000000000000000000000049',
        '12345.6',
        '12345.600',
      ],
      values: fc.oneof(decimal, edge),
    },
    fractional,
  ],
  [
    'numeric(12,2)',
    {
      type: pgType('numeric', 'numeric(12,2)'),
      extremes: ['NaN', '0.00', '-0.01', '9999999999.99', '-9999999999.99', '0.30', '0.29'],
      values: fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }).map((cents) => `${cents}e-2`),
    },
    fractional,
  ],
  [
    'float8',
    {
      type: pgType('float8', 'double precision'),
      extremes: [
        ...special,
        '5e-324',
        '1.7976931348623157e308',
        '-1.7976931348623157e308',
        '1e38',
        '1e23',
        '0.9999999999999999',
      ],
      values: fc.oneof(fc.double(), fc.double({ min: -1e7, max: 1e7, noNaN: true })).map(String),
    },
    fractional,
  ],
  [
    'float4',
    {
      type: pgType('float4', 'real'),
      extremes: [...special, '1e-45', '3.4028235e38', '-3.4028235e38', '1e38', '3e10', '0.3', '16777216'],
      values: fc.oneof(fc.float(), fc.float({ min: -1e7, max: 1e7, noNaN: true })).map(String),
    },
    fractional,
  ],
];

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe();
});
afterAll(() => probe.close());

describe('masks of numbers', () => {
  it.each(columns)('agree with their references on %s', async (_name, column, specs) => {
    await expectAgreement(probe, column, specs);
  });

  it('give the bucket, clamped to the type, and nothing of infinities', async () => {
    const rows = await probe.maskAll(
      { type: pgType('numeric') },
      [
        { name: 'bucket', width: '10000' },
        { name: 'round', digits: 2 },
      ],
      ['12345.6', '12345.67', '-1', '99.5', 'NaN', 'Infinity', '-Infinity'],
    );
    const limit = `1${'0'.repeat(38)}`;
    expect(rows.map(({ masked }) => masked)).toEqual([
      ['10000', '12000'],
      ['10000', '12000'],
      ['-10000', '-1'],
      ['0', '100'],
      [limit, limit],
      [limit, limit],
      [`-${limit}`, `-${limit}`],
    ]);
  });

  it('stay in the range of integers', async () => {
    const rows = await probe.maskAll(
      { type: pgType('int4') },
      [
        { name: 'bucket', width: '10000' },
        { name: 'round', digits: 5 },
      ],
      ['-2147483648', '2147483647'],
    );
    expect(rows.map(({ masked }) => masked)).toEqual([
      ['-2147483648', '-2147483648'],
      ['2147480000', '2147483647'],
    ]);
  });
});
