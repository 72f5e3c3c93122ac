import { integer, sql, type Slot, type Sql } from '../base/index.js';
import { builtInType, type PgType } from '../catalog/index.js';
import { boundedNumber, referenceNumber } from './bounded-number.js';
import { roundToScale } from './decimal.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

const coordinateType = builtInType('float8');

function coordinate<S extends Slot>(value: Sql<S>, type: PgType, index: 0 | 1, decimals: number): Sql<S> {
  const exact = boundedNumber(sql<S>`(${asType(value, type)})[${integer(index)}]`, coordinateType);
  return sql<S>`pg_catalog.round(${exact}, ${integer(decimals)})::pg_catalog.float8`;
}

/**
 * Both coordinates of a point, rounded half away from zero to so many decimals; of degrees, two are about a kilometre.
 * What is no coordinate (infinity, NaN) looks like the bound of numbers. Null stays null.
 */
export const geo: Mask<Extract<MaskSpec, { readonly name: 'geo' }>> = {
  name: 'geo',
  unfit: (_spec, { type }) => outsideFamily('geo', 'point', type),
  nullable: (_spec, target) => target.nullable,
  toSql: ({ decimals }, { type }, { value }) =>
    sql`CASE WHEN ${value} IS NOT NULL THEN pg_catalog.point(${coordinate(value, type, 0, decimals)}, ${coordinate(value, type, 1, decimals)}) END`,
  reference: ({ decimals }, _target, { value }) => {
    if (value === null) return null;
    const coordinates = value
      .slice(1, -1)
      .split(',')
      .map((text) => referenceNumber(text, coordinateType, (exact) => roundToScale(exact, decimals)));
    return `(${coordinates.join(',')})`;
  },
};
