import { constant, sql, type Slot, type Sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import {
  asNumber,
  boundedNumber,
  clamped,
  clampedDecimal,
  exactNumber,
  integerLimits,
  isAmount,
  numeric,
  referenceNumber,
} from './bounded-number.js';
import { floorToMultiple, parseDecimal } from './decimal.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/** Twice a width, less one, is still an int8. */
const WHOLE_WIDTH_MAX = 2n ** 62n;

/** What is left of a number above the greatest multiple of the width that is not above it; for negatives too. */
function restOf<S extends Slot>(number: Sql<S>, step: Sql<S>): Sql<S> {
  return sql<S>`pg_catalog.mod(pg_catalog.mod(${number}, ${step}) + ${step}, ${step})`;
}

/** Of an integer column, in whole numbers: a numeric takes ten times as long. */
function wholeBucket<S extends Slot>(value: Sql<S>, width: string, min: bigint, type: PgType): Sql<S> {
  const int8 = (text: string) => sql`${constant(text)}::pg_catalog.int8`;
  const number = sql<S>`(${value})::pg_catalog.int8`;
  // No further down than to the lowest number of the type; of what is not negative, -1 stands in, or this would overflow.
  const room = sql<S>`LEAST(${number}, ${int8('-1')}) - ${int8(String(min))}`;
  return asType(sql<S>`${number} - LEAST(${restOf(number, int8(width))}, ${room})`, type);
}

function decimalBucket<S extends Slot>(value: Sql<S>, width: string, type: PgType): Sql<S> {
  const number = boundedNumber(value, type);
  // Remainders are exact where a quotient of numerics is rounded, now and then up into the next bucket.
  return asNumber(value, clamped(sql<S>`${number} - ${restOf(number, numeric(width))}`, type), type);
}

/**
 * The same for what is not negative and within bounds, as most amounts are: two operations instead of nine. A quotient cut
 * to whole numbers is exact, and of a width of 1 and more it is no greater than the number, so that neither step raises
 * for any number there is.
 */
function amountBucket<S extends Slot>(value: Sql<S>, width: string, type: PgType): Sql<S> {
  const step = numeric(width);
  const start = sql<S>`${step} * pg_catalog.div(${exactNumber(value, type)}, ${step})`;
  return asType(width.includes('.') ? sql<S>`pg_catalog.trim_scale(${start})` : start, type);
}

/**
 * The greatest multiple of the width that is not above the value, for negatives too; null stays null. The lowest
 * bucket of an integer type may begin below its range, and looks like its lowest number.
 */
export const bucket: Mask<Extract<MaskSpec, { readonly name: 'bucket' }>> = {
  name: 'bucket',
  unfit: ({ width }, { type }) => {
    const outside = outsideFamily('bucket', 'number', type);
    if (outside !== null || integerLimits(type) === null || !width.includes('.')) return outside;
    return `bucket "${width}" has multiples that ${type.display} cannot hold; use a whole number.`;
  },
  nullable: (_spec, target) => target.nullable,
  toSql: ({ width }, { type }, { value }) => {
    const limits = integerLimits(type);
    const any = decimalBucket(value, width, type);
    if (limits !== null)
      return BigInt(width) <= WHOLE_WIDTH_MAX ? wholeBucket(value, width, limits[0], type) : any;
    if (width.startsWith('0')) return any;
    return sql`CASE WHEN ${isAmount(value, type)} THEN ${amountBucket(value, width, type)} ELSE ${any} END`;
  },
  reference: ({ width }, { type }, { value }) =>
    referenceNumber(value, type, (number) =>
      clampedDecimal(floorToMultiple(number, parseDecimal(width)), type),
    ),
};
