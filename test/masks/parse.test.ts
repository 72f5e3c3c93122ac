import { buildSchema, valueFromASTUntyped, parseValue, valueFromAST, type GraphQLInputType } from 'graphql';
import { maskInputSdl, parseMaskSpec, type MaskSpec } from '../../src/masks/index.js';

/** As it stands in SDL, and what it means; null where it is refused. */
const written: readonly (readonly [string, MaskSpec | null])[] = [
  ['{ nullify: true }', { name: 'nullify' }],
  ['{ nullify: false }', null],
  ['{ constant: "x" }', { name: 'constant', value: 'x' }],
  ['{ constant: 1 }', null],
  ['{ redact: true }', { name: 'redact' }],
  ['{ redact: null }', null],
  ['{ partial: { keepEnd: 2 } }', { name: 'partial', keepStart: 0, keepEnd: 2 }],
  ['{ partial: { keepStart: 1, keepEnd: 32 } }', { name: 'partial', keepStart: 1, keepEnd: 32 }],
  ['{ partial: {} }', null],
  ['{ partial: { keepStart: 0 } }', null],
  ['{ partial: { keepStart: -1, keepEnd: 4 } }', null],
  ['{ partial: { keepEnd: 33 } }', null],
  ['{ partial: { keepEnd: 2, keepMiddle: 1 } }', null],
  ['{ partial: true }', null],
  ['{ email: true }', { name: 'email', domain: false }],
  ['{ email: { domain: false } }', { name: 'email', domain: false }],
  ['{ email: { domain: true } }', { name: 'email', domain: true }],
  ['{ email: {} }', null],
  ['{ email: { domain: true, user: true } }', null],
  ['{ email: false }', null],
  ['{ pseudonym: true }', { name: 'pseudonym' }],
  ['{ bucket: "10000" }', { name: 'bucket', width: '10000' }],
  ['{ bucket: "0.25" }', { name: 'bucket', width: '0.25' }],
  ['{ bucket: "0" }', null],
  ['{ bucket: "0.0" }', null],
  ['{ bucket: "-1" }', null],
  ['{ bucket: "1e3" }', null],
  ['{ bucket: 10 }', null],
  [`{ bucket: "${'9'.repeat(31)}" }`, null],
  ['{ round: 2 }', { name: 'round', digits: 2 }],
  ['{ round: 0 }', null],
  ['{ round: 16 }', null],
  ['{ round: "2" }', null],
  ['{ dateTrunc: YEAR }', { name: 'dateTrunc', unit: 'YEAR', zone: 'UTC' }],
  ['{ dateTrunc: { unit: WEEK } }', { name: 'dateTrunc', unit: 'WEEK', zone: 'UTC' }],
  [
    '{ dateTrunc: { unit: DAY, zone: "America/Argentina/Buenos_Aires" } }',
    { name: 'dateTrunc', unit: 'DAY', zone: 'America/Argentina/Buenos_Aires' },
  ],
  ['{ dateTrunc: HOUR }', null],
  ['{ dateTrunc: { zone: "UTC" } }', null],
  ['{ dateTrunc: { unit: YEAR, zone: "Europe/Nowhere" } }', null],
  ['{ dateTrunc: { unit: YEAR, zone: "CET" } }', null],
  ['{ dateTrunc: { unit: YEAR, zone: "+01:00" } }', null],
  ['{ dateTrunc: { unit: YEAR, zone: null } }', null],
  ['{ token: { prefix: "cus_" } }', { name: 'token', prefix: 'cus_' }],
  ['{ token: { prefix: "" } }', null],
  ['{ token: { prefix: "an id: " } }', null],
  [`{ token: { prefix: "${'x'.repeat(17)}" } }`, null],
  ['{ token: { prefix: "x", length: 3 } }', null],
  ['{ token: true }', null],
  ['{ topCode: "1000000" }', { name: 'topCode', cap: '1000000' }],
  ['{ topCode: "-0.5" }', { name: 'topCode', cap: '-0.5' }],
  ['{ topCode: "0" }', { name: 'topCode', cap: '0' }],
  ['{ topCode: "-0" }', null],
  ['{ topCode: "1e6" }', null],
  ['{ topCode: 1000 }', null],
  ['{ noise: "5" }', { name: 'noise', amount: '5' }],
  ['{ noise: "7.5" }', { name: 'noise', amount: '7.5' }],
  ['{ noise: "0" }', null],
  ['{ noise: "-5" }', null],
  ['{ noise: "0.001" }', null],
  ['{ noise: 5 }', null],
  ['{ network: 24 }', { name: 'network', bits: 24 }],
  ['{ network: 0 }', { name: 'network', bits: 0 }],
  ['{ network: 65 }', null],
  ['{ network: "24" }', null],
  ['{ geo: 2 }', { name: 'geo', decimals: 2 }],
  ['{ geo: 4 }', null],
  ['{ geo: -1 }', null],
  [
    '{ keep: ["$.a", "$.b.c-d", "$.list[*].e", "$.\\"f g\\""] }',
    { name: 'keep', paths: ['$.a', '$.b.c-d', '$.list[*].e', '$."f g"'] },
  ],
  ['{ keep: ["$[*]"] }', { name: 'keep', paths: ['$[*]'] }],
  ['{ keep: [] }', null],
  ['{ keep: ["$"] }', null],
  ['{ keep: ["a"] }', null],
  ['{ keep: ["$.a[0]"] }', null],
  ['{ keep: ["$.a..b"] }', null],
  ['{ keep: ["$.a", "$.a"] }', null],
  ['{ keep: ["$.a", "$.a.b"] }', null],
  ['{ keep: ["$.a.b", "$.a"] }', null],
  [`{ keep: ["$${'.a'.repeat(9)}"] }`, null],
  ['{ keep: ["$.a", 1] }', null],
  ['{ keep: true }', null],
  ['{ scramble: true }', null],
  ['{ toString: true }', null],
  ['{ redact: true, nullify: true }', null],
  ['{}', null],
  ['true', null],
  ['[{ redact: true }]', null],
  ['null', null],
];

describe('parseMaskSpec', () => {
  it.each(written)('reads %s', (text, spec) => {
    const parsed = parseMaskSpec(valueFromASTUntyped(parseValue(text)));
    if (spec !== null) expect(parsed).toEqual(spec);
    else expect(parsed).toEqual({ problem: expect.stringMatching(/^[A-Z].*\.$/) as string });
  });

  it('names what it does not know, and what it does', () => {
    expect(parseMaskSpec({ scramble: true })).toEqual({
      problem:
        'There is no mask "scramble"; the masks are nullify, constant, redact, partial, email, pseudonym, token, bucket, round, topCode, noise, dateTrunc, network, geo, keep.',
    });
  });
});

describe('maskInputSdl', () => {
  const schema = buildSchema(`${maskInputSdl}\ntype Query { probe(mask: MaskInput): Boolean }`);
  const type = schema.getType('MaskInput') as GraphQLInputType;

  it.each(written.filter(([, spec]) => spec !== null))('lets %s through, unchanged', (text, spec) => {
    const value: unknown = valueFromAST(parseValue(text), type);
    expect(parseMaskSpec(value)).toEqual(spec);
  });

  it.each(['{ redact: true, nullify: true }', '{ scramble: true }', '{ round: "2" }'])(
    'has tools refuse %s',
    (text) => {
      expect(valueFromAST(parseValue(text), type)).toBeUndefined();
    },
  );
});
