import {
  findEntity,
  type ColumnField,
  type EntityWay,
  type Model,
  type RelationField,
  type TypeModel,
} from '../../model/index.js';
import type { ProveCaller } from './caller.js';
import { numberKinds } from '../data/column-uses.js';
import type { DataRow } from '../data/dataset.js';
import { clearEverywhere, computedOnly, grantingRoles } from './grants.js';
import { columnFields, relationFields } from '../data/layout.js';
import { Looks } from './look.js';
import type { Sight } from './sight.js';

/** What of each type a caller can learn anything of. What is about rows is in `projection.ts`. */

/** A field that the caller only gets sums of. */
export interface Guarded {
  readonly field: ColumnField;
  readonly minGroup: number;
  /** What tells entities apart. */
  readonly way: EntityWay;
  /** Whether each record is an entity. */
  readonly isOwn: boolean;
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
  /** Columns by which entities are told, of records here and of others whose way leads through here. */
  readonly onWay: readonly string[];
}

function guardedOf(model: Model, caller: ProveCaller, type: TypeModel): readonly Guarded[] {
  const dimensions = columnFields(type).flatMap(({ mark, column }) =>
    mark.kind === 'open' && mark.dimension ? [column.name] : [],
  );
  return columnFields(type).flatMap((field): Guarded[] => {
    const { mark } = field;
    if (mark.kind !== 'secret' || !numberKinds.has(field.column.type.kind) || field.type.name === 'ID')
      return [];
    const rule = model.policy.classes.get(mark.secretClass)?.aggregate ?? null;
    const found = rule === null ? null : findEntity(type, rule.entity, model.types);
    if (rule === null || found?.kind !== 'way' || !computedOnly(model, caller, type, mark.secretClass))
      return [];
    const { way } = found;
    // Whoever sees no record on the way is offered nothing.
    const seen = way.through.every(({ target }) => {
      const on = model.types.get(target);
      return on !== undefined && grantingRoles(model, caller, on).length > 0;
    });
    if (!seen) return [];
    const isOwn =
      way.through.length === 0 &&
      type.key.every((column) => way.columns.some(({ name }) => name === column.name));
    return [{ field, minGroup: rule.minGroup, way, isOwn, dimensions }];
  });
}

/** Whether a relation joins by columns that are clear on both of its sides, where fields give them out at all. */
function joinsInClear(model: Model, caller: ProveCaller, type: TypeModel, relation: RelationField): boolean {
  const target = model.types.get(relation.target);
  const { through } = relation;
  const links = (through?.types ?? []).flatMap((name) => model.types.get(name) ?? []);
  if (target === undefined) return false;
  if ([target, ...links].some((each) => grantingRoles(model, caller, each).length === 0)) return false;
  const between = [...(through?.from ?? []), ...(through?.to ?? [])];
  const sides: (readonly [TypeModel, RelationField['from']])[] = [
    [type, relation.from],
    [target, relation.to],
    ...links.map((link) => [link, between] as const),
  ];
  return sides.every(([side, columns]) =>
    columnFields(side)
      .filter(({ column }) => columns.some(({ name }) => name === column.name))
      .every(({ mark }) => clearEverywhere(model, caller, side, mark)),
  );
}

/** Columns of a type that a way from another leads by. */
function columnsOnWay(from: string, { through, columns }: EntityWay, name: string): readonly string[] {
  const steps = through.flatMap(({ target, from: here, to }, i) => [
    { type: through[i - 1]?.target ?? from, columns: here },
    { type: target, columns: to },
  ]);
  return [...steps, { type: through.at(-1)?.target ?? from, columns }]
    .filter((step) => step.type === name)
    .flatMap((step) => step.columns.map((column) => column.name));
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
  const guarded = new Map(types.map((type) => [type.name, guardedOf(model, caller, type)]));
  const ways = [...guarded].flatMap(([name, each]) => each.map(({ way }) => [name, way] as const));
  return types.map((type) => ({
    type,
    fields: columnFields(type),
    relations: relations.get(type.name) ?? [],
    reachedBy: all
      .filter(({ target }) => target === type.name)
      .flatMap(({ to }) => to.map(({ name }) => name)),
    guarded: guarded.get(type.name) ?? [],
    onWay: ways.flatMap(([from, way]) => columnsOnWay(from, way, type.name)),
  }));
}

export function recordKey({ key }: TypeModel, row: DataRow): string {
  return JSON.stringify(key.map(({ name }) => row[name] ?? null));
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

/** Which entity a record is of, as a text; null where it is of none that is in sight. */
export function entityOf({ way }: Guarded, row: DataRow, sight: Sight): string | null {
  let last: DataRow | undefined = row;
  for (const relation of way.through) last = last === undefined ? last : sight.reached(relation, last)[0];
  const values = way.columns.map(({ name }) => last?.[name] ?? null);
  return values.includes(null) ? null : JSON.stringify(values);
}
