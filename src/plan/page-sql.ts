import { ident, integer, join, param, sql } from '../base/index.js';
import type { TypeAccess } from '../view/index.js';
import type { ArgumentShape, CursorShape, OrderTerm } from './argument-shape.js';
import { beyond } from './keyset.js';
import { equalsOf } from './operators.js';
import { orderSql, reversed } from './order.js';
import { anyOf, PermittedRows, type Names, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import type { PageArguments } from './selection.js';
import type { Gathered, Matching, StatementScope, Wanted } from './statement-scope.js';
import { literal, whereClause, whereSql } from './where.js';

/** The wanted rows, before any filter of the caller. */
export function wantedTerms({ matching, linked, condition }: Wanted, rows: PermittedRows): PlanSql[] {
  const joined = matching.map(
    ({ column, value }) => sql`${rows.column(column)} ${equalsOf(column.type)} ${value}`,
  );
  if (linked !== null) joined.push(linked(rows));
  return condition === null ? joined : [condition, ...joined];
}

/** Rows that match, wherever they lie in the order. */
export function filterTerms(
  rows: PermittedRows,
  { shape, offset }: PageArguments,
  wanted: Wanted,
  names: Names,
): PlanSql[] {
  const terms = wantedTerms(wanted, rows);
  return shape.where === null ? terms : [...terms, whereSql(shape.where, rows, { names, offset })];
}

/** The order in which a page is read: from the end that it is taken from. */
const reading = ({ order, backward }: ArgumentShape): readonly OrderTerm[] =>
  backward ? reversed(order) : order;

const placeOf = (cursor: CursorShape, { shape, offset }: PageArguments): (PlanSql | null)[] =>
  cursor.map((position, i) => {
    const column = shape.order[i]?.column;
    return position === null || column === undefined ? null : literal(offset + position, column);
  });

/** The cursor that a page starts behind, as it is read, and the one that it ends before. */
function cursorsOf({ backward, after, before }: ArgumentShape): {
  readonly start: CursorShape | null;
  readonly end: CursorShape | null;
} {
  return backward ? { start: before, end: after } : { start: after, end: before };
}

/**
 * Conditions of the rows that a page is taken from, in one alternative or two; what the first gives comes before what the
 * second gives.
 */
function pagedTerms(
  rows: PermittedRows,
  page: PageArguments,
  wanted: Wanted,
  names: Names,
): readonly (readonly PlanSql[])[] {
  const order = reading(page.shape);
  const { start, end } = cursorsOf(page.shape);
  const terms = filterTerms(rows, page, wanted, names);
  if (end !== null) terms.push(anyOf(beyond(reversed(order), placeOf(end, page), rows)));
  if (start === null) return [terms];
  return beyond(order, placeOf(start, page), rows).map((each) => [...terms, each]);
}

function pageSize({ shape: { size }, offset }: PageArguments): PlanSql {
  if (size === null) throw new Error('a page without a size');
  const slot: PlanSlot = { id: `literal:${offset + size}`, kind: 'literal', index: offset + size };
  return param(slot, 'pg_catalog.int8');
}

function atMost({ shape: { atMost: size } }: PageArguments, more = 0): PlanSql {
  if (size === null) throw new Error('a page without a size');
  return integer(size + more);
}

/** The order asked for, less the columns that are fixed from outside: sorting by them would hide an index's order. */
export function rowOrder(order: readonly OrderTerm[], matching: Matching, rows: PermittedRows): PlanSql {
  const free = order.filter(
    ({ column, through }) => through.length > 0 || !matching.some((each) => each.column.name === column.name),
  );
  return orderSql(free.length === 0 ? order : free, rows);
}

/** The rows of each alternative, together; no more of any than `limit`. */
function nearest(
  select: PlanSql,
  rows: PermittedRows,
  alternatives: readonly (readonly PlanSql[])[],
  order: PlanSql,
  limit: PlanSql,
): PlanSql {
  const parts = alternatives.map(
    (terms) =>
      sql`(select ${select}from ${rows.toSql()}${whereClause(terms)} order by ${order} limit ${limit})`,
  );
  return parts.length === 1 ? (parts[0] ?? sql``) : sql`(${join(parts, sql` union all `)})`;
}

/**
 * One page of the permitted rows, under the rows' own name; masks and nested records are computed above it. The size is
 * bound, so that pages of any size share a statement; of a bound limit PostgreSQL only knows that it is some tenth of
 * the rows, which makes it plan each execution anew, or sort a table for ten rows. The size class tells it better.
 */
export function pageSql(rows: PermittedRows, page: PageArguments, wanted: Wanted, names: Names): PlanSql {
  const alternatives = pagedTerms(rows, page, wanted, names);
  const order = rowOrder(reading(page.shape), wanted.matching, rows);
  const name = ident(rows.alias);
  const found = nearest(sql`${name}.* `, rows, alternatives, order, atMost(page));
  return sql`(select ${name}.* from ${found} as ${name} order by ${order} limit ${pageSize(page)}) as ${name}`;
}

/** How many of the permitted rows match; a GraphQL Int at most. */
export function totalCountSql(
  access: TypeAccess,
  page: PageArguments,
  wanted: Wanted,
  { names }: StatementScope,
): PlanSql {
  const rows = new PermittedRows(access, names, wanted.above);
  const where = whereClause(filterTerms(rows, page, wanted, names));
  return sql`(select least(pg_catalog.count(*), 2147483647)::pg_catalog.int4 from ${rows.toSql()}${where})`;
}

/** Whether a permitted row matches on the far side of the page, as it is read. */
export function goesOnSql(
  access: TypeAccess,
  page: PageArguments,
  wanted: Wanted,
  { names }: StatementScope,
): PlanSql {
  const rows = new PermittedRows(access, names, wanted.above);
  const alternatives = pagedTerms(rows, page, wanted, names);
  const order = rowOrder(reading(page.shape), wanted.matching, rows);
  const found = nearest(sql``, rows, alternatives, order, atMost(page, 1));
  return sql`exists (select from ${found} as ${ident(names.next('b'))} offset ${pageSize(page)} limit 1)`;
}

/** Whether a permitted row matches on the near side of the page: at the cursor that it starts behind, or beyond. */
export function startsWithinSql(
  access: TypeAccess,
  page: PageArguments,
  wanted: Wanted,
  { names }: StatementScope,
): PlanSql {
  const { start } = cursorsOf(page.shape);
  if (start === null) return sql`false`;
  const rows = new PermittedRows(access, names, wanted.above);
  const terms = filterTerms(rows, page, wanted, names);
  const back = reversed(reading(page.shape));
  const alternatives = beyond(back, placeOf(start, page), rows, true).map((each) => [...terms, each]);
  // The nearest one: any would do, but PostgreSQL would look for it from the far end of the table.
  const order = rowOrder(back, wanted.matching, rows);
  const found = nearest(sql``, rows, alternatives, order, integer(1));
  return sql`exists (select from ${found} as ${ident(names.next('b'))})`;
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
