import { constant, integer, sql } from '../base/index.js';
import { asNumber, boundedNumber, clamped, clampedDecimal, referenceNumber } from './bounded-number.js';
import { roundToDigits, roundToScale } from './decimal.js';
import { outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/**
 * What is smaller than half of 10⁻³⁰ looks like 0: it has no magnitude that floats could hold, and the exponent
 * of the smallest numerics cannot be read back from the text.
 */
const FRACTION_DIGITS_MAX = 30;

/**
 * So many significant digits, rounded half away from zero; null stays null. A number of fewer digits is its own
 * mask, small integers above all: see `canBeIdentity`.
 */
export const round: Mask<Extract<MaskSpec, { readonly name: 'round' }>> = {
  name: 'round',
  unfit: (_spec, target) => outsideFamily('round', 'number', target.type),
  nullable: (_spec, target) => target.nullable,
  toSql: ({ digits }, { type }, { value }) => {
    const number = sql`pg_catalog.round(${boundedNumber(value, type)}, ${integer(FRACTION_DIGITS_MAX)})`;
    // Scientific notation is the one form that counts significant digits; a logarithm raises for 0 and below.
    const format = constant(`${digits === 1 ? '9' : `9.${'9'.repeat(digits - 1)}`}EEEE`);
    const rounded = sql`pg_catalog.to_char(${number}, ${format})::pg_catalog.numeric`;
    return asNumber(value, clamped(rounded, type), type);
  },
  reference: ({ digits }, { type }, { value }) =>
    referenceNumber(value, type, (number) =>
      clampedDecimal(roundToDigits(roundToScale(number, FRACTION_DIGITS_MAX), digits), type),
    ),
};
