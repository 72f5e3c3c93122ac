import { evidenceOf } from '../../src/init/evidence.js';
import { isCard, isIban, looks, type Look } from '../../src/init/recognise.js';
import { wordsOf } from '../../src/init/words.js';

test.each(['GB82 WEST 1234 5698 7654 32', 'DE89370400440532013000', 'NO9386011117947'])(
  '%s is an IBAN',
  (value) => {
    expect(isIban(value)).toBe(true);
    // One digit other than it was, and the check digits say so.
    expect(isIban(value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)))).toBe(false);
  },
);

test.each(['4111 1111 1111 1111', '5500000000000004', '340000000000009'])('%s is a card number', (value) => {
  expect(isCard(value)).toBe(true);
  expect(isCard(value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)))).toBe(false);
});

test.each<[Look, readonly string[], readonly string[]]>([
  ['email', ['a@b.example', 'first.last@internalmail'], ['a b@c', '@b', 'a@', 'a@b@c']],
  [
    'phone',
    ['+43 1 234567', '(171) 555-7788', '030-0074321', '+1-555-0100 x12'],
    ['1234567', '2026-01-01', '12', 'A-1234567'],
  ],
  [
    'street',
    ['12 Main Street', 'Obere Str. 57', 'Hauptstr. 29', '54, rue Royale', 'Calle 5 24'],
    ['Main Street', '12', 'Best of 1999'],
  ],
  [
    'personName',
    ['Maria Anders', 'Dr. Anna-Lena Peter', 'ANNA SMITH'],
    ['Anna', 'Red Shoes', 'anna smith', 'Alfreds Futterkiste'],
  ],
  ['url', ['https://a.example/x', 'www.a.example'], ['a.example', 'see https://a.example now']],
  ['hash', ['$2b$12$abcdefghijk', 'a'.repeat(64), 'eyJhbGciOi.x'], ['abc', 'a'.repeat(30)]],
])('%s', (look, those, others) => {
  expect(those.filter((value) => !looks[look].is(value))).toEqual([]);
  expect(others.filter((value) => looks[look].is(value))).toEqual([]);
});

test.each([
  ['CustAddr2', 'customer address 2'],
  ['e_mail', 'email'],
  ['homepage', 'homepage url'],
  ['zip code', 'postal code'],
  ['BillingPostalCode', 'billing postal code'],
  ['bıgınt', 'bigint'],
  ['ORDER_DETAILS', 'order detail'],
])('the words of %s are %s', (name, words) => {
  expect(wordsOf(name).join(' ')).toBe(words);
});

test('a sample comes to shares, and to whether one column abbreviates another', () => {
  const rows = [
    'Alfreds Futterkiste',
    'Bottom-Dollar Markets',
    'Chop-suey Chinese',
    'Drachenblut',
    'Ernst Handel',
  ].map(
    (name, i) =>
      new Map([
        ['name', name],
        ['code', name.slice(0, 4).toUpperCase()],
        ['mail', i < 3 ? 'a@b.example' : null],
        ['price', `${i * 20}.5`],
      ]),
  );
  const evidence = evidenceOf(rows, ['name', 'code', 'mail', 'price']);
  expect(evidence.get('code')).toMatchObject({ spells: 'name', distinct: 5, values: 5 });
  expect(evidence.get('name')?.spells).toBeNull();
  expect(evidence.get('mail')).toMatchObject({ values: 3, distinct: 1, shares: { email: 1 } });
  expect(evidence.get('price')?.magnitude).toBe(10);
});
