import { join, sql } from '../base/index.js';
import type { OrderTerm } from './argument-shape.js';
import { operatorOf, operatorSchema } from './operators.js';
import { orderValue } from './order.js';
import { allOf, anyOf, type PermittedRows, type PlanSql } from './permitted-rows.js';

/** A place in an order: the value of each term there, null for a null. Null is greater than every value. */
export type Place = readonly (PlanSql | null)[];

/** Rows that come after the value in one term of the order. */
function follows(term: OrderTerm, value: PlanSql | null, rows: PermittedRows): PlanSql {
  const field = orderValue(term, rows);
  if (term.direction === 'ASC') {
    if (value === null) return sql`false`;
    const greater = sql`${field} ${operatorOf('gt', term.column.type)} ${value}`;
    return term.column.notNull ? greater : sql`(${greater} or ${field} is null)`;
  }
  return value === null
    ? sql`${field} is not null`
    : sql`${field} ${operatorOf('lt', term.column.type)} ${value}`;
}

/** The comparison written out term by term; of none left, whether the place itself is among the rows. */
function termwise(order: readonly OrderTerm[], place: Place, rows: PermittedRows, itself: boolean): PlanSql {
  return order.reduceRight<PlanSql>(
    (rest, term, i) => {
      const value = place[i] ?? null;
      const field = orderValue(term, rows);
      const ties =
        value === null ? sql`${field} is null` : sql`${field} ${operatorOf('eq', term.column.type)} ${value}`;
      return anyOf([follows(term, value, rows), allOf([ties, rest])]);
    },
    itself ? sql`true` : sql`false`,
  );
}

/**
 * Whether all terms rise or fall together, none but the first can be null, and one operator compares them all, so that a
 * row comparison says it all.
 */
function sameWay([lead, ...rest]: readonly OrderTerm[]): boolean {
  return rest.every(
    ({ direction, column }) =>
      direction === lead?.direction &&
      column.notNull &&
      operatorSchema(column.type) === operatorSchema(lead.column.type),
  );
}

function rowComparison(
  order: readonly OrderTerm[],
  place: Place,
  rows: PermittedRows,
  itself: boolean,
): PlanSql {
  const fields = order.map((term) => orderValue(term, rows));
  const values = place.map((value) => value ?? sql`null`);
  const [lead] = order;
  if (lead === undefined) throw new Error('an order without terms');
  const operator = lead.direction === 'ASC' ? (itself ? 'gte' : 'gt') : itself ? 'lte' : 'lt';
  const compare = operatorOf(operator, lead.column.type);
  return sql`(${join(fields, sql`, `)}) ${compare} (${join(values, sql`, `)})`;
}

/**
 * Terms of which the ties are told from what lies behind them. Each is an alternative or two more in the statement, so
 * orders of many terms have their last ones written out instead.
 */
const splits = 2;

/**
 * Rows beyond a place in an order, as alternatives: the rows of each come before those of the next, and no row is in two.
 * Each is a range of an index that begins with the order's columns, so that a page far behind costs no more than the
 * first. One row comparison is enough where the terms go the same way; ties, what lies behind them, and nulls, which lie
 * behind everything, are ranges apart.
 * @param itself whether the row at the place is among them
 */
export function beyond(
  order: readonly OrderTerm[],
  place: Place,
  rows: PermittedRows,
  itself = false,
  left = splits,
): readonly PlanSql[] {
  const [lead, ...rest] = order;
  const [value = null, ...others] = place;
  if (lead === undefined) return itself ? [sql`true`] : [];
  const field = orderValue(lead, rows);
  const isNull = sql`${field} is null`;
  const nulls = lead.direction === 'ASC' && !lead.column.notNull ? [isNull] : [];
  if (value !== null && sameWay(order)) return [rowComparison(order, place, rows, itself), ...nulls];
  const ties = value === null ? isNull : sql`${field} ${operatorOf('eq', lead.column.type)} ${value}`;
  const among =
    left > 0 ? beyond(rest, others, rows, itself, left - 1) : [termwise(rest, others, rows, itself)];
  return [
    ...among.map((each) => allOf([ties, each])),
    ...behindTies(lead, value, field),
    ...(value === null ? [] : nulls),
  ];
}

/** Rows whose first term is not null and beyond the value, if there can be any. */
function behindTies({ direction, column }: OrderTerm, value: PlanSql | null, field: PlanSql): PlanSql[] {
  if (value === null) return direction === 'ASC' ? [] : [sql`${field} is not null`];
  return [sql`${field} ${operatorOf(direction === 'ASC' ? 'gt' : 'lt', column.type)} ${value}`];
}
