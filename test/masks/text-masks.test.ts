import fc from 'fast-check';
import { masks, type MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { openProbe, pgType, target, type Probe } from './probe.js';

const specs: readonly MaskSpec[] = [
  { name: 'nullify' },
  { name: 'constant', value: 'it\'s "hidden" \\ 𝒳 ' },
  { name: 'redact' },
  { name: 'partial', keepStart: 0, keepEnd: 2 },
  { name: 'partial', keepStart: 1, keepEnd: 0 },
  { name: 'partial', keepStart: 3, keepEnd: 4 },
  { name: 'partial', keepStart: 32, keepEnd: 32 },
  { name: 'email', domain: false },
  { name: 'email', domain: true },
  { name: 'pseudonym' },
  { name: 'token', prefix: 'cus_' },
];

const label = fc.stringMatching(/^[A-Za-z0-9-]{1,12}$/);
const local = fc.stringMatching(/^[a-z.+"@ é]{0,8}$/);
const address = fc
  .tuple(
    local,
    fc.array(label, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', ' ', '\n', '.', '>', 'ü'),
  )
  .map(([name, labels, end]) => `${name}@${labels.join('.')}${end}`);
const anything = fc
  .string({ unit: 'binary', maxLength: 90 })
  .map((text) => text.replaceAll('\0', ' '))
  .filter((text) => text.isWellFormed());

const values = fc.oneof(anything, fc.string({ unit: 'grapheme', maxLength: 20 }), address);
const extremes = [
  '',
  ' ',
  '   padded   ',
  'abcde',
  'abcdef',
  '𝒳𝒴𝒵𝒳𝒴𝒵',
  'e\u0301'.repeat(3),
  '👩‍👩‍👧‍👦👩‍👩‍👧‍👦',
  '\u0001\u007f\ufffe\uffff\u{10ffff}',
  'Secret\\',
  'it\'s "quoted" %_\\\'',
  'x'.repeat(70_000),
  'someone@example.com',
  'some@one@example.com',
  'someone@@example.com',
  '@example.com',
  'someone@localhost',
  'someone@example.com\n',
  'Someone <someone@example.com>',
  `someone@${'a'.repeat(249)}.com`,
  `someone@${'a'.repeat(250)}.com`,
  `${'x'.repeat(70_000)}@example.com`,
];

const setup = `
  CREATE DOMAIN public.short AS text CHECK (length(value) < 100000);
  CREATE COLLATION public.insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`;

const columns: readonly (readonly [string, ColumnCase])[] = [
  ['text', { type: pgType('text'), extremes, values }],
  ['varchar', { type: pgType('varchar', 'character varying'), extremes, values }],
  ['varchar(1)', { type: pgType('varchar', 'character varying(1)'), extremes, values }],
  ['bpchar(30)', { type: pgType('bpchar', 'character(30)'), extremes, values }],
  ['char(1)', { type: pgType('bpchar', 'character(1)'), extremes, values }],
  [
    'a domain',
    {
      type: pgType('text'),
      declaration: 'public.short',
      extremes,
      values,
    },
  ],
  [
    'a nondeterministic collation',
    { type: pgType('text'), declaration: 'text COLLATE public.insensitive', extremes, values },
  ],
];

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe(setup);
});
afterAll(() => probe.close());

describe('masks of text', () => {
  it.each(columns)('agree with their references on %s', async (_name, column) => {
    await expectAgreement(probe, column, specs);
  });

  it('leave nulls as they are where the mark says so, and nothing else', async () => {
    const column: ColumnCase = { type: pgType('text'), extremes, values, nulls: 'keep' };
    await expectAgreement(probe, column, specs, 50);
    const rows = await probe.maskAll(column, specs, [null, 'somebody@example.com']);
    const [ofNull, ofValue] = rows.map(({ masked }) => masked.map((mask) => mask === null));
    expect(ofNull).toEqual(specs.map(() => true));
    expect(ofValue).toEqual(specs.map(({ name }) => name === 'nullify'));
  });

  it('give a token that is the letters of the pseudonym behind the prefix', async () => {
    const [row] = await probe.maskAll(
      { type: pgType('text') },
      [{ name: 'pseudonym' }, { name: 'token', prefix: 'cus_' }],
      ['Acme'],
    );
    const [pseudonym = '', token] = row?.masked ?? [];
    expect(token).toMatch(/^cus_[bcdfghjkmnpqrstv]{16}$/);
    expect(token).toBe(`cus_${pseudonym?.slice('pseud-'.length).replaceAll('-', '')}`);
  });

  it('keep the ends that they say, and enough hidden between', async () => {
    const rows = await probe.maskAll(
      { type: pgType('text') },
      [
        { name: 'partial', keepStart: 0, keepEnd: 2 },
        { name: 'partial', keepStart: 3, keepEnd: 3 },
      ],
      ['+43 1 58858', 'abcdef', 'abcde', 'abcdefghijkl', 'abcdefghijk', null],
    );
    expect(rows.map(({ masked }) => masked)).toEqual([
      ['•••••58', '•••••'],
      ['•••••ef', '•••••'],
      ['•••••', '•••••'],
      ['•••••kl', 'abc•••••jkl'],
      ['•••••jk', '•••••'],
      ['•••••', '•••••'],
    ]);
  });

  it('keep the domain of an address and nothing of anything else', async () => {
    const rows = await probe.maskAll(
      { type: pgType('text') },
      [
        { name: 'email', domain: true },
        { name: 'email', domain: false },
      ],
      [
        'ann@example.com',
        '"a@b"@mail.example.com',
        'no address',
        'ann@localhost',
        'ann@example.com, bob',
        null,
      ],
    );
    expect(rows.map(({ masked }) => masked)).toEqual([
      ['•••••@example.com', '•••••@•••••'],
      ['•••••@mail.example.com', '•••••@•••••'],
      ['•••••', '•••••@•••••'],
      ['•••••', '•••••@•••••'],
      ['•••••', '•••••@•••••'],
      ['•••••', '•••••@•••••'],
    ]);
  });

  it('tell nothing of the length that they hide', () => {
    const type = pgType('text');
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 500 }), (length) => {
        const spec: MaskSpec = { name: 'partial', keepStart: 1, keepEnd: 1 };
        const input = {
          value: `a${'x'.repeat(length - 2)}b`,
          record: Buffer.alloc(0),
          key: Buffer.alloc(32),
        };
        expect(masks.partial.reference(spec, target(type), input)).toBe('a•••••b');
      }),
    );
  });
});
