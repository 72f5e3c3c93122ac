import { matrix, type MatrixLine } from '../../src/cli/matrix.js';
import { table, wrapped } from '../../src/cli/output.js';

const line = (role: string, coordinate: string, rest: Partial<MatrixLine> = {}): MatrixLine => ({
  role,
  coordinate,
  secretClass: null,
  decision: 'CLEAR',
  usages: [],
  rows: [],
  conditions: null,
  ...rest,
});

const none = { agreement: null, training: null, purpose: false, mfaWithinSeconds: null };
const mine = [[{ by: 'rep', value: { kind: 'subject' } as const }]];
const roles = ['seller', 'support', 'newcomer_of_the_night_shift'];
const lines = [
  line('seller', 'Customer.id'),
  line('seller', 'Customer.price', {
    secretClass: 'pricing',
    conditions: { ...none, agreement: 'nda' },
  }),
  line('support', 'Customer.id', { conditions: none }),
  line('support', 'Customer.price', { secretClass: 'pricing', rows: mine }),
  line('support', 'Customer.price', { secretClass: 'pricing', decision: 'MASKED' }),
  line('newcomer_of_the_night_shift', 'Customer.id', { decision: 'DENIED' }),
  line('newcomer_of_the_night_shift', 'Customer.price', { secretClass: 'pricing', decision: 'HIDDEN' }),
];

test('every role has a column, and each decision its word', () => {
  expect(matrix(roles, lines, Infinity).split('\n').slice(0, 4)).toEqual([
    'coordinate      class    seller  support        newcomer_of_the_night_shift',
    'Customer.id     open     clear   clear          denied',
    'Customer.price  pricing  clear*  clear*/masked  .',
    '',
  ]);
});

test.each([74, 60, 48, 40, 30])(
  'at %i characters, no line is longer than its widest column asks for',
  (width) => {
    const text = matrix(roles, lines, width);
    const heads = text.split('\n').filter((each) => each.startsWith('coordinate'));
    // Every role once, in order, whatever the blocks.
    expect(heads.flatMap((head) => head.split(/ {2,}/).slice(2))).toEqual(roles);
    const widest = 'Customer.price  pricing  newcomer_of_the_night_shift'.length;
    for (const each of text.split('\n')) expect(each.length).toBeLessThanOrEqual(Math.max(width, widest));
    expect(heads).toHaveLength(width === 74 ? 2 : width === 60 || width === 48 ? 2 : 3);
  },
);

test('a text is broken between words, and a word never', () => {
  expect(wrapped('  + one two three four', 14, 6)).toBe('  + one two\n      three\n      four');
  expect(wrapped('everything-in-one-word', 5, 2)).toBe('everything-in-one-word');
  expect(wrapped('one two', Infinity, 2)).toBe('one two');
  expect(
    table(
      [
        ['a', 'b'],
        ['1', 'one two three four five six seven'],
      ],
      25,
    ),
  ).toBe('a  b\n1  one two three four\n   five six seven');
});
