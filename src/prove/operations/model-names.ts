import type { Model } from '../../model/index.js';
import { relationFields } from '../data/layout.js';

/** Fields of a type that guarded groups are made by. */
export function dimensionsOf({ types }: Model, name: string): readonly string[] {
  return [...(types.get(name)?.fields.values() ?? [])].flatMap(({ mark, name: field }) =>
    mark.kind === 'open' && mark.dimension ? [field] : [],
  );
}

/** Relations through tables between, by their coordinates. */
export function throughOf({ types }: Model): ReadonlySet<string> {
  const relations = [...types.values()].flatMap((type) => relationFields(type));
  return new Set(relations.flatMap(({ coordinate, through }) => (through === null ? [] : [coordinate])));
}
