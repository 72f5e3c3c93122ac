import { constant, ident, integer, join, sql } from '../base/index.js';
import type { ColumnField } from '../model/index.js';
import type { GuardedField, TypeAccess } from '../view/index.js';
import { asNumeric, keySql, numeric } from './aggregate-functions.js';
import { allOf, PermittedRows, type Names, type PlanSql } from './permitted-rows.js';
import { packTuple } from './record-keys.js';
import type { PageArguments } from './selection.js';
import { whereSql } from './where.js';

/** Significant digits of what leaves: a sum has these and is never finer than one entity's part in it. */
const sumDigits = constant('9.99EEEE');
const averageDigits = constant('9.9EEEE');

/**
 * Every value within bounds, so that nothing stored raises. What lies outside, NaN and infinities too, counts as the
 * bound, which dominates its group and is not released.
 */
function bounded({ column }: ColumnField, value: PlanSql): PlanSql {
  const number = asNumeric(value, column.type.kind);
  return sql`pg_catalog.round(least(greatest(${number}, ${numeric('-1e38')}), ${numeric('1e38')}), 30)`;
}

/** A number cut to significant digits. */
function significant(value: PlanSql, format: PlanSql): PlanSql {
  return sql`pg_catalog.to_char(${value}, ${format})::pg_catalog.numeric`;
}

/** Enough entities, none of which has more than four fifths of the whole. */
function largeEnough(entities: PlanSql, largest: PlanSql, whole: PlanSql, minGroup: number): PlanSql {
  return sql`(${entities} >= ${integer(minGroup)} and 5 * ${largest} <= 4 * ${whole})`;
}

/**
 * What each entity adds to each cell. Cells are the groups of the rows that the filter lets through, and one of all
 * others: what a filter leaves out is the difference to the answer without it.
 */
function parts(
  access: TypeAccess,
  by: readonly ColumnField[],
  guard: GuardedField,
  page: PageArguments,
  names: Names,
): PlanSql {
  const rows = new PermittedRows(access, names, null);
  const { where } = page.shape;
  const inside =
    where === null ? sql`true` : sql`(${whereSql(where, rows, { names, offset: page.offset })}) is true`;
  const keys = by.map((field, i) => {
    const key = keySql(rows.column(field.column), field);
    return sql`case when ${inside} then ${key} end as ${keyName(i)}, `;
  });
  const column = rows.column(guard.field.column);
  const value = bounded(guard.field, column);
  const known = allOf(guard.entity.map((each) => sql`${rows.column(each)} is not null`));
  const entity = packTuple(guard.entity, (each) => rows.column(each));
  const grouping = join(
    [...by.map((_, i) => i), by.length, by.length + 1, by.length + 2].map((i) => integer(i + 1)),
    sql`, `,
  );
  return sql`select ${join(keys, sql``)}${inside} as inside, ${entity} as entity, ${known} as known, pg_catalog.sum(${value}) as s, pg_catalog.sum(pg_catalog.abs(${value})) as size, pg_catalog.count(*) as n from ${rows.toSql()} where ${column} is not null group by ${grouping}`;
}

const keyName = (i: number): PlanSql => ident(`k${i + 1}`);

/**
 * `select k1 …, sum, avg` of the groups that are released. Cells that are not large enough are hidden; the smallest of
 * the others join them until what is hidden is itself large enough, since it is the difference between the released
 * groups and the whole.
 */
export function guardedSql(
  access: TypeAccess,
  by: readonly ColumnField[],
  guard: GuardedField,
  page: PageArguments,
  names: Names,
): PlanSql {
  const keys = by.map((_, i) => keyName(i));
  const listed = join(
    keys.map((key) => sql`${key}, `),
    sql``,
  );
  const cell = join([sql`inside`, ...keys], sql`, `);
  const enough = (entities: PlanSql, largest: PlanSql, whole: PlanSql) =>
    largeEnough(entities, largest, whole, guard.minGroup);

  const measured = sql`select *, pg_catalog.count(*) filter (where known) over (partition by ${cell}) as entities, pg_catalog.max(size) over (partition by ${cell}) as largest, pg_catalog.sum(size) over (partition by ${cell}) as whole from (${parts(access, by, guard, page, names)}) as p`;
  // Hidden cells first, then the others from the smallest: those that join what is hidden come right behind it.
  const placed = sql`select *, not ${enough(sql`entities`, sql`largest`, sql`whole`)} as hidden, pg_catalog.dense_rank() over (order by ${enough(sql`entities`, sql`largest`, sql`whole`)}, entities, ${cell}) as place from (${measured}) as m`;
  // An entity may be in several cells: it counts where it first comes, with all that it has had by then.
  const summed = sql`select *, pg_catalog.sum(size) over (partition by entity order by place) as so_far, known and pg_catalog.row_number() over (partition by entity order by place) = 1 as first from (${placed}) as q`;
  const cells = sql`select ${listed}inside, place, hidden, pg_catalog.sum(s) as s, pg_catalog.sum(n) as n, pg_catalog.max(size) as largest, pg_catalog.sum(pg_catalog.count(*) filter (where first)) over up as entities_up, pg_catalog.max(pg_catalog.max(so_far)) over up as largest_up, pg_catalog.sum(pg_catalog.sum(size)) over up as whole_up, pg_catalog.max(place) filter (where hidden) over () as last_hidden from (${summed}) as r group by ${listed}inside, place, hidden window up as (order by place)`;
  const remainder = sql`select *, pg_catalog.min(place) filter (where place >= last_hidden and ${enough(sql`entities_up`, sql`largest_up`, sql`whole_up`)}) over () as remainder from (${cells}) as t`;
  const released = sql`select ${listed}s, n, greatest(largest, ${numeric('1e-30')}) as largest from (${remainder}) as u where inside and (last_hidden is null or place > remainder)`;

  const power = sql`(${constant('1e')} || pg_catalog.split_part(pg_catalog.to_char(largest, ${constant('9EEEE')}), 'e', 2))::pg_catalog.numeric`;
  const powers = sql`select *, ${power} as power from (${released}) as v`;
  const unit = sql`case when power >= largest then power when 2 * power >= largest then 2 * power when 5 * power >= largest then 5 * power else 10 * power end`;
  const units = sql`select *, ${unit} as unit from (${powers}) as w`;
  const rounded = sql`select ${listed}n, ${significant(sql`pg_catalog.round(s / unit) * unit`, sumDigits)} as total from (${units}) as x`;
  return sql`select ${listed}pg_catalog.trim_scale(total) as sum, pg_catalog.trim_scale(${significant(sql`total / n`, averageDigits)}) as avg from (${rounded}) as y`;
}
