import type { PgKind, PgType } from '../../src/catalog/index.js';
import { render, sql, type Slot } from '../../src/base/index.js';
import { canBeIdentity, defaultMask, keyAudience, masks, type MaskSpec } from '../../src/masks/index.js';
import { enumType, pgType, target } from './probe.js';

const specs: Readonly<Record<MaskSpec['name'], MaskSpec>> = {
  nullify: { name: 'nullify' },
  constant: { name: 'constant', value: 'x' },
  redact: { name: 'redact' },
  partial: { name: 'partial', keepStart: 0, keepEnd: 2 },
  email: { name: 'email', domain: false },
  pseudonym: { name: 'pseudonym' },
  token: { name: 'token', prefix: 'cus_' },
  bucket: { name: 'bucket', width: '10' },
  round: { name: 'round', digits: 2 },
  topCode: { name: 'topCode', cap: '1000' },
  noise: { name: 'noise', amount: '5' },
  dateTrunc: { name: 'dateTrunc', unit: 'YEAR', zone: 'UTC' },
  network: { name: 'network', bits: 24 },
  geo: { name: 'geo', decimals: 2 },
  keep: { name: 'keep', paths: ['$.a'] },
};
const text: readonly PgKind[] = ['text', 'varchar', 'bpchar'];
const numbers: readonly PgKind[] = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'];
const dates: readonly PgKind[] = ['date', 'timestamp', 'timestamptz'];
const others: readonly PgKind[] = [
  'bool',
  'time',
  'uuid',
  'json',
  'jsonb',
  'bytea',
  'inet',
  'cidr',
  'point',
  'unsupported',
];
const types: readonly PgType[] = [
  ...[...text, ...numbers, ...dates, ...others].map((kind) => pgType(kind)),
  enumType('"crm"."mood"', 'glad'),
];

describe('unfit', () => {
  const unfit = (spec: MaskSpec, type: PgType): string | null => masks[spec.name].unfit(spec, target(type));

  it.each([
    ['nullify', types.map(({ kind }) => kind)],
    ['redact', text],
    ['partial', text],
    ['email', text],
    ['pseudonym', text],
    ['token', text],
    ['bucket', numbers],
    ['round', numbers],
    ['topCode', numbers],
    ['noise', [...numbers, ...dates]],
    ['dateTrunc', dates],
    ['network', ['inet', 'cidr']],
    ['geo', ['point']],
    ['keep', ['jsonb']],
  ] as const)('lets %s stand on its own types only', (name, kinds) => {
    const fitting = types.filter((type) => unfit(specs[name], type) === null);
    expect(fitting.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each([
    [
      specs.partial,
      pgType('int4', 'integer'),
      'partial masks text, and this column is integer; use bucket, round, topCode, noise, constant or nullify.',
    ],
    [
      specs.bucket,
      pgType('date'),
      'bucket masks numbers, and this column is date; use dateTrunc, noise, constant or nullify.',
    ],
    [
      specs.redact,
      enumType('mood', 'glad'),
      'redact masks text, and this column is mood; use constant with one of its labels, or nullify.',
    ],
    [
      specs.dateTrunc,
      pgType('text'),
      'dateTrunc masks dates, and this column is text; use redact, partial, email, pseudonym, token, constant or nullify.',
    ],
    [
      specs.email,
      pgType('jsonb'),
      'email masks text, and this column is jsonb; use keep, constant or nullify.',
    ],
    [
      specs.network,
      pgType('text'),
      'network masks network addresses, and this column is text; use redact, partial, email, pseudonym, token, constant or nullify.',
    ],
    [
      specs.keep,
      pgType('json'),
      'keep masks jsonb, and this column is json, which may hold what PostgreSQL cannot look into; alter the column to jsonb, or use constant or nullify.',
    ],
    [
      { name: 'topCode', cap: '40000' } as const,
      pgType('int2', 'smallint'),
      'smallint cannot hold the cap "40000"; use a whole number from -32768 to 32767.',
    ],
    [
      { name: 'topCode', cap: '0.5' } as const,
      pgType('int2', 'smallint'),
      'smallint cannot hold the cap "0.5"; use a whole number from -32768 to 32767.',
    ],
    [
      { name: 'noise', amount: '0.05' } as const,
      pgType('numeric'),
      'noise "0.05" is of a number and in percent; use "0.1" to "100".',
    ],
    [
      { name: 'noise', amount: '100.01' } as const,
      pgType('numeric'),
      'noise "100.01" is of a number and in percent; use "0.1" to "100".',
    ],
    [
      { name: 'noise', amount: '1.5' } as const,
      pgType('date'),
      'noise "1.5" is of a date and in days; use whole days, "1" to "3650".',
    ],
    [
      { name: 'bucket', width: '0.5' } as const,
      pgType('int4', 'integer'),
      'bucket "0.5" has multiples that integer cannot hold; use a whole number.',
    ],
    [
      { name: 'dateTrunc', unit: 'YEAR', zone: 'Europe/Vienna' } as const,
      pgType('date'),
      'dateTrunc has a zone, and this column (date) has none; write dateTrunc: YEAR.',
    ],
  ])('says what does not fit and what does (%#)', (spec, type, sentence) => {
    expect(unfit(spec, type)).toBe(sentence);
  });

  it('lets a fraction stand where the type has them, and a zone where the type has one', () => {
    expect(unfit({ name: 'bucket', width: '0.5' }, pgType('numeric'))).toBeNull();
    expect(
      unfit({ name: 'dateTrunc', unit: 'YEAR', zone: 'Europe/Vienna' }, pgType('timestamptz')),
    ).toBeNull();
  });
});

describe('defaultMask', () => {
  it.each(types)('fits $display', (type) => {
    const spec = defaultMask(type);
    expect(spec.name).toBe(text.includes(type.kind) ? 'redact' : 'nullify');
    expect(masks[spec.name].unfit(spec, target(type))).toBeNull();
  });
});

describe('the SQL of a mask', () => {
  const rendered = (spec: MaskSpec): string =>
    render(
      masks[spec.name].toSql<Slot>(spec, target(pgType('text')), {
        value: sql`the_column`,
        record: sql`the_record`,
        innerKey: sql`the_inner_key`,
        outerKey: sql`the_outer_key`,
      }),
    ).text;

  it.each([specs.nullify, specs.constant, specs.redact, specs.email])(
    'does not read the column for $name',
    (spec) => {
      expect(rendered(spec)).not.toContain('the_column');
    },
  );

  it.each(
    Object.values(specs).filter(
      ({ name }) => masks[name].unfit(specs[name], target(pgType('text'))) === null,
    ),
  )('takes the keys for $name only where it is keyed', (spec) => {
    expect(rendered(spec).includes('_key')).toBe(keyAudience(spec) !== null);
  });
});

describe('canBeIdentity', () => {
  it.each<readonly [MaskSpec, PgType, boolean]>([
    [{ name: 'bucket', width: '1' }, pgType('int4'), true],
    [{ name: 'bucket', width: '2' }, pgType('int4'), false],
    [{ name: 'bucket', width: '0.01' }, pgType('numeric', 'numeric(12,2)'), true],
    [{ name: 'bucket', width: '0.011' }, pgType('numeric', 'numeric(12,2)'), false],
    [{ name: 'bucket', width: '100' }, pgType('numeric', 'numeric(5,-2)'), true],
    [{ name: 'bucket', width: '101' }, pgType('numeric', 'numeric(5,-2)'), false],
    [{ name: 'bucket', width: '0.01' }, pgType('numeric'), false],
    [{ name: 'bucket', width: '0.01' }, pgType('float8'), false],
    [specs.round, pgType('int4'), true],
    [{ name: 'dateTrunc', unit: 'DAY', zone: 'UTC' }, pgType('date'), true],
    [{ name: 'dateTrunc', unit: 'DAY', zone: 'UTC' }, pgType('timestamp'), false],
    [specs.dateTrunc, pgType('date'), false],
    [specs.topCode, pgType('numeric'), true],
    [specs.noise, pgType('int4'), true],
    [specs.noise, pgType('date'), false],
    [specs.network, pgType('inet'), false],
    [{ name: 'network', bits: 32 }, pgType('inet'), true],
    [specs.network, pgType('cidr'), true],
    [specs.geo, pgType('point'), false],
    [specs.keep, pgType('jsonb'), false],
    [specs.token, pgType('text'), false],
    [specs.redact, pgType('text'), false],
    [specs.partial, pgType('text'), false],
  ])('of %j on %j is %s', (spec, type, expected) => {
    expect(canBeIdentity(spec, target(type))).toBe(expected);
  });
});
