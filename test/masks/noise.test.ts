import fc from 'fast-check';
import type { PgKind } from '../../src/catalog/index.js';
import { masks, type MaskSpec } from '../../src/masks/index.js';
import { openProbe, pgType, target, type Probe } from './probe.js';

type Noise = Extract<MaskSpec, { name: 'noise' }>;

function noised(amount: string, kind: PgKind, value: string, record: number, key = 0): string {
  const spec: Noise = { name: 'noise', amount };
  const input = { value, record: Buffer.of(record), key: Buffer.alloc(32, key) };
  return masks.noise.reference(spec, target(pgType(kind)), input) ?? 'null';
}

const records = Array.from({ length: 200 }, (_, i) => i);
const days = (date: string): number => Date.parse(date) / 86_400_000;

describe('noise on numbers', () => {
  it('stays within its percentage, and uses all of it', () => {
    const found = records.map((record) => Number(noised('10', 'numeric', '1000', record)));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...found)).toBeLessThanOrEqual(1100);
    expect(found.filter((number) => number < 920).length).toBeGreaterThan(3);
    expect(found.filter((number) => number > 1080).length).toBeGreaterThan(3);
    const mean = found.reduce((sum, number) => sum + number, 0) / found.length;
    expect(Math.abs(mean - 1000)).toBeLessThan(25);
  });

  it('is of the record and of the value: neither equal values nor changes show', () => {
    expect(new Set(records.map((record) => noised('5', 'numeric', '1000', record))).size).toBe(
      records.length,
    );
    const changes = records.map(
      (record) =>
        Number(noised('5', 'numeric', '1001', record)) - Number(noised('5', 'numeric', '1000', record)),
    );
    expect(new Set(changes).size).toBe(records.length);
    expect(changes.some((change) => change < 0)).toBe(true);
  });

  it('is the same for equal numbers however they are written', () => {
    expect(noised('5', 'numeric', '100.10', 1)).toBe(noised('5', 'numeric', '100.1', 1));
  });

  /** With all digits of the product, dividing by every possible factor would leave one value with two decimals. */
  it('leaves so few digits that every value within reach could be behind a mask', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.nat(255), (cents, record) => {
        const value = `${cents}e-2`;
        const digits = noised('3', 'numeric', value, record).replace(/[.-]/g, '').replace(/^0+/, '');
        expect(digits.replace(/0+$/, '').length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('leaves 0 and what is too small for it, of which `check` warns', () => {
    expect(noised('10', 'numeric', '0', 1)).toBe('0');
    expect(noised('10', 'int4', '4', 1)).toBe('4');
  });

  it('stays in the range of the type, and has infinity look like the bound of numbers', () => {
    const found = records.map((record) => BigInt(noised('100', 'int2', '32767', record)));
    expect(found.every((number) => number >= 0n && number <= 32_767n)).toBe(true);
    expect(found.filter((number) => number === 32_767n).length).toBeGreaterThan(50);
    expect(Number(noised('1', 'float8', 'NaN', 1))).toBeLessThanOrEqual(1e38);
    expect(noised('1', 'float8', 'Infinity', 1)).toBe(noised('1', 'float8', 'NaN', 1));
  });
});

describe('noise on dates', () => {
  it('stays within its days, each of which it gives', () => {
    const found = new Set(
      records.map((record) => days(noised('3', 'date', '2024-03-01', record)) - days('2024-03-01')),
    );
    expect([...found].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it('gives no fraction of a second away, and no time of day', () => {
    const found = records.map((record) => noised('2', 'timestamp', '2024-03-01 12:34:56.789012', record));
    expect(found.every((text) => !text.includes('.'))).toBe(true);
    expect(new Set(found.map((text) => text.slice(11))).size).toBeGreaterThan(190);
  });
});

describe('noise in the database', () => {
  let probe: Probe;
  beforeAll(async () => {
    probe = await openProbe();
  });
  afterAll(() => probe.close());

  it('is stable from one asking to the next, and unlike in the next record', async () => {
    const column = { type: pgType('numeric') };
    const spec: Noise = { name: 'noise', amount: '5' };
    const once = await probe.maskAll(column, [spec], ['1000', '1000', null]);
    const again = await probe.maskAll(column, [spec], ['1000', '1000', null]);
    const [first, second, ofNull] = once.map(({ masked }) => masked[0]);
    expect(again.map(({ masked }) => masked[0])).toEqual([first, second, ofNull]);
    expect(first).not.toBe(second);
    expect(ofNull).toBeNull();
  });
});
