import { join, param, sql } from '../base/index.js';
import { itemType, type Column } from '../catalog/index.js';
import type { WhereShape } from './argument-shape.js';
import { operatorOf, type Operator } from './operators.js';
import { allOf, anyOf, PermittedRows, type Names, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';

/** The nth literal of the operation, under a cast. */
function literalAs(index: number, cast: string): PlanSql {
  const slot: PlanSlot = { id: `literal:${index}`, kind: 'literal', index };
  return param(slot, cast);
}

/** The nth literal of the operation, cast to the column's type; `many` for an array. */
export function literal(index: number, column: Column, many = false): PlanSql {
  const { cast } = itemType(column.type);
  return literalAs(index, many ? `${cast}[]` : cast);
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
    case 'isEmpty':
      return emptySql(shape, rows);
    case 'at':
      return atSql(shape, rows, scope.offset);
    case 'compare':
      return compareSql(shape, rows, scope.offset);
    case 'related':
      return relatedSql(shape, rows, scope);
  }
}

function emptySql(
  { field, isEmpty }: Extract<WhereShape, { kind: 'isEmpty' }>,
  rows: PermittedRows,
): PlanSql {
  const value = rows.compared(field);
  const { type } = field.column;
  if (type.kind !== 'array') return isEmpty ? isEmptyRange(value) : sql`not ${isEmptyRange(value)}`;
  return sql`pg_catalog.cardinality(${value}) ${operatorOf(isEmpty ? 'eq' : 'gt', type)} 0`;
}

const isEmptyRange = (value: PlanSql): PlanSql => sql`pg_catalog.isempty(${value})`;

/**
 * What is at a path of a document. Only of `jsonb`: `json` keeps its text as it came, and to follow a path in one raises
 * for what is not in it, escaped NULs and numbers of any size.
 */
function atSql(shape: Extract<WhereShape, { kind: 'at' }>, rows: PermittedRows, offset: number): PlanSql {
  const { field, comparison } = shape;
  const { type } = field.column;
  const path = literalAs(offset + shape.path, 'pg_catalog.text[]');
  const found = sql`(${rows.compared(field)} operator(pg_catalog.#>) ${path})`;
  const equal = operatorOf('eq', type);
  switch (comparison) {
    case 'isNull':
      return sql`coalesce(${found}, 'null'::pg_catalog.jsonb) ${equal} 'null'::pg_catalog.jsonb`;
    case 'in':
      return sql`${found} ${equal} any (${literalAs(offset + shape.literal, 'pg_catalog.jsonb[]')})`;
    case 'eq':
      return sql`${found} ${equal} ${literalAs(offset + shape.literal, 'pg_catalog.jsonb')}`;
  }
}

/** What a literal is cast to: the type of the column, or of what is looked for in it. */
function operandCast({ type }: Column, operator: Operator): string {
  if (operator === 'like' || operator === 'ilike') return 'pg_catalog.text';
  if (type.kind === 'array') return `${itemType(type).cast}[]`;
  return operator === 'includes' && type.element !== null ? type.element.cast : type.cast;
}

function compareSql(
  { field: compared, comparison, literal: position }: Extract<WhereShape, { kind: 'compare' }>,
  rows: PermittedRows,
  offset: number,
): PlanSql {
  const { column } = compared;
  const { type } = column;
  const field = rows.compared(compared);
  if (comparison === 'in')
    return sql`${field} ${operatorOf('eq', type)} any (${literal(offset + position, column, true)})`;
  const value = literalAs(offset + position, operandCast(column, comparison));
  // Blank-padded text is given out without its padding, and patterns are about what is given out.
  const isPattern = comparison === 'like' || comparison === 'ilike';
  const text = isPattern && type.kind === 'bpchar' ? sql`${field}::pg_catalog.text` : field;
  return sql`${text} ${operatorOf(comparison, type)} ${value}`;
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
