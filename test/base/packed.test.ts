import fc from 'fast-check';
import {
  countPacked,
  distinctPacked,
  pack,
  splitPacked,
  unpack,
  type PackedLayout,
  type Tuple,
} from '../../src/base/packed.js';

const layouts: readonly PackedLayout[] = [['i4'], ['text'], ['i2', 'text', 'i8'], ['text', 'uuid', 'text']];

const values = {
  i2: fc.integer({ min: -2, max: 2 }).map(String),
  i4: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String),
  i8: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  uuid: fc.uuid(),
  text: fc.option(fc.string({ unit: 'grapheme', maxLength: 3 })),
};

const packed = fc.constantFrom(...layouts).chain((layout) => {
  const tuple: fc.Arbitrary<Tuple> = fc.tuple(...layout.map((kind) => values[kind]));
  // Few different tuples, so that most come again.
  return fc
    .array(tuple, { minLength: 1, maxLength: 4 })
    .chain((few) => fc.array(fc.constantFrom(...few), { maxLength: 20 }))
    .map((tuples) => ({
      layout,
      tuples,
      bytes: Buffer.concat(tuples.map((each) => pack(each, layout) ?? Buffer.alloc(0))),
    }));
});

describe('packed tuples', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(packed, ({ layout, tuples, bytes }) => {
        expect(unpack(bytes, layout)).toEqual(tuples);
        expect(Buffer.concat(splitPacked(bytes, layout))).toEqual(bytes);
        expect(splitPacked(bytes, layout)).toHaveLength(tuples.length);
      }),
    );
  });

  it('are each kept once, where they first stood', () => {
    fc.assert(
      fc.property(packed, ({ layout, tuples, bytes }) => {
        const texts = tuples.map((tuple) => JSON.stringify(tuple));
        const first = tuples.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
        const kept = distinctPacked(bytes, layout);
        expect(kept.count).toBe(first.length);
        expect(unpack(kept.bytes, layout)).toEqual(first);
        expect(countPacked(bytes, layout)).toBe(tuples.length);
      }),
    );
  });

  it('that are cut short are refused, and so are bytes of no layout', () => {
    fc.assert(
      fc.property(packed, ({ layout, bytes }) => {
        fc.pre(bytes.length > 0);
        expect(() => distinctPacked(bytes.subarray(0, -1), layout)).toThrow();
      }),
    );
    expect(() => unpack(Buffer.from([1]), [])).toThrow('cut short');
  });
});
