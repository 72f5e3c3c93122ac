import { constant, integer, sql, type Slot, type Sql } from '../base/index.js';
import { asNumber, boundedNumber, clamped, clampedDecimal, referenceNumber } from './bounded-number.js';
import { roundToDigits, roundToScale, type Decimal } from './decimal.js';
import { outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/**
 * What is smaller than half of 10⁻³⁰ looks like 0: it has no magnitude that floats could hold, and the exponent
 * of the smallest numerics cannot be read back from the text.
 */
const FRACTION_DIGITS_MAX = 30;

/** A numeric without the decimals that look like 0. */
export function withoutDust<S extends Slot>(number: Sql<S>): Sql<S> {
  return sql<S>`pg_catalog.round(${number}, ${integer(FRACTION_DIGITS_MAX)})`;
}

/** The reference of `withoutDust`. */
export function dustless(decimal: Decimal): Decimal {
  return roundToScale(decimal, FRACTION_DIGITS_MAX);
}

/** A finite numeric, rounded half away from zero to so many significant digits. */
export function toDigits<S extends Slot>(number: Sql<S>, digits: number): Sql<S> {
  // Scientific notation is the one form that counts significant digits; a logarithm raises for 0 and below.
  const format = constant(`${digits === 1 ? '9' : `9.${'9'.repeat(digits - 1)}`}EEEE`);
  return sql<S>`pg_catalog.to_char(${withoutDust(number)}, ${format})::pg_catalog.numeric`;
}

/**
 * So many significant digits, rounded half away from zero; null stays null. A number of fewer digits is its own
 * mask, small integers above all: see `canBeIdentity`.
 */
export const round: Mask<Extract<MaskSpec, { readonly name: 'round' }>> = {
  name: 'round',
  unfit: (_spec, target) => outsideFamily('round', 'number', target.type),
  nullable: (_spec, target) => target.nullable,
  toSql: ({ digits }, { type }, { value }) => {
    return asNumber(value, clamped(toDigits(boundedNumber(value, type), digits), type), type);
  },
  reference: ({ digits }, { type }, { value }) =>
    referenceNumber(value, type, (number) => clampedDecimal(roundToDigits(dustless(number), digits), type)),
};
