import { constant, ident, sql } from '../base/index.js';
import type { PgKind } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { Compute } from './aggregate-selection.js';
import type { PlanSql } from './permitted-rows.js';
import { folded } from './record-keys.js';

/**
 * Each is total over the values that its kind can store, and has one answer whatever the order of the rows: sums are
 * taken in numeric, texts compared byte by byte, and values that are equal but written in several ways (1.0 and 1.00,
 * 0 and -0, padded texts, texts in upper and lower case where these are one) are given in one of them.
 */

const textKinds: ReadonlySet<PgKind> = new Set(['text', 'varchar', 'bpchar']);
const floatKinds: ReadonlySet<PgKind> = new Set(['float4', 'float8']);

/** A numeric constant. */
export const numeric = (text: string): PlanSql => sql`${constant(text)}::pg_catalog.numeric`;

/** A number as numeric. A float goes by its text, all its digits: a direct cast keeps 15. */
export function asNumeric(value: PlanSql, kind: PgKind): PlanSql {
  if (floatKinds.has(kind)) return sql`${value}::pg_catalog.text::pg_catalog.numeric`;
  return kind === 'numeric' ? value : sql`${value}::pg_catalog.numeric`;
}

/** The value as it is grouped by, counted apart and shown as a key. */
export function keySql(value: PlanSql, { column }: ColumnField): PlanSql {
  const { kind } = column.type;
  if (kind === 'citext') return sql`(${folded(value)} collate ${ident('pg_catalog', 'C')})`;
  if (textKinds.has(kind)) return sql`(${value}::pg_catalog.text collate ${ident('pg_catalog', 'C')})`;
  if (kind === 'numeric') return sql`pg_catalog.trim_scale(${value})`;
  if (floatKinds.has(kind)) return withoutSignedZero(value, kind);
  return value;
}

function withoutSignedZero(value: PlanSql, kind: PgKind): PlanSql {
  return sql`(${value} + ${constant('0')}::${ident('pg_catalog', kind)})`;
}

/** Larger finite numbers are not added up: 10¹³¹⁰⁷² overflows, and no number of rows gets from here to there. */
const addable = numeric('1e131000');

/** Rows whose number can be added up; NaN and infinities can. */
function isAddable(value: PlanSql): PlanSql {
  const size = sql`pg_catalog.abs(${value})`;
  return sql`(${size} <= ${addable} or ${size} >= ${numeric('Infinity')})`;
}

/** `sum` or `avg` in numeric: null where a number is beyond what can be added up. */
function total(compute: 'sum' | 'avg', value: PlanSql, kind: PgKind): PlanSql {
  const number = asNumeric(value, kind);
  const apply = compute === 'sum' ? sql`pg_catalog.sum` : sql`pg_catalog.avg`;
  const finish = (result: PlanSql) => (compute === 'sum' ? result : sql`pg_catalog.trim_scale(${result})`);
  // Only numeric holds numbers so large.
  if (kind !== 'numeric') return finish(sql`${apply}(${number})`);
  const fits = isAddable(number);
  return finish(
    sql`case when pg_catalog.bool_and(${fits}) is not false then ${apply}(${number}) filter (where ${fits}) end`,
  );
}

/** `min` or `max`. A numeric has as many decimals as the longest of those compared. */
function extreme(compute: 'min' | 'max', value: PlanSql, field: ColumnField): PlanSql {
  const { kind } = field.column.type;
  const apply = compute === 'min' ? sql`pg_catalog.min` : sql`pg_catalog.max`;
  if (kind === 'numeric')
    return sql`pg_catalog.round(${apply}(${value}), coalesce(pg_catalog.max(pg_catalog.scale(${value})), 0))`;
  if (floatKinds.has(kind)) return withoutSignedZero(sql`${apply}(${value})`, kind);
  return sql`${apply}(${textKinds.has(kind) ? keySql(value, field) : value})`;
}

/** How many rows or values, a GraphQL Int at most. */
export const countSql = (what: PlanSql): PlanSql =>
  sql`least(pg_catalog.count(${what}), 2147483647)::pg_catalog.int4`;

/** An aggregate over the clear values of a column. */
export function computeSql(compute: Compute, value: PlanSql, field: ColumnField): PlanSql {
  switch (compute) {
    case 'countDistinct':
      return countSql(sql`distinct ${keySql(value, field)}`);
    case 'sum':
    case 'avg':
      return total(compute, value, field.column.type.kind);
    case 'min':
    case 'max':
      return extreme(compute, value, field);
  }
}
