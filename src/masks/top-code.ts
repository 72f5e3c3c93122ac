import { constant, sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import { integerLimits } from './bounded-number.js';
import { compareDecimals, parseDecimal } from './decimal.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/** Why no value of an integer type is the cap, and what to write. */
function capProblem(cap: string, type: PgType): string | null {
  const limits = integerLimits(type);
  if (limits === null) return null;
  const { digits, scale } = parseDecimal(cap);
  const [min, max] = limits;
  if (scale === 0 && digits >= min && digits <= max) return null;
  return `${type.display} cannot hold the cap "${cap}"; use a whole number from ${min} to ${max}.`;
}

/**
 * What is above the cap looks like the cap; what is not is given as it is, so that the few large values are hidden
 * among each other. Compared in the column's own type, which is total: infinity and NaN, which PostgreSQL sorts above
 * all numbers, look like the cap. Null stays null.
 */
export const topCode: Mask<Extract<MaskSpec, { readonly name: 'topCode' }>> = {
  name: 'topCode',
  unfit: ({ cap }, { type }) => outsideFamily('topCode', 'number', type) ?? capProblem(cap, type),
  nullable: (_spec, target) => target.nullable,
  toSql: ({ cap }, { type }, { value }) => {
    const least = sql`LEAST(${asType(value, type)}, ${asType(constant(cap), type)})`;
    // LEAST passes over nulls, and would give the cap.
    return sql`CASE WHEN ${value} IS NOT NULL THEN ${least} END`;
  },
  reference: ({ cap }, _target, { value }) => {
    if (value === null || value === '-Infinity') return value;
    if (value === 'Infinity' || value === 'NaN') return cap;
    return compareDecimals(parseDecimal(value), parseDecimal(cap)) > 0 ? cap : value;
  },
};
