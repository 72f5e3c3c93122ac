import { constant, sql, type Slot, type Sql } from '../base/index.js';
import type { PgKind, PgType } from '../catalog/index.js';
import { clampDecimal, formatDecimal, parseDecimal, type Decimal } from './decimal.js';
import { asType } from './kinds.js';

/**
 * Number masks compute in numeric, within bounds that the result can be cast back from, so that nothing stored
 * raises: integers between the limits of their type, the others between ±10³⁸ (the range of float4, rounded down).
 * What lies outside, infinities and NaN (which PostgreSQL sorts above all numbers) look like the bound: given as they
 * are, they would be their own masks.
 */
const limits: Partial<Readonly<Record<PgKind, readonly [min: bigint, max: bigint]>>> = {
  int2: [-(2n ** 15n), 2n ** 15n - 1n],
  int4: [-(2n ** 31n), 2n ** 31n - 1n],
  int8: [-(2n ** 63n), 2n ** 63n - 1n],
};
const wide = [-(10n ** 38n), 10n ** 38n] as const;

function boundsOf(type: PgType): readonly [min: bigint, max: bigint] {
  return limits[type.kind] ?? wide;
}

/** The least and the greatest number of an integer type; null for any other. */
export function integerLimits({ kind }: PgType): readonly [min: bigint, max: bigint] | null {
  return limits[kind] ?? null;
}

/** A constant of type numeric. */
export function numeric(text: string): Sql<never> {
  return sql`${constant(text)}::pg_catalog.numeric`;
}

/** A numeric expression, within the bounds of the type. Null becomes a bound: guard it with `unlessNull`. */
export function clamped<S extends Slot>(expression: Sql<S>, type: PgType): Sql<S> {
  const [min, max] = boundsOf(type);
  return sql<S>`LEAST(GREATEST(${expression}, ${numeric(String(min))}), ${numeric(String(max))})`;
}

/**
 * The column as a numeric. A float goes by its text, the digits that a cleared caller would see; the direct cast keeps 15
 * and rounds 0.99999999999999989 up into the next bucket.
 */
export function exactNumber<S extends Slot>(value: Sql<S>, { kind }: PgType): Sql<S> {
  const text = kind === 'float4' || kind === 'float8' ? sql<S>`(${value})::pg_catalog.text` : value;
  return sql<S>`(${text})::pg_catalog.numeric`;
}

/** The column as a numeric within bounds. */
export function boundedNumber<S extends Slot>(value: Sql<S>, type: PgType): Sql<S> {
  return clamped(exactNumber(value, type), type);
}

/** Whether a number is from 0 to the upper bound; not of null. */
export function isAmount<S extends Slot>(value: Sql<S>, type: PgType): Sql<S> {
  const number = asType(value, type);
  const limit = (text: string): Sql<never> => asType(constant(text), type);
  return sql<S>`${number} >= ${limit('0')} AND ${number} <= ${limit(String(boundsOf(type)[1]))}`;
}

/** A numeric result in the column's type; null stays null, since no number looks masked. */
export function asNumber<S extends Slot>(value: Sql<S>, result: Sql<S>, type: PgType): Sql<S> {
  // Without `trim_scale` the zeros would count the decimals of what is stored: 10000.0 for 12345.6.
  const trimmed = sql<S>`pg_catalog.trim_scale(${result})`;
  return sql<S>`CASE WHEN ${value} IS NOT NULL THEN ${asType(trimmed, type)} END`;
}

/** The reference of `clamped`. */
export function clampedDecimal(decimal: Decimal, type: PgType): Decimal {
  return clampDecimal(decimal, ...boundsOf(type));
}

/** The reference of a mask of numbers: `compute` within the bounds, and null for null. */
export function referenceNumber(
  value: string | null,
  type: PgType,
  compute: (decimal: Decimal) => Decimal,
): string | null {
  if (value === null) return null;
  const [min, max] = boundsOf(type);
  if (value === '-Infinity') return formatDecimal(compute({ digits: min, scale: 0 }));
  if (value === 'Infinity' || value === 'NaN') return formatDecimal(compute({ digits: max, scale: 0 }));
  return formatDecimal(compute(clampedDecimal(parseDecimal(value), type)));
}
