import type { DataRow, Dataset } from '../data/dataset.js';
import { keyOfType } from '../data/layout.js';
import { Links } from './links.js';
import type { Looks } from './look.js';
import { Sight } from './sight.js';
import { entityOf, recordKey, type Guarded, type Perspective, type TypeView } from './views.js';

/** Everything that answers may depend on, as texts: type → record → look. */
export interface Projection {
  readonly records: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By coordinate: what sums and averages are made of, without whose each value is. */
  readonly guarded: ReadonlyMap<string, string>;
  /** By coordinate: records that tables between link. */
  readonly links: ReadonlyMap<string, string>;
}

export function lookOfRow(
  { type, fields, relations, reachedBy }: TypeView,
  row: DataRow,
  sight: Sight,
  values: Looks,
): string {
  const record = recordKey(type, row);
  const looks = fields.map((field) =>
    values.of(field, row[field.column.name] ?? null, (mark) => sight.cell(type, mark, row), record),
  );
  const decided = fields.map(({ mark }) => sight.cell(type, mark, row));
  const joins = relations.map((relation) =>
    sight.cell(type, relation.mark, row) === 'CLEAR'
      ? relation.from.map(({ name }) => row[name] ?? null)
      : null,
  );
  return JSON.stringify([decided, looks, joins, reachedBy.map((name) => row[name] ?? null)]);
}

const groupOf = ({ dimensions }: Guarded, row: DataRow): string =>
  JSON.stringify(dimensions.map((name) => row[name] ?? null));

/** Which entity a record is of; null where it is of none that is in sight. */
export type EntityOfRow = (row: DataRow) => string | null;

/**
 * Whether nothing but the sum over all rows is ever told: of any rows that a grouping or a filter could single out, either
 * they or the others are of too few entities. Then what the groups have may differ, as long as the whole is the same.
 */
export function isWholeOnly(guarded: Guarded, rows: readonly DataRow[], entity: EntityOfRow): boolean {
  const entities = rows.map(entity);
  // Records of no entity count nowhere: without them, what is left may be told as if it were all.
  if (entities.includes(null)) return false;
  const groups = rows.map((row) => groupOf(guarded, row));
  // Any group will do: which of them is the largest would depend on the order of rows.
  return [...new Set(groups)].some(
    (group) => new Set(entities.filter((_, i) => groups[i] !== group)).size < guarded.minGroup,
  );
}

/**
 * What a value of a guarded field cannot change its place in without being told: its group and entity. A null stays in
 * its group, since groups are counted without.
 */
export function guardedPlace(
  guarded: Guarded,
  row: DataRow,
  { wholeOnly, entity }: { readonly wholeOnly: boolean; readonly entity: EntityOfRow },
): string {
  const isFree = wholeOnly && row[guarded.field.column.name] != null;
  // Where each record is an entity, which of them has a value makes no difference.
  return JSON.stringify([isFree ? null : groupOf(guarded, row), guarded.isOwn ? null : entity(row)]);
}

/** The values of a guarded field by dimension and entity, where there are entities enough for any group to be told. */
export function guardedLook(guarded: Guarded, rows: readonly DataRow[], sight: Sight): string {
  const { field, minGroup } = guarded;
  const entity = (row: DataRow): string | null => entityOf(guarded, row, sight);
  const entities = rows.map(entity).filter((each) => each !== null);
  if (new Set(entities).size < minGroup) return '';
  const kind = { wholeOnly: isWholeOnly(guarded, rows, entity), entity };
  const parts = rows.map((row) =>
    JSON.stringify([guardedPlace(guarded, row, kind), row[field.column.name] ?? null]),
  );
  return JSON.stringify(parts.toSorted());
}

/** What the caller may see of the data. */
export function project(perspective: Perspective, { tables }: Dataset): Projection {
  const { model, caller, views, looks } = perspective;
  const sight = new Sight(model, caller, tables);
  const records = new Map<string, ReadonlyMap<string, string>>();
  const guarded = new Map<string, string>();
  for (const view of views) {
    const { type } = view;
    const rows = (tables.get(keyOfType(type)) ?? []).filter((row) => sight.sees(type, row));
    records.set(
      type.name,
      new Map(rows.map((row) => [recordKey(type, row), lookOfRow(view, row, sight, looks)])),
    );
    for (const each of view.guarded) guarded.set(each.field.coordinate, guardedLook(each, rows, sight));
  }
  return { records, guarded, links: new Links(perspective, sight).told(tables) };
}

/** Where two data sets are not one to the caller. */
export interface Difference {
  readonly type: string;
  /** Key of the record; null for what a guarded field is made of, and for links. */
  readonly record: string | null;
  /** Where links differ: the relation's coordinate. */
  readonly through?: string;
}

export function differences(a: Projection, b: Projection): readonly Difference[] {
  const found: Difference[] = [];
  for (const [type, records] of a.records) {
    const others = b.records.get(type) ?? new Map<string, string>();
    for (const record of new Set([...records.keys(), ...others.keys()]))
      if (records.get(record) !== others.get(record)) found.push({ type, record });
  }
  for (const [coordinate, look] of a.guarded)
    if (b.guarded.get(coordinate) !== look)
      found.push({ type: coordinate.split('.')[0] ?? '', record: null });
  for (const [coordinate, told] of a.links)
    if (b.links.get(coordinate) !== told)
      found.push({ type: coordinate.split('.')[0] ?? '', record: null, through: coordinate });
  return found;
}
