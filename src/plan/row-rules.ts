import { ident, join, param, sql, type Sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { RowBinding, TypeModel } from '../model/index.js';
import type { RowCondition, RowMatch, RowValue } from '../policy/index.js';
import type { TypeAccess } from '../view/index.js';
import { equalsOf } from './operators.js';
import type { PlanSlot } from './plan.js';

/** Which rows of a table are the caller's, and which are records: what `PermittedRows` is made of, and nothing else is. */

/** SQL of a plan. */
export type PlanSql = Sql<PlanSlot>;

/** Gives every subselect of a statement a name of its own. */
export class Names {
  #last = 0;

  next(prefix: string): string {
    this.#last += 1;
    return `${prefix}${this.#last}`;
  }
}

const yes: PlanSql = sql`true`;
const no: PlanSql = sql`false`;

/** All of these, any of these; of none: true, false. */
export const allOf = (terms: readonly PlanSql[]): PlanSql =>
  terms.length === 0 ? yes : terms.length === 1 ? (terms[0] ?? yes) : sql`(${join(terms, sql` and `)})`;
export const anyOf = (terms: readonly PlanSql[]): PlanSql =>
  terms.length === 0 ? no : terms.length === 1 ? (terms[0] ?? no) : sql`(${join(terms, sql` or `)})`;

/** The slot of a row rule's values. Two columns of one type share it. */
function rowValues(value: RowValue, column: Column): PlanSql {
  const id = `rows:${JSON.stringify([value, column.type.cast])}`;
  return param({ id, kind: 'rows', value, type: column.type }, `${column.type.cast}[]`);
}

function bound(binding: RowBinding, value: RowValue, alias: string, names: Names): PlanSql {
  switch (binding.kind) {
    case 'shared':
      return yes;
    case 'column':
      return sql`${ident(alias, binding.column.name)} ${equalsOf(binding.column.type)} any (${rowValues(value, binding.column)})`;
    case 'via': {
      const { relation, through } = binding;
      const inner = names.next('v');
      const joined = relation.to.map(
        (column, i) =>
          sql`${ident(inner, column.name)} ${equalsOf(column.type)} ${ident(alias, relation.from[i]?.name ?? '')}`,
      );
      const rule = anyOf(through.bindings.map((each) => bound(each, value, inner, names)));
      return sql`exists (select from ${ident(through.schema, through.table)} as ${ident(inner)} where ${allOf([...joined, rule])})`;
    }
  }
}

function owns(binding: RowBinding, by: string): boolean {
  return binding.by === by || (binding.kind === 'shared' && binding.by === null);
}

/** Rows of the type that match, as a predicate on `alias`. A key without a binding matches nothing. */
function matches(type: TypeModel, match: RowMatch, alias: string, names: Names): PlanSql {
  return allOf(
    match.map(({ by, value }) =>
      anyOf(
        type.rows
          .filter((binding) => owns(binding, by))
          .map((binding) => bound(binding, value, alias, names)),
      ),
    ),
  );
}

/** Rows on which any of the conditions holds. */
export function holds(
  type: TypeModel,
  conditions: readonly RowCondition[],
  alias: string,
  names: Names,
): PlanSql {
  return anyOf(
    conditions.map((condition) => allOf(condition.map((match) => matches(type, match, alias, names)))),
  );
}

/** Whether the caller may see a row of the type's table under this name. */
export function permits({ type, rows }: TypeAccess, alias: string, names: Names): PlanSql {
  return holds(
    type,
    rows.map(({ when }) => when),
    alias,
    names,
  );
}

/**
 * What makes a record of a row where no catalogue does: no part of its key is null, and no second row that the caller may see
 * has the same. Of rows that share a key none is given, for which of them it is would be chance.
 */
export function keyed(access: TypeAccess, alias: string, names: Names): PlanSql[] {
  const { type, allRows } = access;
  const terms = type.keyNulls.map(({ name }) => sql`${ident(alias, name)} is not null`);
  if (type.keyBecause === null) return terms;
  const other = names.next('o');
  const same = type.key.map(
    ({ name, type: columnType }) => sql`${ident(other, name)} ${equalsOf(columnType)} ${ident(alias, name)}`,
  );
  const where = allOf(allRows ? same : [...same, permits(access, other, names)]);
  const second = sql`select from ${ident(type.schema, type.table)} as ${ident(other)} where ${where} offset 1`;
  return [...terms, sql`not exists (${second})`];
}
