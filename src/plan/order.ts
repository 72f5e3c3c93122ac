import { join, sql } from '../base/index.js';
import type { OrderTerm } from './argument-shape.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';

/** What a term sorts by: a column of the row, or of the record that its relations lead to, null where there is none. */
export function orderValue({ column, field, through }: OrderTerm, rows: PermittedRows): PlanSql {
  return rows.reached(through, column, field);
}

/** `order by` terms. Nulls are placed explicitly, where PostgreSQL's indexes have them: last when ascending. */
export function orderSql(order: readonly OrderTerm[], rows: PermittedRows): PlanSql {
  return join(
    order.map((term) =>
      term.direction === 'ASC'
        ? sql`${orderValue(term, rows)} asc nulls last`
        : sql`${orderValue(term, rows)} desc nulls first`,
    ),
    sql`, `,
  );
}

/** The same order from the other end. Null is the greatest value either way. */
export function reversed(order: readonly OrderTerm[]): readonly OrderTerm[] {
  return order.map((term) => ({ ...term, direction: term.direction === 'ASC' ? 'DESC' : 'ASC' }));
}
