import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { decodeCanonical, encodeCanonical, type Canonical } from '../../src/base/index.js';

const leaf: fc.Arbitrary<Canonical> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 300 }),
);
const { value } = fc.letrec<{ value: Canonical }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 30 })),
}));

/** Where the number in an item's head takes another byte. */
const edges = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];

/** Another decoder, that takes more, held to what the encoder makes of its value. */
function reference(bytes: Buffer): Canonical {
  const read = decode(bytes, { strict: true, useMaps: true, allowIndefinite: false }) as Canonical;
  if (!encodeCanonical(read).equals(bytes)) throw new Error('not canonical');
  return inBuffers(read);
}

const inBuffers = (each: Canonical): Canonical =>
  each instanceof Uint8Array ? Buffer.from(each) : Array.isArray(each) ? each.map(inBuffers) : each;

function orRefused(read: () => Canonical): Canonical {
  try {
    return read();
  } catch {
    return 'refused';
  }
}

describe('the canonical encoding', () => {
  it('is the deterministic CBOR that another encoder writes', () => {
    fc.assert(
      fc.property(value, (each) => {
        expect(encodeCanonical(each)).toEqual(Buffer.from(encode(each)));
      }),
      {
        numRuns: 2000,
        examples: [...edges, ...edges.map((edge) => -edge), ...edges.map(BigInt)].map((edge): [Canonical] => [
          edge,
        ]),
      },
    );
  });

  it('holds lengths at every width of their number', () => {
    for (const length of [0, 23, 24, 255, 256, 65535, 65536]) {
      for (const each of ['x'.repeat(length), Buffer.alloc(length), Array<Canonical>(length).fill(null)])
        expect(encodeCanonical(each)).toEqual(Buffer.from(encode(each)));
    }
  });

  it('is read back, and nothing else is', () => {
    const bytes = encodeCanonical([1, ['a', null], Buffer.from([1, 2])]);
    expect(decodeCanonical(bytes)).toEqual([1, ['a', null], Buffer.from([1, 2])]);
    expect(() => decodeCanonical(Buffer.concat([bytes, Buffer.from([0])]))).toThrow();
    // Numbers and lengths in more bytes than they need.
    for (const other of ['1817', '1900ff', '1a0000ffff', '1b00000000ffffffff', '3817', '5801aa', '9800'])
      expect(() => decodeCanonical(Buffer.from(other, 'hex'))).toThrow();
    // A float; a map; a tag; undefined; an array without length; texts that are no UTF-8.
    for (const other of ['fb3ff0000000000000', 'a10102', 'c101', 'f7', '9f01ff', '61ff', '62c080'])
      expect(() => decodeCanonical(Buffer.from(other, 'hex'))).toThrow();
    // More items than there are bytes, and arrays in arrays without an end.
    for (const other of [Buffer.from('9affffffff', 'hex'), Buffer.alloc(1_000_000, 0x81)])
      expect(() => decodeCanonical(other)).toThrow();
  });

  it('is read back from every value, at every width of a number', () => {
    const numbers = [...edges, ...edges.map((edge) => -edge - 1)].flatMap((edge) => [
      BigInt(edge),
      BigInt(edge) - 1n,
      BigInt(edge) + 1n,
    ]);
    fc.assert(
      fc.property(value, (each) => {
        expect(decodeCanonical(encodeCanonical(each))).toEqual(reference(encodeCanonical(each)));
      }),
      { numRuns: 2000, examples: numbers.map((number): [Canonical] => [number]) },
    );
  });

  it('is taken of altered bytes only where another decoder takes them, and means the same', () => {
    const heads = fc.constantFrom(...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((type) => [0, 1, 23, 24, 25, 26, 27, 31].map((small) => (type << 5) | small))); // prettier-ignore
    const byte = fc.oneof(heads, fc.nat({ max: 255 }));
    const altered = fc
      .tuple(
        value,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.array(byte, { maxLength: 3 })), { maxLength: 3 }),
      ) // prettier-ignore
      .map(([each, cuts]) =>
        cuts.reduce((bytes, [at, removed, added]) => {
          const start = at % (bytes.length + 1);
          const parts = [bytes.subarray(0, start), Buffer.from(added), bytes.subarray(start + removed)];
          return Buffer.concat(parts);
        }, encodeCanonical(each)),
      );
    const random = fc.array(byte, { maxLength: 12 }).map((bytes) => Buffer.from(bytes));
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(altered, random), (bytes) => {
        const expected = orRefused(() => reference(bytes));
        if (expected === 'refused') refused += 1;
        else taken += 1;
        expect(orRefused(() => decodeCanonical(bytes))).toEqual(expected);
      }),
      { numRuns: 6000 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(500);
  });

  it('takes no number that JavaScript does not hold exactly', () => {
    for (const number of [0.5, NaN, Infinity, 2 ** 53]) expect(() => encodeCanonical(number)).toThrow();
    expect(() => encodeCanonical(2n ** 64n)).toThrow();
  });
});
