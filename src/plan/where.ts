import { join, param, sql } from '../base/index.js';
import { itemType, type Column } from '../catalog/index.js';
import type { WhereShape } from './argument-shape.js';
import { operators } from './operators.js';
import { allOf, anyOf, PermittedRows, type Names, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';

/** The nth literal of the operation, cast to the column's type; `many` for an array. */
export function literal(index: number, column: Column, many = false): PlanSql {
  const slot: PlanSlot = { id: `literal:${index}`, kind: 'literal', index };
  const { cast } = itemType(column.type);
  return param(slot, many ? `${cast}[]` : cast);
}

/** Where a filter stands. */
export interface WhereScope {
  readonly names: Names;
  /** Position of the field's first literal in the operation. */
  readonly offset: number;
}

/**
 * A filter as a predicate. Two-valued for whoever writes it: a comparison with a null field does not hold, and `not`
 * of what does not hold does.
 */
export function whereSql(shape: WhereShape, rows: PermittedRows, scope: WhereScope): PlanSql {
  switch (shape.kind) {
    case 'and':
      return allOf(shape.terms.map((term) => whereSql(term, rows, scope)));
    case 'or':
      return anyOf(shape.terms.map((term) => whereSql(term, rows, scope)));
    case 'not':
      return sql`(${whereSql(shape.term, rows, scope)}) is not true`;
    case 'isNull':
      return shape.isNull
        ? sql`${rows.compared(shape.field)} is null`
        : sql`${rows.compared(shape.field)} is not null`;
    case 'isEmpty': {
      const items = sql`pg_catalog.cardinality(${rows.compared(shape.field)})`;
      return shape.isEmpty ? sql`${items} ${operators.eq} 0` : sql`${items} ${operators.gt} 0`;
    }
    case 'compare':
      return compareSql(shape, rows, scope.offset);
    case 'related':
      return relatedSql(shape, rows, scope);
  }
}

function compareSql(
  { field: compared, comparison, literal: position }: Extract<WhereShape, { kind: 'compare' }>,
  rows: PermittedRows,
  offset: number,
): PlanSql {
  const { column } = compared;
  const field = rows.compared(compared);
  const value = literal(offset + position, column, comparison === 'in' || column.type.kind === 'array');
  if (comparison === 'in') return sql`${field} ${operators.eq} any (${value})`;
  // Blank-padded text is given out without its padding, and patterns are about what is given out.
  if (comparison === 'like' || comparison === 'ilike') {
    const text = column.type.kind === 'bpchar' ? sql`${field}::pg_catalog.text` : field;
    const pattern: PlanSlot = {
      id: `literal:${offset + position}`,
      kind: 'literal',
      index: offset + position,
    };
    return sql`${text} ${operators[comparison]} ${param(pattern, 'pg_catalog.text')}`;
  }
  return sql`${field} ${operators[comparison]} ${value}`;
}

/** A filter on the records behind a relation: those that the caller may see, as if there were no others. */
function relatedSql(
  { field, target, quantifier, term }: Extract<WhereShape, { kind: 'related' }>,
  rows: PermittedRows,
  scope: WhereScope,
): PlanSql {
  const above = { access: rows.access, relation: field, distinct: rows.distinct };
  const inner = new PermittedRows(target, scope.names, above);
  const holds = whereSql(term, inner, scope);
  const joined = inner.joinedTo(rows, field);
  const where = allOf([...joined, quantifier === 'every' ? sql`(${holds}) is not true` : holds]);
  const found = sql`exists (select from ${inner.toSql()} where ${where})`;
  return quantifier === 'every' || quantifier === 'none' ? sql`not ${found}` : found;
}

/** Joins with `and`, for a where clause that may be empty. */
export function whereClause(terms: readonly PlanSql[]): PlanSql {
  return terms.length === 0 ? sql`` : sql` where ${join(terms, sql` and `)}`;
}
