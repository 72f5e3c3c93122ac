import type { Column } from '../catalog/index.js';
import {
  findEntity,
  type ColumnField,
  type EntityWay,
  type Model,
  type RelationField,
  type TypeModel,
} from '../model/index.js';
import { coversRows, grantFor, type Role, type RowCondition } from '../policy/index.js';
import type { Access, TypeAccess } from './access.js';
import { numberKinds } from './aggregatable.js';

/** A field whose values stay hidden while sums and averages over groups of many entities may leave. */
export interface GuardedField {
  readonly field: ColumnField;
  /** Distinct entities that a group holds at least. */
  readonly minGroup: number;
  readonly entity: Entity;
}

/** What tells the entities of a record apart: columns of its own, or of the record that relations to one lead to. */
export interface Entity {
  readonly through: readonly { readonly field: RelationField; readonly target: TypeAccess }[];
  readonly columns: readonly Column[];
}

/** A role that grants rows of the type. */
interface Granted {
  readonly role: Role;
  readonly when: RowCondition;
}

/**
 * The fields of a type that are given by guarded aggregates alone. Offered only where they are given so on every row
 * that the caller sees and are clear on none: who knows some of a group's values can subtract them.
 * @param access what the caller sees of the types that relations lead through
 */
export function guardedFields(
  type: TypeModel,
  granted: readonly Granted[],
  inScope: (coordinate: string) => boolean,
  { policy, types }: Model,
  access: Access,
): ReadonlyMap<string, GuardedField> {
  const found = new Map<string, GuardedField>();
  for (const field of type.fields.values()) {
    if (field.kind !== 'column' || field.mark.kind !== 'secret') continue;
    if (!numberKinds.has(field.column.type.kind) || field.type.name === 'ID' || !inScope(field.coordinate))
      continue;
    const { secretClass } = field.mark;
    const grants = granted.map(({ role, when }) => ({ grant: grantFor(role, secretClass), when }));
    const computed = grants.filter(({ grant }) => grant.otherwise === 'AGGREGATE');
    if (computed.length === 0 || grants.some(({ grant }) => grant.clear.kind !== 'none')) continue;
    const rule = policy.classes.get(secretClass)?.aggregate ?? null;
    const way = rule === null ? null : findEntity(type, rule.entity, types);
    const entity = way?.kind === 'way' ? entityBy(way.way, access) : null;
    if (rule === null || entity === null || !coversRows(computed, granted)) continue;
    found.set(field.name, { field, minGroup: rule.minGroup, entity });
  }
  return found;
}

/** The entity where the caller sees records of every type on the way to it; null where they see none of one. */
function entityBy({ through, columns }: EntityWay, access: Access): Entity | null {
  const steps = through.flatMap((field) => {
    const target = access.get(field.target);
    return target === undefined ? [] : [{ field, target }];
  });
  return steps.length === through.length ? { through: steps, columns } : null;
}
