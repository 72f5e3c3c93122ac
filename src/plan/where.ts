import { join, param, sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { WhereShape } from './arguments.js';
import { allOf, anyOf, type PermittedRows, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';

/** The nth literal of the operation, cast to the column's type; `many` for an array. */
export function literal(index: number, column: Column, many = false): PlanSql {
  const slot: PlanSlot = { id: `literal:${index}`, kind: 'literal', index };
  return param(slot, many ? `${column.type.cast}[]` : column.type.cast);
}

// Each operator is total over the types that may be compared: it raises for no stored value.
const operators = { eq: sql`=`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` } as const;

/**
 * A filter as a predicate. Two-valued for whoever writes it: a comparison with a null field does not hold, and `not`
 * of what does not hold does.
 * @param offset position of the field's first literal in the operation
 */
export function whereSql(shape: WhereShape, rows: PermittedRows, offset: number): PlanSql {
  switch (shape.kind) {
    case 'and':
      return allOf(shape.terms.map((term) => whereSql(term, rows, offset)));
    case 'or':
      return anyOf(shape.terms.map((term) => whereSql(term, rows, offset)));
    case 'not':
      return sql`(${whereSql(shape.term, rows, offset)}) is not true`;
    case 'isNull':
      return shape.isNull
        ? sql`${rows.column(shape.field.column)} is null`
        : sql`${rows.column(shape.field.column)} is not null`;
    case 'compare': {
      const { column } = shape.field;
      const value = literal(offset + shape.literal, column, shape.comparison === 'in');
      if (shape.comparison === 'in') return sql`${rows.column(column)} = any (${value})`;
      if (shape.comparison === 'ne') return sql`${rows.column(column)} is distinct from ${value}`;
      return sql`${rows.column(column)} ${operators[shape.comparison]} ${value}`;
    }
  }
}

/** Joins with `and`, for a where clause that may be empty. */
export function whereClause(terms: readonly PlanSql[]): PlanSql {
  return terms.length === 0 ? sql`` : sql` where ${join(terms, sql` and `)}`;
}
