import type { PgKind, PgType } from '../../src/catalog/index.js';
import { render, sql, type Slot } from '../../src/base/index.js';
import { canBeIdentity, defaultMask, isKeyed, masks, type MaskSpec } from '../../src/masks/index.js';
import { enumType, pgType, target } from './probe.js';

const specs: Readonly<Record<MaskSpec['name'], MaskSpec>> = {
  nullify: { name: 'nullify' },
  constant: { name: 'constant', value: 'x' },
  redact: { name: 'redact' },
  partial: { name: 'partial', keepStart: 0, keepEnd: 2 },
  email: { name: 'email', domain: false },
  pseudonym: { name: 'pseudonym' },
  bucket: { name: 'bucket', width: '10' },
  round: { name: 'round', digits: 2 },
  dateTrunc: { name: 'dateTrunc', unit: 'YEAR', zone: 'UTC' },
};
const text: readonly PgKind[] = ['text', 'varchar', 'bpchar'];
const numbers: readonly PgKind[] = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'];
const dates: readonly PgKind[] = ['date', 'timestamp', 'timestamptz'];
const others: readonly PgKind[] = ['bool', 'time', 'uuid', 'json', 'jsonb', 'bytea', 'unsupported'];
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
    ['bucket', numbers],
    ['round', numbers],
    ['dateTrunc', dates],
  ] as const)('lets %s stand on its own types only', (name, kinds) => {
    const fitting = types.filter((type) => unfit(specs[name], type) === null);
    expect(fitting.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each([
    [
      specs.partial,
      pgType('int4', 'integer'),
      'partial masks text, and this column is integer; use bucket, round, constant or nullify.',
    ],
    [
      specs.bucket,
      pgType('date'),
      'bucket masks numbers, and this column is date; use dateTrunc, constant or nullify.',
    ],
    [
      specs.redact,
      enumType('mood', 'glad'),
      'redact masks text, and this column is mood; use constant with one of its labels, or nullify.',
    ],
    [
      specs.dateTrunc,
      pgType('text'),
      'dateTrunc masks dates, and this column is text; use redact, partial, email, pseudonym, constant or nullify.',
    ],
    [specs.email, pgType('jsonb'), 'email masks text, and this column is jsonb; use constant or nullify.'],
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
    expect(rendered(spec).includes('_key')).toBe(isKeyed(spec));
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
    [specs.redact, pgType('text'), false],
    [specs.partial, pgType('text'), false],
  ])('of %j on %j is %s', (spec, type, expected) => {
    expect(canBeIdentity(spec, target(type))).toBe(expected);
  });
});
