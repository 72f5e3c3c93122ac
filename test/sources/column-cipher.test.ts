import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { encodeCanonical, subkey } from '../../src/base/index.js';
import { ColumnCipher, type ColumnKeys } from '../../src/sources/index.js';

const key = () => randomBytes(32);
const [first, second, margin] = [key(), key(), key()];
const cipherOf = (keys: Record<string, ColumnKeys>) => new ColumnCipher(new Map(Object.entries(keys)));
const cipher = cipherOf({ 'tax-id': { current: first, old: [] }, margin: { current: margin, old: [] } });
const place = { coordinate: 'Customer.taxId', record: ['17'] };
const text = 'DE 811 569 869';

test('a value comes back as it went in, whatever it is made of', () => {
  const places = fc.record({
    coordinate: fc.constantFrom('Customer.taxId', 'Order.note'),
    record: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), places, (value, at) => {
      const sealed = cipher.seal('tax-id', value, at);
      expect(cipher.open('tax-id', sealed, at)).toEqual({ text: value, current: true });
    }),
    { numRuns: 200 },
  );
});

test('no two ciphertexts of a value are alike, and none holds it', () => {
  const sealed = Array.from({ length: 100 }, () => cipher.seal('tax-id', text, place));
  // Behind version and key, which are the same.
  expect(new Set(sealed.map((each) => each.toString('hex', 9, 21))).size).toBe(100);
  expect(sealed.filter((each) => each.includes(text))).toEqual([]);
});

test('the form is the one that is documented, so that others may write it', () => {
  const sealed = cipher.seal('tax-id', text, place);
  expect(sealed.length).toBe(1 + 8 + 12 + text.length + 16);
  expect(sealed[0]).toBe(1);
  expect(sealed.subarray(1, 9)).toEqual(subkey(first, 'column', 'id').subarray(0, 8));
  const fieldKey = subkey(first, 'column', 'cipher', 'Customer.taxId');
  const decipher = createDecipheriv('aes-256-gcm', fieldKey, sealed.subarray(9, 21));
  decipher.setAAD(encodeCanonical(['column', sealed.subarray(0, 9), 'Customer.taxId', ['17']]));
  decipher.setAuthTag(sealed.subarray(-16));
  expect(Buffer.concat([decipher.update(sealed.subarray(21, -16)), decipher.final()]).toString()).toBe(text);
});

test.each<[what: string, place: { coordinate: string; record: (string | null)[] }]>([
  ['another record', { ...place, record: ['18'] }],
  ['another field', { ...place, coordinate: 'Customer.vatId' }],
  ['a key of the same letters', { ...place, record: ['1', '7'] }],
  ['a longer key', { ...place, record: ['17', ''] }],
  ['no key', { ...place, record: [] }],
  ['a key of nulls', { ...place, record: [null] }],
])('a value does not open as that of %s', (_what, other) => {
  const sealed = cipher.seal('tax-id', text, place);
  expect(cipher.open('tax-id', sealed, other)).toBeNull();
  expect(cipher.open('tax-id', sealed, place)?.text).toBe(text);
});

test('a value does not open with a key of another name, nor with one that is not configured', () => {
  const sealed = cipher.seal('tax-id', text, place);
  expect(cipher.open('margin', sealed, place)).toBeNull();
  expect(cipher.open('nothing', sealed, place)).toBeNull();
  expect(cipherOf({ 'tax-id': { current: second, old: [] } }).open('tax-id', sealed, place)).toBeNull();
});

test('no bit of a ciphertext can be changed, and none of it left out', () => {
  const sealed = cipher.seal('tax-id', text, place);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const altered = Buffer.from(sealed);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    expect([bit, cipher.open('tax-id', altered, place)]).toEqual([bit, null]);
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(cipher.open('tax-id', sealed.subarray(0, length), place)).toBeNull();
  expect(cipher.open('tax-id', Buffer.concat([sealed, Buffer.alloc(1)]), place)).toBeNull();
});

test('after a rotation old values open and say so, and new ones are by the new key', () => {
  const old = cipher.seal('tax-id', text, place);
  const rotated = cipherOf({ 'tax-id': { current: second, old: [margin, first] } });
  expect(rotated.open('tax-id', old, place)).toEqual({ text, current: false });
  const sealed = rotated.seal('tax-id', text, place);
  expect(rotated.open('tax-id', sealed, place)).toEqual({ text, current: true });
  expect(cipher.open('tax-id', sealed, place)).toBeNull();
});

test('bytes that are no text are not given out as if they were', () => {
  const fieldKey = subkey(first, 'column', 'cipher', 'Customer.taxId');
  const sealed = cipher.seal('tax-id', 'ab', place);
  // Whoever has the key can seal what is no UTF-8.
  const head = sealed.subarray(0, 9);
  const made = createCipheriv('aes-256-gcm', fieldKey, sealed.subarray(9, 21));
  made.setAAD(encodeCanonical(['column', head, place.coordinate, place.record]));
  const bytes = Buffer.concat([
    head,
    sealed.subarray(9, 21),
    made.update(Buffer.from([0xc3, 0x28])),
    made.final(),
  ]);
  expect(cipher.open('tax-id', Buffer.concat([bytes, made.getAuthTag()]), place)).toBeNull();
});
