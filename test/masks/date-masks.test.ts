import fc from 'fast-check';
import type { MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { openProbe, pgType, type Probe } from './probe.js';

type Unit = Extract<MaskSpec, { name: 'dateTrunc' }>['unit'];
const units: readonly Unit[] = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY'];
const noises: readonly MaskSpec[] = ['1', '30', '3650'].map((amount) => ({ name: 'noise', amount }));
const specs = (zone: string): MaskSpec[] => units.map((unit) => ({ name: 'dateTrunc', unit, zone }));

const digits = (count: number, min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((number) => String(number).padStart(count, '0'));
const clock = fc
  .tuple(
    digits(2, 0, 23),
    digits(2, 0, 59),
    digits(2, 0, 59),
    fc.constantFrom('', '.5', '.999999', '.000001'),
  )
  .map(([hours, minutes, seconds, fraction]) => `${hours}:${minutes}:${seconds}${fraction}`);

/** Days up to a year, mostly of our time; with a time of day, or none. */
function moments(lastYear: number, time: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const year = fc.oneof(
    { weight: 6, arbitrary: digits(4, 1900, 2100) },
    { weight: 2, arbitrary: digits(4, 990, 10_010) },
    digits(4, 1, lastYear),
  );
  const on = (years: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(years, digits(2, 1, 12), digits(2, 1, 28), time)
      .map(([...parts]) => `${parts.slice(0, 3).join('-')}${parts[3]}`);
  return fc.oneof(
    { weight: 20, arbitrary: on(year) },
    on(digits(4, 1, 4712)).map((text) => `${text} BC`),
  );
}

const dates = moments(5_000_000, fc.constant(''));
const times = moments(
  294_275,
  clock.map((time) => ` ${time}`),
);

const bounds = ['0999-12-31', '1000-01-01', '9999-12-31', '10000-01-01', '0001-01-01', '0044-03-15 BC'];
const date: ColumnCase = {
  type: pgType('date'),
  extremes: [
    'infinity',
    '-infinity',
    '4713-11-24 BC',
    '5874897-12-31',
    '294277-01-01',
    '2024-02-29',
    ...bounds,
  ],
  values: dates,
};
const timeExtremes = [
  'infinity',
  '-infinity',
  '4713-11-24 00:00:00 BC',
  '294276-12-31 23:59:59.999999',
  '0999-12-31 23:59:59.999999',
  '9999-12-31 00:00:00.000001',
  '2024-12-30 00:00:00',
  ...bounds,
];
const timestamp: ColumnCase = {
  type: pgType('timestamp', 'timestamp without time zone'),
  extremes: timeExtremes,
  values: times,
};
const timestamptz: ColumnCase = {
  type: pgType('timestamptz', 'timestamp with time zone'),
  extremes: timeExtremes,
  values: times,
};

/** Changes of the clock at midnight, a day that never was, offsets of minutes, the far ends of the day. */
const zones = [
  'Europe/Vienna',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
];

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe();
});
afterAll(() => probe.close());

describe('dateTrunc', () => {
  it.each([
    ['date', date],
    ['timestamp', timestamp],
  ])('agrees with its reference on %s', async (_name, column) => {
    await expectAgreement(probe, column, [{ name: 'nullify' }, ...specs('UTC'), ...noises]);
  });

  it('agrees with its reference on timestamptz, in every kind of zone', async () => {
    await expectAgreement(probe, timestamptz, [...['UTC', ...zones].flatMap(specs), ...noises], 300);
  });

  it('gives the start of the period as the clocks of the zone show it', async () => {
    const [row] = await probe.maskAll(
      timestamptz,
      ['UTC', 'Europe/Vienna', 'America/New_York'].map((zone) => ({
        name: 'dateTrunc',
        unit: 'YEAR',
        zone,
      })),
      ['2023-12-31 23:30:00+00'],
    );
    expect(row?.masked).toEqual([
      '2023-01-01 00:00:00+00',
      '2023-12-31 23:00:00+00',
      '2023-01-01 05:00:00+00',
    ]);
  });

  it('brings infinities and far years to the four-digit ones', async () => {
    const rows = await probe.maskAll(
      date,
      [{ name: 'dateTrunc', unit: 'YEAR', zone: 'UTC' }],
      ['infinity', '-infinity', '0044-03-15 BC', '5874897-12-31', '2024-02-29'],
    );
    expect(rows.map(({ masked }) => masked[0])).toEqual([
      '9999-01-01',
      '1000-01-01',
      '1000-01-01',
      '9999-01-01',
      '2024-01-01',
    ]);
  });

  it('knows no session: a day that its zone never had stays', async () => {
    const elsewhere = await openProbe('', 'Pacific/Apia');
    try {
      const rows = await elsewhere.maskAll(date, specs('UTC').slice(-1), ['2011-12-30']);
      expect(rows.map(({ masked }) => masked)).toEqual([['2011-12-30']]);
    } finally {
      await elsewhere.close();
    }
  });
});
