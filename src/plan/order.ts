import { join, sql } from '../base/index.js';
import type { OrderTerm } from './arguments.js';
import { allOf, anyOf, type PermittedRows, type PlanSql } from './permitted-rows.js';
import { literal } from './where.js';

/** `order by` terms. Nulls are placed explicitly, where PostgreSQL's indexes have them: last when ascending. */
export function orderSql(order: readonly OrderTerm[], rows: PermittedRows): PlanSql {
  return join(
    order.map(({ column, direction }) =>
      direction === 'ASC'
        ? sql`${rows.column(column)} asc nulls last`
        : sql`${rows.column(column)} desc nulls first`,
    ),
    sql`, `,
  );
}

/** Rows that come after the value in one term of the order. */
function follows({ column, direction }: OrderTerm, value: PlanSql | null, rows: PermittedRows): PlanSql {
  const field = rows.column(column);
  if (direction === 'ASC') {
    if (value === null) return sql`false`;
    return column.notNull ? sql`${field} > ${value}` : sql`(${field} > ${value} or ${field} is null)`;
  }
  return value === null ? sql`${field} is not null` : sql`${field} < ${value}`;
}

/**
 * Rows behind a cursor. Where all terms rise or fall together and none can be null, one row comparison, which an index
 * serves; else the comparison written out term by term.
 * @param after position of each value among the operation's literals, null for a null
 */
export function behindCursor(
  order: readonly OrderTerm[],
  after: readonly (number | null)[],
  rows: PermittedRows,
): PlanSql {
  const values = order.map(({ column }, i) => {
    const index = after[i];
    return index === null || index === undefined ? null : literal(index, column);
  });
  const direction = order[0]?.direction;
  const present = values.filter((value) => value !== null);
  if (
    present.length === order.length &&
    order.every((term) => term.direction === direction && term.column.notNull)
  ) {
    const fields = join(
      order.map(({ column }) => rows.column(column)),
      sql`, `,
    );
    const compare = direction === 'DESC' ? sql`<` : sql`>`;
    return sql`(${fields}) ${compare} (${join(present, sql`, `)})`;
  }
  return order.reduceRight<PlanSql>(
    (rest, term, i) => {
      const value = values[i] ?? null;
      const field = rows.column(term.column);
      const ties = value === null ? sql`${field} is null` : sql`${field} = ${value}`;
      return anyOf([follows(term, value, rows), allOf([ties, rest])]);
    },
    sql`false`,
  );
}
