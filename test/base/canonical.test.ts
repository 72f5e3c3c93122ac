import { encode } from 'cborg';
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
    expect(decodeCanonical(bytes)).toEqual([1, ['a', null], new Uint8Array([1, 2])]);
    expect(() => decodeCanonical(Buffer.concat([bytes, Buffer.from([0])]))).toThrow();
    // 1 in two bytes; a float; a map.
    for (const other of ['1801', 'fb3ff0000000000000', 'a10102'])
      expect(() => decodeCanonical(Buffer.from(other, 'hex'))).toThrow();
  });

  it('takes no number that JavaScript does not hold exactly', () => {
    for (const number of [0.5, NaN, Infinity, 2 ** 53]) expect(() => encodeCanonical(number)).toThrow();
    expect(() => encodeCanonical(2n ** 64n)).toThrow();
  });
});
