import { constant, ident, integer, join, sql } from '../base/index.js';
import type { ColumnField } from '../model/index.js';
import type { GuardedField, TypeAccess } from '../view/index.js';
import { asNumeric, keySql, numeric } from './aggregate-functions.js';
import { allOf, PermittedRows, type Names, type PlanSql } from './permitted-rows.js';
import { packTuple } from './record-keys.js';
import type { PageArguments } from './selection.js';
import { whereSql } from './where.js';

/**
 * Guarded aggregates, decided in the database: only what is released leaves it. The rows fall into cells: the groups of
 * those that the filter lets through, and one of all others, since what a filter leaves out is the difference to the answer
 * without it. Each row of the subselects below is what one entity adds to one cell.
 */

/** Significant digits of what leaves; besides, a sum is never finer than one entity's part in it. */
const sumDigits = constant('9.99EEEE');
const averageDigits = constant('9.9EEEE');

const list = (terms: readonly PlanSql[]): PlanSql => join(terms, sql`, `);
const keyName = (i: number): PlanSql => ident(`k${i + 1}`);

/**
 * Every value within bounds, so that nothing stored raises. What lies outside, NaN and infinities too, counts as the
 * bound, which dominates its group and is not released.
 */
function bounded({ column }: ColumnField, value: PlanSql): PlanSql {
  const number = asNumeric(value, column.type.kind);
  return sql`pg_catalog.round(least(greatest(${number}, ${numeric('-1e38')}), ${numeric('1e38')}), 30)`;
}

/** What each entity adds to each cell. */
function parts(
  access: TypeAccess,
  by: readonly ColumnField[],
  guard: GuardedField,
  page: PageArguments,
  names: Names,
): PlanSql {
  const rows = new PermittedRows(access, names, null);
  const { where } = page.shape;
  const inside = where === null ? sql`true` : sql`(${whereSql(where, rows, page.offset)}) is true`;
  const keys = by.map((field, i) => {
    const key = keySql(rows.column(field.column), field);
    return sql`${where === null ? key : sql`case when ${inside} then ${key} end`} as ${keyName(i)}`;
  });
  const column = rows.column(guard.field.column);
  const value = bounded(guard.field, column);
  const known = allOf(guard.entity.map((each) => sql`${rows.column(each)} is not null`));
  const entity = packTuple(guard.entity, (each) => rows.column(each));
  const grouped = [...keys, sql`${inside} as inside`, sql`${entity} as entity`, sql`${known} as known`];
  const added = [
    sql`pg_catalog.sum(${value}) as s`,
    sql`pg_catalog.sum(pg_catalog.abs(${value})) as size`,
    sql`pg_catalog.count(*) as n`,
  ];
  const positions = list(grouped.map((_, i) => integer(i + 1)));
  return sql`select ${list([...grouped, ...added])} from ${rows.toSql()} where ${column} is not null group by ${positions}`;
}

/** The same rows with further columns, layer upon layer. */
function withColumns(rows: PlanSql, layers: readonly (readonly PlanSql[])[], names: Names): PlanSql {
  return layers.reduce(
    (inner, columns) =>
      columns.length === 0
        ? inner
        : sql`select *, ${list(columns)} from (${inner}) as ${ident(names.next('e'))}`,
    rows,
  );
}

/** Enough entities, none of which has more than four fifths of the whole. */
function enough(entities: PlanSql, largest: PlanSql, whole: PlanSql, { minGroup }: GuardedField): PlanSql {
  return sql`(${entities} >= ${integer(minGroup)} and 5 * ${largest} <= 4 * ${whole})`;
}

/**
 * Finds what is hidden: cells that are not large enough, and the smallest of the others until what is hidden is itself
 * large enough, since it is the difference between what is released and the whole. (An entity may be in several cells: it
 * counts where it comes first, with all that it has by then.) What a filter leaves out does not help to hide what is within.
 */
function hiding(cell: PlanSql, guard: GuardedField, filtered: boolean): PlanSql[][] {
  const over = sql`over (partition by ${cell})`;
  const up = sql`over (order by place)`;
  const within = sql`over (partition by entity, inside order by place)`;
  const largeUp = enough(sql`entities_up`, sql`largest_up`, sql`whole_up`, guard);
  const largeWithin = enough(sql`entities_in_up`, sql`largest_in_up`, sql`whole_in_up`, guard);
  const large = enough(
    sql`pg_catalog.count(*) filter (where known) ${over}`,
    sql`pg_catalog.max(size) ${over}`,
    sql`pg_catalog.sum(size) ${over}`,
    guard,
  );
  return [
    [sql`${large} as large`, sql`pg_catalog.count(*) filter (where known) ${over} as entities`],
    [sql`pg_catalog.dense_rank() over (order by large, not inside, entities, ${cell}) as place`],
    [
      sql`pg_catalog.sum(size) over (partition by entity order by place) as so_far`,
      sql`known and pg_catalog.row_number() over (partition by entity order by place) = 1 as first`,
      ...(filtered
        ? [
            sql`pg_catalog.sum(size) ${within} as so_far_in`,
            sql`known and inside and pg_catalog.row_number() ${within} = 1 as first_in`,
          ]
        : []),
    ],
    [
      sql`pg_catalog.count(*) filter (where first) ${up} as entities_up`,
      sql`pg_catalog.max(so_far) ${up} as largest_up`,
      sql`pg_catalog.sum(size) ${up} as whole_up`,
      ...(filtered
        ? [
            sql`pg_catalog.count(*) filter (where first_in) ${up} as entities_in_up`,
            sql`pg_catalog.max(so_far_in) filter (where inside) ${up} as largest_in_up`,
            sql`pg_catalog.sum(size) filter (where inside) ${up} as whole_in_up`,
          ]
        : []),
      sql`pg_catalog.max(place) filter (where not large) over () as last_small`,
    ],
    [
      sql`pg_catalog.min(place) filter (where place >= last_small and ${filtered ? allOf([largeUp, largeWithin]) : largeUp}) over () as remainder`,
    ],
    [sql`(inside and (last_small is null or place > remainder)) is not true as hidden`],
  ];
}

/** Every choice of some of the keys, but not of all. */
function coarser(keys: readonly PlanSql[]): (readonly PlanSql[])[] {
  const choices = keys.reduce<(readonly PlanSql[])[]>(
    (found, key) => [...found, ...found.map((choice) => [...choice, key])],
    [[]],
  );
  return choices.filter((choice) => choice.length > 0 && choice.length < keys.length);
}

/**
 * The groups by fewer keys are asked for in another operation: what is hidden of each must be large enough too, or none of
 * it is released. (A group that is hidden by this is large, and so is what is then hidden of the others that it is in.)
 */
function hidingLines(lines: readonly (readonly PlanSql[])[], guard: GuardedField): PlanSql[][] {
  const name = (prefix: string, i: number) => ident(`${prefix} ${i}`);
  const measured = lines.flatMap((line, i) => {
    const entityOf = list([sql`inside`, ...line, sql`entity`, sql`hidden`]);
    return [
      sql`pg_catalog.sum(size) over (partition by ${entityOf}) as ${name('part', i)}`,
      sql`known and pg_catalog.row_number() over (partition by ${entityOf} order by place) = 1 as ${name('first', i)}`,
    ];
  });
  const judged = lines.map((line, i) => {
    const over = sql`over (partition by ${list([sql`inside`, ...line])})`;
    const large = enough(
      sql`pg_catalog.count(*) filter (where hidden and ${name('first', i)}) ${over}`,
      sql`pg_catalog.max(${name('part', i)}) filter (where hidden) ${over}`,
      sql`pg_catalog.sum(size) filter (where hidden) ${over}`,
      guard,
    );
    return sql`(not pg_catalog.bool_or(hidden) ${over} or ${large}) as ${name('line', i)}`;
  });
  return [measured, judged];
}

/** Sums and averages, rounded: to the least of 1, 2, 5, 10 … that no entity's part exceeds, and to significant digits. */
function rounded(released: PlanSql, keys: readonly PlanSql[], names: Names): PlanSql {
  const significant = (value: PlanSql, format: PlanSql): PlanSql =>
    sql`pg_catalog.to_char(${value}, ${format})::pg_catalog.numeric`;
  const exponent = sql`pg_catalog.split_part(pg_catalog.to_char(largest, ${constant('9EEEE')}), 'e', 2)`;
  const layers = [
    [sql`(${constant('1e')} || ${exponent})::pg_catalog.numeric as power`],
    [
      sql`case when power >= largest then power when 2 * power >= largest then 2 * power when 5 * power >= largest then 5 * power else 10 * power end as unit`,
    ],
    [sql`${significant(sql`pg_catalog.round(s / unit) * unit`, sumDigits)} as total`],
  ];
  const columns = [
    ...keys,
    sql`pg_catalog.trim_scale(total) as sum`,
    sql`pg_catalog.trim_scale(${significant(sql`total / n`, averageDigits)}) as avg`,
  ];
  return sql`select ${list(columns)} from (${withColumns(released, layers, names)}) as ${ident(names.next('e'))}`;
}

/** `select k1 …, sum, avg` of the groups that are released. */
export function guardedSql(
  access: TypeAccess,
  by: readonly ColumnField[],
  guard: GuardedField,
  page: PageArguments,
  names: Names,
): PlanSql {
  const keys = by.map((_, i) => keyName(i));
  const lines = coarser(keys);
  const cell = list([sql`inside`, ...keys]);
  const layers = [...hiding(cell, guard, page.shape.where !== null), ...hidingLines(lines, guard)];
  const judged = withColumns(parts(access, by, guard, page, names), layers, names);
  const released = allOf([sql`not hidden`, ...lines.map((_, i) => ident(`line ${i}`))]);
  const columns = [
    ...keys,
    sql`pg_catalog.sum(s) as s`,
    sql`pg_catalog.sum(n) as n`,
    sql`greatest(pg_catalog.max(size), ${numeric('1e-30')}) as largest`,
  ];
  // Of no group at all there would be one row of nulls, were there no key to group by.
  const groups = sql`select ${list(columns)} from (${judged}) as ${ident(names.next('e'))} where ${released} group by ${list([...keys, sql`inside`])}`;
  return rounded(groups, keys, names);
}
