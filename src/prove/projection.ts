import {
  findEntity,
  type ColumnField,
  type Model,
  type RelationField,
  type TypeModel,
} from '../model/index.js';
import type { ProveCaller } from './caller.js';
import type { DataRow, Dataset } from './dataset.js';
import { clearEverywhere, computedOnly, grantingRoles } from './grants.js';
import { columnFields, keyOfType, relationFields } from './layout.js';
import { Looks } from './look.js';
import { Sight } from './sight.js';

/** A field that the caller only gets sums of. */
export interface Guarded {
  readonly field: ColumnField;
  readonly minGroup: number;
  /** Columns that tell entities apart; where they are the key, each record is an entity. */
  readonly entity: readonly string[];
  /** Columns of the dimensions that groups are made by. */
  readonly dimensions: readonly string[];
}

/** What of a type a caller can learn anything of, whatever is stored. */
export interface TypeView {
  readonly type: TypeModel;
  readonly fields: readonly ColumnField[];
  /** Relations that are in sight on some rows: their columns tell which records belong together. */
  readonly relations: readonly RelationField[];
  /** Columns by which relations of other types lead here. */
  readonly reachedBy: readonly string[];
  readonly guarded: readonly Guarded[];
}

const numbers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']);

function guardedOf(model: Model, caller: ProveCaller, type: TypeModel): readonly Guarded[] {
  const dimensions = columnFields(type).flatMap(({ mark, column }) =>
    mark.kind === 'open' && mark.dimension ? [column.name] : [],
  );
  return columnFields(type).flatMap((field): Guarded[] => {
    const { mark } = field;
    if (mark.kind !== 'secret' || !numbers.has(field.column.type.kind) || field.type.name === 'ID') return [];
    const rule = model.policy.classes.get(mark.secretClass)?.aggregate ?? null;
    const found = rule === null ? null : findEntity(type, rule.entity, model.types);
    if (rule === null || found?.kind !== 'way' || !computedOnly(model, caller, type, mark.secretClass))
      return [];
    // Records that the first of several relations leads to one record are of one entity; others may be, too.
    const { through, columns } = found.way;
    const entity = (through[0]?.from ?? columns).map(({ name }) => name);
    return [{ field, minGroup: rule.minGroup, entity, dimensions }];
  });
}

/** Whether a relation joins by columns that are clear on both of its sides, where fields give them out at all. */
function joinsInClear(model: Model, caller: ProveCaller, type: TypeModel, relation: RelationField): boolean {
  const target = model.types.get(relation.target);
  if (target === undefined || grantingRoles(model, caller, target).length === 0) return false;
  const sides = [[type, relation.from] as const, [target, relation.to] as const];
  return sides.every(([side, columns]) =>
    columnFields(side)
      .filter(({ column }) => columns.some(({ name }) => name === column.name))
      .every(({ mark }) => clearEverywhere(model, caller, side, mark)),
  );
}

/** What the caller can learn anything of; types of which they see no row are not there. */
function typeViews(model: Model, caller: ProveCaller): readonly TypeView[] {
  const types = [...model.types.values()].filter((type) => grantingRoles(model, caller, type).length > 0);
  const relations = new Map(
    types.map((type) => [
      type.name,
      relationFields(type).filter((relation) => joinsInClear(model, caller, type, relation)),
    ]),
  );
  const all = [...relations.values()].flat();
  return types.map((type) => ({
    type,
    fields: columnFields(type),
    relations: relations.get(type.name) ?? [],
    reachedBy: all
      .filter(({ target }) => target === type.name)
      .flatMap(({ to }) => to.map(({ name }) => name)),
    guarded: guardedOf(model, caller, type),
  }));
}

/** Everything that answers may depend on, as texts: type → record → look. */
export interface Projection {
  readonly records: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** By coordinate: what sums and averages are made of, without whose each value is. */
  readonly guarded: ReadonlyMap<string, string>;
}

export function recordKey({ key }: TypeModel, row: DataRow): string {
  return JSON.stringify(key.map(({ name }) => row[name] ?? null));
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

const cellsOf = (names: readonly string[], row: DataRow): string =>
  JSON.stringify(names.map((name) => row[name] ?? null));

/**
 * Whether nothing but the sum over all rows is ever told: of any rows that a grouping or a filter could single out, either
 * they or the others are of too few entities. Then what the groups have may differ, as long as the whole is the same.
 */
export function isWholeOnly({ minGroup, entity, dimensions }: Guarded, rows: readonly DataRow[]): boolean {
  const cells = rows.map((row) => cellsOf(dimensions, row));
  const sizes = new Map<string, number>();
  for (const cell of cells) sizes.set(cell, (sizes.get(cell) ?? 0) + 1);
  const [largest] = [...sizes].toSorted(([, a], [, b]) => b - a);
  const others = rows.filter((_, i) => cells[i] !== largest?.[0]);
  return new Set(others.map((row) => cellsOf(entity, row))).size < minGroup;
}

/**
 * What a value of a guarded field cannot change its place in without being told: its group and entity. A null stays in
 * its group, since groups are counted without.
 */
export function guardedPlace(
  { field, entity, dimensions }: Guarded,
  row: DataRow,
  { isOwn, wholeOnly }: { readonly isOwn: boolean; readonly wholeOnly: boolean },
): string {
  const isFree = wholeOnly && row[field.column.name] != null;
  // Where each record is an entity, which of them has a value makes no difference.
  return JSON.stringify([isFree ? '' : cellsOf(dimensions, row), isOwn ? '' : cellsOf(entity, row)]);
}

/** The values of a guarded field by dimension and entity, where there are entities enough for any group to be told. */
export function guardedLook(guarded: Guarded, type: TypeModel, rows: readonly DataRow[]): string {
  const { field, minGroup, entity } = guarded;
  const entities = new Set(rows.map((row) => cellsOf(entity, row)));
  if (entities.size < minGroup) return '';
  const isOwn = type.key.every(({ name }) => entity.includes(name));
  const kind = { isOwn, wholeOnly: isWholeOnly(guarded, rows) };
  const parts = rows.map((row) =>
    JSON.stringify([guardedPlace(guarded, row, kind), row[field.column.name] ?? null]),
  );
  return JSON.stringify(parts.toSorted());
}

/** A caller, and what they can learn anything of. */
export interface Perspective {
  readonly model: Model;
  readonly caller: ProveCaller;
  readonly views: readonly TypeView[];
  readonly looks: Looks;
}

export function perspectiveOf(model: Model, caller: ProveCaller): Perspective {
  return { model, caller, views: typeViews(model, caller), looks: new Looks(model) };
}

/** What the caller may see of the data. */
export function project({ model, caller, views, looks }: Perspective, { tables }: Dataset): Projection {
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
    for (const each of view.guarded) guarded.set(each.field.coordinate, guardedLook(each, type, rows));
  }
  return { records, guarded };
}

/** Where two data sets are not one to the caller. */
export interface Difference {
  readonly type: string;
  /** Key of the record; null for what a guarded field is made of. */
  readonly record: string | null;
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
  return found;
}
