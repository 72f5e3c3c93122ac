import { sql } from '../base/index.js';
import {
  asNumber,
  boundedNumber,
  clamped,
  clampedDecimal,
  numeric,
  referenceNumber,
} from './bounded-number.js';
import { floorToMultiple, parseDecimal } from './decimal.js';
import { outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

const integers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

/**
 * The greatest multiple of the width that is not above the value, for negatives too; null stays null. The lowest
 * bucket of an integer type may begin below its range, and looks like its lowest number.
 */
export const bucket: Mask<Extract<MaskSpec, { readonly name: 'bucket' }>> = {
  name: 'bucket',
  unfit: ({ width }, { type }) => {
    const outside = outsideFamily('bucket', 'number', type);
    if (outside !== null || !integers.has(type.kind) || !width.includes('.')) return outside;
    return `bucket "${width}" has multiples that ${type.display} cannot hold; use a whole number.`;
  },
  nullable: (_spec, target) => target.nullable,
  toSql: ({ width }, { type }, { value }) => {
    const number = boundedNumber(value, type);
    const step = numeric(width);
    // Remainders are exact where a quotient of numerics is rounded, now and then up into the next bucket.
    const rest = sql`pg_catalog.mod(pg_catalog.mod(${number}, ${step}) + ${step}, ${step})`;
    return asNumber(value, clamped(sql`${number} - ${rest}`, type), type);
  },
  reference: ({ width }, { type }, { value }) =>
    referenceNumber(value, type, (number) =>
      clampedDecimal(floorToMultiple(number, parseDecimal(width)), type),
    ),
};
