import fc from 'fast-check';
import type { MaskSpec } from '../../src/masks/index.js';
import { expectAgreement, type ColumnCase } from './agreement.js';
import { openProbe, pgType, type Probe } from './probe.js';

const keep = (...paths: readonly string[]): MaskSpec => ({ name: 'keep', paths });

const specs: readonly MaskSpec[] = [
  { name: 'nullify' },
  keep('$.a'),
  keep('$.a.b', '$.c'),
  keep('$.a.a.a.a.a.a.a.a'),
  keep('$[*]'),
  keep('$[*].a', '$.a[*].b', '$.a.b'),
  keep('$[*][*]', '$.c[*][*].a'),
  keep('$."x \\"y\\" \\\\z"', '$."it\'s"', '$."ä 𝒳"', '$.b'),
];

const name = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'x "y" \\z', "it's", 'ä 𝒳', '', '__proto__', 'aa');
const leaf = fc.oneof(
  fc.constantFrom('null', 'true', '0', '-1.50', '1e400', '123456789012345678901234567890', '"]}, "', '"a"'),
  fc
    .string({ unit: 'binary', maxLength: 8 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'))
    .map((text) => JSON.stringify(text)),
);
const { document } = fc.letrec<{ document: string }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 6, withCrossShrink: true, depthSize: 'large' },
    { arbitrary: leaf, weight: 1 },
    { arbitrary: fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items.join()}]`), weight: 2 },
    {
      arbitrary: fc
        .array(fc.tuple(name, tie('document')), { maxLength: 5 })
        .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
      weight: 3,
    },
  ),
}));

const jsonb: ColumnCase = {
  type: pgType('jsonb'),
  extremes: [
    'null',
    'true',
    '"text"',
    '0',
    '[]',
    '{}',
    '[[], {}, null]',
    '{"a": null}',
    '{"a": {"b": null, "x": 1}, "c": []}',
    '{"a": [{"b": 1}, {"c": 2}, 3, [{"b": 4}]]}',
    '[{"a": 1}, {"b": 2}, {"a": [{}]}]',
    '{"c": [[{"a": 1}], [{"b": 2}], 7]}',
    `{"a": ${'9'.repeat(131_072)}, "b": 1e-16383}`,
    `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
    `${'['.repeat(200)}${']'.repeat(200)}`,
    `{"a": "${'x'.repeat(70_000)}"}`,
  ],
  values: document,
};

let probe: Probe;
beforeAll(async () => {
  probe = await openProbe('CREATE DOMAIN public.small AS jsonb CHECK (pg_column_size(value) < 1000000)');
});
afterAll(() => probe.close());

describe('keep', () => {
  it('agrees with its reference on jsonb', async () => {
    await expectAgreement(probe, jsonb, specs);
  });

  it('agrees with its reference on a domain, nulls kept', async () => {
    await expectAgreement(probe, { ...jsonb, declaration: 'public.small', nulls: 'keep' }, specs, 50);
  });

  it('keeps what is listed, and leaves no trace of what is not', async () => {
    const rows = await probe.maskAll(
      jsonb,
      [keep('$.terms.days', '$.lines[*].sku', '$.note')],
      [
        '{"terms": {"days": 30, "discount": 0.2}, "note": null, "secret": 1}',
        '{"terms": {"discount": 0.2}}',
        '{"terms": 30, "lines": {"sku": 1}}',
        '{"lines": [{"sku": "A", "price": 1}, {"price": 2}, "C", {"sku": 1.50}]}',
        '[{"note": 1}]',
        '"note"',
        'null',
        null,
      ],
    );
    expect(rows.map(({ masked }) => masked[0])).toEqual([
      '{"note": null, "terms": {"days": 30}}',
      '{}',
      '{}',
      '{"lines": [{"sku": "A"}, {"sku": 1.50}]}',
      '{}',
      '{}',
      '{}',
      '{}',
    ]);
  });
});
