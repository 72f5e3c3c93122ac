import fc from 'fast-check';
import type { MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { openProbe, pgType, type Probe } from './probe.js';

const networks: readonly MaskSpec[] = [
  { name: 'nullify' },
  ...[0, 1, 7, 8, 24, 31, 32, 33, 48, 64].map((bits): MaskSpec => ({ name: 'network', bits })),
];

const bytes = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: count, maxLength: count });
const ipv4 = bytes(4).map((parts) => parts.join('.'));
/** Groups of zeros are frequent, for they have a form of their own. */
const ipv6 = fc
  .array(fc.constantFrom('0', '0', '0', '1', 'ffff', 'a0', '2001'), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':'));
const address = fc.oneof(
  fc.tuple(ipv4, fc.option(fc.integer({ min: 0, max: 32 }))),
  fc.tuple(ipv6, fc.option(fc.integer({ min: 0, max: 128 }))),
);
const written = address.map(([host, length]) => (length === null ? host : `${host}/${length}`));

const inet: ColumnCase = {
  type: pgType('inet'),
  extremes: [
    '0.0.0.0',
    '255.255.255.255',
    '0.0.0.0/0',
    '10.1.2.3/8',
    '192.168.1.77/24',
    '192.168.1.77/31',
    '::',
    '::1',
    '::/0',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '::ffff:1.2.3.4',
    '::1.2.3.4',
    '2001:db8:0:1::5/64',
    '2001:0:0:1:0:0:0:5/33',
    'fe80::1/10',
  ],
  values: written,
};

const points: readonly MaskSpec[] = [
  { name: 'nullify' },
  ...[0, 1, 2, 3].map((decimals): MaskSpec => ({ name: 'geo', decimals })),
];
const degree = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double(),
  fc.integer({ min: -1_800_000, max: 1_800_000 }).map((n) => n / 10_000),
);

const point: ColumnCase = {
  type: pgType('point'),
  extremes: [
    '(NaN,Infinity)',
    '(-Infinity,0)',
    '(-0,-0.0004)',
    '(1.7976931348623157e308,-1.7976931348623157e308)',
    '(5e-324,1e38)',
    '(0.5,-0.5)',
    '(1.005,2.675)',
    '(16.3738,48.2082)',
  ],
  values: fc.tuple(degree, degree).map(([x, y]) => `(${x},${y})`),
};

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe(`
    CREATE DOMAIN public.host AS inet CHECK (masklen(value) > 30)`);
});
afterAll(() => probe.close());

describe('network', () => {
  it('agrees with its reference on inet', async () => {
    await expectAgreement(probe, inet, networks);
  });

  it('agrees with its reference on cidr', async () => {
    const cidr: ColumnCase = {
      type: pgType('cidr'),
      extremes: [
        '0.0.0.0/0',
        '10.0.0.0/8',
        '192.168.1.0/24',
        '1.2.3.4/32',
        '::/0',
        '2001:db8::/32',
        '::1/128',
      ],
      values: fc.oneof(
        fc
          .tuple(bytes(2), fc.integer({ min: 16, max: 32 }))
          .map(([[a, b], length]) => `${a}.${b}.0.0/${length}`),
        fc
          .tuple(fc.nat(65_535), fc.integer({ min: 16, max: 128 }))
          .map(([n, length]) => `${n.toString(16)}::/${length}`),
      ),
    };
    await expectAgreement(probe, cidr, networks);
  });

  it('agrees with its reference on a domain, whose check the mask would fail', async () => {
    const column: ColumnCase = {
      type: pgType('inet'),
      declaration: 'public.host',
      extremes: ['10.1.2.3', '2001:db8::1'],
      values: fc.oneof(ipv4, ipv6),
    };
    await expectAgreement(probe, column, networks, 50);
  });

  it('keeps the prefix of both families, and of a wider network that one', async () => {
    const rows = await probe.maskAll(
      inet,
      [
        { name: 'network', bits: 24 },
        { name: 'network', bits: 48 },
      ],
      ['192.168.1.77', '10.1.2.3/8', '2001:db8:0:1::5', null],
    );
    expect(rows.map(({ masked }) => masked)).toEqual([
      ['192.168.1.0/24', '192.168.1.77'],
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['2001:d00::/24', '2001:db8::/48'],
      [null, null],
    ]);
  });
});

describe('geo', () => {
  it('agrees with its reference on point', async () => {
    await expectAgreement(probe, point, points);
  });

  it('rounds both coordinates, and shows nothing of what is none', async () => {
    const rows = await probe.maskAll(
      point,
      [{ name: 'geo', decimals: 2 }],
      ['(16.3738,48.2082)', '(-0.005,0.0049)', '(NaN,-Infinity)', null],
    );
    expect(rows.map(({ masked }) => masked[0])).toEqual([
      '(16.37,48.21)',
      '(-0.01,0)',
      '(1e+38,-1e+38)',
      null,
    ]);
  });
});
