import type { Column } from '../catalog/index.js';
import { entityColumns, type ColumnField, type Model, type TypeModel } from '../model/index.js';
import { coversRows, grantFor, type Role, type RowCondition } from '../policy/index.js';
import { numberKinds } from './aggregatable.js';

/** A field whose values stay hidden while sums and averages over groups of many entities may leave. */
export interface GuardedField {
  readonly field: ColumnField;
  /** Distinct entities that a group holds at least. */
  readonly minGroup: number;
  /** Columns that tell the entities apart: the type's key, or the join columns of its relation to the entity. */
  readonly entity: readonly Column[];
}

/** A role that grants rows of the type. */
interface Granted {
  readonly role: Role;
  readonly when: RowCondition;
}

/**
 * The fields of a type that are given by guarded aggregates alone. Offered only where they are given so on every row
 * that the caller sees and are clear on none: who knows some of a group's values can subtract them.
 */
export function guardedFields(
  type: TypeModel,
  granted: readonly Granted[],
  inScope: (coordinate: string) => boolean,
  { policy }: Model,
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
    const entity = rule === null ? null : entityColumns(type, rule.entity);
    if (rule === null || entity === null || !coversRows(computed, granted)) continue;
    found.set(field.name, { field, minGroup: rule.minGroup, entity });
  }
  return found;
}
