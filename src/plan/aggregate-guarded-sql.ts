import { constant, ident, integer, join, sql } from '../base/index.js';
import type { Column, PgKind } from '../catalog/index.js';
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
 * without it. Each step is a table of its own:
 *
 *     parts      what each entity adds to each cell
 *     cells      the cells, in the order in which they are hidden
 *     small      the last of those that are not large enough
 *     near       the parts of the cells that are hidden, and of some that may join them
 *     remainder  the last cell that is hidden
 */

/** Significant digits of what leaves; besides, a sum is never finer than one entity's part in it. */
const sumDigits = constant('9.99EEEE');
const averageDigits = constant('9.9EEEE');

/**
 * Cells beyond the small ones that may join them. The first has entities enough, and hides what is dominated unless that
 * is several times its size; where the last does not, nothing is released.
 */
const spareCells = integer(3);

const list = (terms: readonly PlanSql[]): PlanSql => join(terms, sql`, `);
const keyName = (i: number): PlanSql => ident(`k${i + 1}`);

/** The guarded field of a type, and the cells that its values fall into. */
interface Guarded {
  readonly access: TypeAccess;
  readonly guard: GuardedField;
  readonly by: readonly ColumnField[];
  /** Columns of `by`. */
  readonly keys: readonly PlanSql[];
  readonly page: PageArguments;
  readonly names: Names;
}

const integers: ReadonlySet<PgKind> = new Set(['int2', 'int4', 'int8']);

/**
 * Every value within bounds, so that nothing stored raises. What lies outside, NaN and infinities too, counts as the
 * bound, which dominates its group and is not released.
 */
function bounded({ column: { type } }: ColumnField, value: PlanSql): PlanSql {
  const number = asNumeric(value, type.kind);
  // Integers are within bounds, and where the type says how many decimals there are, they need not be cut to thirty.
  if (integers.has(type.kind)) return number;
  const within = sql`least(greatest(${number}, ${numeric('-1e38')}), ${numeric('1e38')})`;
  const scale = /^numeric\(\d+,(\d+)\)$/.exec(type.display)?.[1];
  return scale !== undefined && Number(scale) <= 30 ? within : sql`pg_catalog.round(${within}, 30)`;
}

function partsSql({ access, guard, by, keys, page, names }: Guarded): PlanSql {
  const rows = new PermittedRows(access, names, null);
  const { where } = page.shape;
  const inside =
    where === null ? sql`true` : sql`(${whereSql(where, rows, { names, offset: page.offset })}) is true`;
  const grouped = by.map((field, i) => {
    const key = keySql(rows.column(field.column), field);
    return sql`${where === null ? key : sql`case when ${inside} then ${key} end`} as ${keyName(i)}`;
  });
  const column = rows.tested(guard.field.column);
  const value = bounded(guard.field, column);
  const { through, columns } = guard.entity;
  const read = (each: Column) => rows.reached(through, each, null);
  const known = allOf(columns.map((each) => sql`${read(each)} is not null`));
  // What is of no entity, or of one that is out of sight, counts as of one that is not counted.
  const entity = sql`case when ${known} then ${packTuple(columns, read)} end`;
  grouped.push(sql`${inside} as inside`, sql`${entity} as entity`);
  const added = [
    sql`pg_catalog.sum(${value}) as s`,
    sql`pg_catalog.sum(pg_catalog.abs(${value})) as size`,
    sql`pg_catalog.count(*) as n`,
  ];
  const positions = list(grouped.map((_, i) => integer(i + 1)));
  const parts = sql`select ${list([...grouped, ...added])} from ${rows.toSql()} where ${column} is not null group by ${positions}`;
  // In the order that they were grouped by, so that what was sorted for that is not sorted again.
  const cell = sql`pg_catalog.dense_rank() over (order by ${list([...keys, sql`inside`])}) as cell`;
  return sql`select *, entity is not null as known, ${cell} from (${parts}) as ${ident(names.next('e'))}`;
}

/** Enough entities, none of which has more than four fifths of the whole. */
function enough({ guard }: Guarded, entities: PlanSql, largest: PlanSql, whole: PlanSql): PlanSql {
  return sql`(${entities} >= ${integer(guard.minGroup)} and 5 * ${largest} <= 4 * ${whole})`;
}

/** Whether parts that are grouped, one for each entity, are enough. */
const enoughParts = (guarded: Guarded): PlanSql =>
  enough(
    guarded,
    sql`pg_catalog.count(*) filter (where known)`,
    sql`pg_catalog.max(size)`,
    sql`pg_catalog.sum(size)`,
  );

/** Cells that are not large enough come first; then the others from the smallest, and last what the filter leaves out. */
function cellsSql(guarded: Guarded): PlanSql {
  const { keys, names } = guarded;
  const cell = [...keys, sql`inside`, sql`cell`];
  const measures = [
    sql`pg_catalog.sum(s) as s`,
    sql`pg_catalog.sum(n) as n`,
    sql`pg_catalog.max(size) as largest`,
    sql`pg_catalog.count(*) filter (where known) as entities`,
    sql`${enoughParts(guarded)} as large`,
  ];
  const cells = sql`select ${list([...cell, ...measures])} from parts group by ${list(cell)}`;
  return sql`select *, pg_catalog.row_number() over (order by large, not inside, entities, cell) as place from (${cells}) as ${ident(names.next('e'))}`;
}

function nearSql({ keys }: Guarded): PlanSql {
  const columns = [
    ...keys.map((key) => sql`cells.${key}`),
    sql`cells.inside`,
    sql`place`,
    sql`entity`,
    sql`known`,
    sql`size`,
  ];
  return sql`select ${list(columns)} from small join cells on place <= last_small + ${spareCells} join parts on parts.cell = cells.cell`;
}

/**
 * The first place by which what is hidden is itself large enough: it is the difference between what is released and the
 * whole. An entity may be in several cells: it counts where it comes first, with all that it has by then. What a filter
 * leaves out does not help to hide what is within, for the whole of that may be asked for too.
 */
function remainderSql(guarded: Guarded): PlanSql {
  const { page, names } = guarded;
  const largeUpTo = (rows: PlanSql, partition: PlanSql) => {
    const over = sql`over (partition by ${partition} order by place)`;
    const entities = sql`select *, pg_catalog.sum(size) ${over} as so_far, known and pg_catalog.row_number() ${over} = 1 as first from ${rows}`;
    const up = sql`over (order by place)`;
    const sums = sql`select place, pg_catalog.count(*) filter (where first) ${up} as entities, pg_catalog.max(so_far) ${up} as largest, pg_catalog.sum(size) ${up} as whole from (${entities}) as ${ident(names.next('e'))}`;
    return sql`select place from (${sums}) as ${ident(names.next('e'))} where ${enough(guarded, sql`entities`, sql`largest`, sql`whole`)}`;
  };
  const all = largeUpTo(sql`near`, sql`entity`);
  const inner = sql`(select place, inside, entity, inside and known as known, case when inside then size else 0 end as size from near) as ${ident(names.next('e'))}`;
  const places =
    page.shape.where === null ? all : sql`${all} intersect ${largeUpTo(inner, sql`inside, entity`)}`;
  return sql`select pg_catalog.min(place) as remainder from (${places}) as ${ident(names.next('e'))}, small where place >= last_small`;
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
 * Whether a cell is in a coarser group of which too little is hidden. That group is asked for in another operation, and
 * would tell what is hidden of it, so none of it is released. (A cell that is hidden by this is large, and so is what is then
 * hidden of the other groups that it is in.)
 */
function exposes(line: readonly PlanSql[], guarded: Guarded): PlanSql {
  const [e, l] = [ident(guarded.names.next('e')), ident(guarded.names.next('l'))];
  const parts = sql`select ${list([...line, sql`known`])}, pg_catalog.sum(size) as size from near, remainder where inside and place <= remainder group by ${list([...line, sql`entity`, sql`known`])}`;
  const exposed = sql`select ${list(line)} from (${parts}) as ${e} group by ${list(line)} having not ${enoughParts(guarded)}`;
  const same = line.map((key) => sql`${l}.${key} is not distinct from cells.${key}`);
  return sql`exists (select from (${exposed}) as ${l} where ${join(same, sql` and `)})`;
}

/** Sums and averages, rounded: to the least of 1, 2, 5, 10 … that no entity's part exceeds, and to significant digits. */
function rounded(released: PlanSql, { keys, names }: Guarded): PlanSql {
  const significant = (value: PlanSql, format: PlanSql): PlanSql =>
    sql`pg_catalog.to_char(${value}, ${format})::pg_catalog.numeric`;
  const exponent = sql`pg_catalog.split_part(pg_catalog.to_char(part, ${constant('9EEEE')}), 'e', 2)`;
  const columns = [
    sql`(${constant('1e')} || ${exponent})::pg_catalog.numeric as power`,
    sql`case when power >= part then power when 2 * power >= part then 2 * power when 5 * power >= part then 5 * power else 10 * power end as unit`,
    sql`${significant(sql`pg_catalog.round(s / unit) * unit`, sumDigits)} as total`,
  ];
  const totals = columns.reduce(
    (inner, column) => sql`select *, ${column} from (${inner}) as ${ident(names.next('e'))}`,
    released,
  );
  const given = [
    ...keys,
    sql`pg_catalog.trim_scale(total) as sum`,
    sql`pg_catalog.trim_scale(${significant(sql`total / n`, averageDigits)}) as avg`,
  ];
  return sql`select ${list(given)} from (${totals}) as ${ident(names.next('e'))}`;
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
  const guarded: Guarded = { access, guard, by, keys, page, names };
  const steps = [
    sql`parts as materialized (${partsSql(guarded)})`,
    sql`cells as materialized (${cellsSql(guarded)})`,
    sql`small as (select pg_catalog.max(place) as last_small from cells where not large)`,
    sql`near as materialized (${nearSql(guarded)})`,
    sql`remainder as (${remainderSql(guarded)})`,
  ];
  const columns = [...keys, sql`s`, sql`n`, sql`greatest(largest, ${numeric('1e-30')}) as part`];
  const conditions = [
    sql`inside`,
    sql`(last_small is null or place > remainder)`,
    ...coarser(keys).map((line) => sql`not ${exposes(line, guarded)}`),
  ];
  const released = sql`select ${list(columns)} from cells, small, remainder where ${join(conditions, sql` and `)}`;
  return sql`with ${list(steps)} ${rounded(released, guarded)}`;
}
