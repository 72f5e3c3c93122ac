import { ident, integer, join, param, sql } from '../base/index.js';
import type { TypeAccess } from '../view/index.js';
import type { OrderTerm } from './arguments.js';
import { behindCursor, orderSql } from './order.js';
import { PermittedRows, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import type { PageArguments } from './selection.js';
import type { Gathered, Matching, StatementScope, Wanted } from './statement-scope.js';
import { whereClause, whereSql } from './where.js';

/** The wanted rows, before any filter of the caller. */
export function wantedTerms({ matching, condition }: Wanted, rows: PermittedRows): PlanSql[] {
  const joined = matching.map(({ column, value }) => sql`${rows.column(column)} = ${value}`);
  return condition === null ? joined : [condition, ...joined];
}

/** The wanted rows that the caller's filter lets through. */
export function filterTerms(
  rows: PermittedRows,
  { shape, offset }: PageArguments,
  wanted: Wanted,
): PlanSql[] {
  const terms = wantedTerms(wanted, rows);
  return shape.where === null ? terms : [...terms, whereSql(shape.where, rows, offset)];
}

function pagedTerms(rows: PermittedRows, page: PageArguments, wanted: Wanted): PlanSql[] {
  const { shape, offset } = page;
  const terms = filterTerms(rows, page, wanted);
  if (shape.after === null) return terms;
  const after = shape.after.map((position) => (position === null ? null : position + offset));
  return [...terms, behindCursor(shape.order, after, rows)];
}

function pageSize({ shape: { first }, offset }: PageArguments): PlanSql {
  if (first === null) throw new Error('a page without a size');
  const slot: PlanSlot = { id: `literal:${offset + first}`, kind: 'literal', index: offset + first };
  return param(slot, 'pg_catalog.int8');
}

function atMost({ shape: { atMost: size } }: PageArguments, more = 0): PlanSql {
  if (size === null) throw new Error('a page without a size');
  return integer(size + more);
}

/** The order asked for, less the columns that are fixed from outside: sorting by them would hide an index's order. */
export function rowOrder(order: readonly OrderTerm[], matching: Matching, rows: PermittedRows): PlanSql {
  const free = order.filter(({ column }) => !matching.some((each) => each.column.name === column.name));
  return orderSql(free.length === 0 ? order : free, rows);
}

/**
 * One page of the permitted rows, under the rows' own name; masks and nested records are computed above it. The size is
 * bound, so that pages of any size share a statement; of a bound limit PostgreSQL only knows that it is some tenth of
 * the rows, which makes it plan each execution anew, or sort a table for ten rows. The size class tells it better.
 */
export function pageSql(rows: PermittedRows, page: PageArguments, wanted: Wanted, order: PlanSql): PlanSql {
  const where = whereClause(pagedTerms(rows, page, wanted));
  const name = ident(rows.alias);
  const nearest = sql`(select ${name}.* from ${rows.toSql()}${where} order by ${order} limit ${atMost(page)}) as ${name}`;
  return sql`(select ${name}.* from ${nearest} order by ${order} limit ${pageSize(page)}) as ${name}`;
}

/** How many of the permitted rows match; a GraphQL Int at most. */
export function totalCountSql(
  access: TypeAccess,
  page: PageArguments,
  wanted: Wanted,
  scope: StatementScope,
): PlanSql {
  const rows = new PermittedRows(access, scope.names, wanted.above);
  const where = whereClause(filterTerms(rows, page, wanted));
  return sql`(select least(pg_catalog.count(*), 2147483647)::pg_catalog.int4 from ${rows.toSql()}${where})`;
}

/** Whether a permitted row matches behind the page. */
export function hasNextPageSql(
  access: TypeAccess,
  page: PageArguments,
  wanted: Wanted,
  scope: StatementScope,
): PlanSql {
  const rows = new PermittedRows(access, scope.names, wanted.above);
  const where = whereClause(pagedTerms(rows, page, wanted));
  const order = rowOrder(page.shape.order, wanted.matching, rows);
  const behind = sql`(select from ${rows.toSql()}${where} order by ${order} limit ${atMost(page, 1)}) as ${ident(scope.names.next('b'))}`;
  return sql`exists (select from ${behind} offset ${pageSize(page)} limit 1)`;
}

/** Gathers what the rows hand up in the rows' order, so that tuples stay in step with the JSON they belong to. */
export function gatherSql({ values }: Gathered, order: PlanSql): PlanSql {
  return join(
    values.map(
      ({ output, value }) =>
        sql`, pg_catalog.string_agg(${value}, ''::pg_catalog.bytea order by ${order}) as ${ident(output.name)}`,
    ),
    sql``,
  );
}
