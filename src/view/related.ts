import type { RelationField } from '../model/index.js';
import type { Access, TypeAccess } from './access.js';
import { filterable } from './where.js';

/** A relation that a filter or an order may go through, and where it leads. */
export interface OfferedRelation {
  readonly field: RelationField;
  readonly target: TypeAccess;
}

/**
 * Relations within the source that are given on every row the caller may see, and lead to something that may be
 * compared. Their join columns are clear, or the relation would not be in the view.
 */
export function traversable(type: TypeAccess, access: Access): OfferedRelation[] {
  return [...type.fields.values()].flatMap(({ field, clearEverywhere }) => {
    if (field.kind !== 'relation' || field.crossSource || !clearEverywhere) return [];
    const target = access.get(field.target);
    return target === undefined || filterable(target).length === 0 ? [] : [{ field, target }];
  });
}
