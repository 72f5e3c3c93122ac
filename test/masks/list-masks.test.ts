import fc from 'fast-check';
import { maskUnfit, type MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { arrayOf, openProbe, pgType, target, type Probe } from './probe.js';

/** The text form of a list, in which all is quoted that is not null. */
function listOf(items: fc.Arbitrary<string | null>): fc.Arbitrary<string> {
  const text = (item: string | null): string =>
    item === null ? 'NULL' : `"${item.replaceAll(/["\\]/g, '\\$&')}"`;
  return fc.array(items, { maxLength: 6 }).map((all) => `{${all.map(text).join(',')}}`);
}

const someText = fc.option(
  fc.oneof(
    fc.constantFrom(
      '',
      'NULL',
      'null',
      'a,b',
      '{}',
      '"',
      '\\',
      ' ',
      'someone@example.com',
      '+43 1 58858',
      '\u00a0',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
  ),
);
const texts: readonly MaskSpec[] = [
  { name: 'nullify' },
  { name: 'redact' },
  { name: 'partial', keepStart: 1, keepEnd: 2 },
  { name: 'email', domain: true },
  { name: 'pseudonym' },
  { name: 'token', prefix: 'x_' },
];
const textList: ColumnCase = {
  type: arrayOf(pgType('text')),
  extremes: ['{}', '{NULL}', '{{a,b},{c,d}}', '[5:6]={one,two}', '{"a\nb","\\""}', '{NULL,"NULL"}'],
  values: listOf(someText),
};

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe('CREATE DOMAIN public.word AS text CHECK (length(value) < 100)');
});
afterAll(() => probe.close());

describe('masks of lists', () => {
  it.each(['hide', 'keep'] as const)('agree with their references on text[], nulls: %s', async (nulls) => {
    await expectAgreement(probe, { ...textList, nulls }, texts, 300);
  });

  it.each([
    ['varchar(1)', 'varchar', 'character varying(1)'],
    ['bpchar', 'bpchar', 'character(5)'],
  ] as const)('agree with their references on %s[]', async (_name, kind, display) => {
    await expectAgreement(probe, { ...textList, type: arrayOf(pgType(kind, display)) }, texts, 100);
  });

  it('agree with their references on lists of numbers, dates, addresses, points and documents', async () => {
    const cases: readonly (readonly [ColumnCase, readonly MaskSpec[]])[] = [
      [
        {
          type: arrayOf(pgType('numeric')),
          extremes: ['{NaN,Infinity,-0.5,NULL}', '{{1},{2}}'],
          values: listOf(fc.option(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).map(String))),
        },
        [
          { name: 'bucket', width: '100' },
          { name: 'noise', amount: '5' },
          { name: 'topCode', cap: '1000' },
        ],
      ],
      [
        {
          type: arrayOf(pgType('date')),
          extremes: ['{infinity,0001-01-01,NULL}'],
          values: listOf(fc.constantFrom('2024-02-29', '1999-12-31', '0044-03-15 BC')),
        },
        [
          { name: 'dateTrunc', unit: 'MONTH', zone: 'UTC' },
          { name: 'noise', amount: '9' },
        ],
      ],
      [
        {
          type: arrayOf(pgType('inet')),
          extremes: ['{10.1.2.3,2001:db8::1,NULL}'],
          values: listOf(fc.constantFrom('10.0.0.0/8', '192.168.1.77', '::1')),
        },
        [{ name: 'network', bits: 24 }],
      ],
      [
        {
          type: arrayOf(pgType('jsonb')),
          extremes: ['{"{\\"a\\": 1, \\"b\\": 2}","null",NULL}'],
          values: listOf(fc.constantFrom('{"a": [1, "x"], "b": 2}', '[]', '1')),
        },
        [{ name: 'keep', paths: ['$.a'] }],
      ],
      [
        {
          type: arrayOf(pgType('float8', 'double precision')),
          extremes: ['{NaN,-Infinity,0.1,NULL}'],
          values: listOf(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        },
        [{ name: 'round', digits: 3 }],
      ],
    ];
    for (const [column, specs] of cases) await expectAgreement(probe, column, specs, 60);
  });

  it('mask each item, and leave a list as long as it is', async () => {
    const rows = await probe.maskAll(
      textList,
      [{ name: 'partial', keepStart: 0, keepEnd: 2 }],
      ['{+43 1 58858,NULL,short}', '{}', '{{+43 1 58858}}', null],
    );
    expect(rows.map(({ masked }) => masked[0])).toEqual(['{•••••58,•••••,•••••}', '{}', null, null]);
  });

  it('have no trouble with items of a domain, whose checks they would fail', async () => {
    const rows = await probe.maskAll(
      { type: textList.type, declaration: 'public.word[]' },
      [{ name: 'redact' }],
      ['{a,NULL}', '{}'],
    );
    expect(rows.map(({ masked }) => masked[0])).toEqual(['{•••••,•••••}', '{}']);
  });

  it('fit where they fit the items', () => {
    const lists = target(arrayOf(pgType('int4', 'integer')));
    expect(maskUnfit({ name: 'bucket', width: '10' }, lists)).toBeNull();
    expect(maskUnfit({ name: 'nullify' }, lists)).toBeNull();
    expect(maskUnfit({ name: 'redact' }, lists)).toBe(
      'redact masks text, and this column is integer; use bucket, round, topCode, noise, constant or nullify.',
    );
    expect(maskUnfit({ name: 'constant', value: '{1}' }, lists)).toBe(
      'No constant can be written for integer[]; use nullify.',
    );
  });
});
