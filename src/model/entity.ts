import type { Column, PgKind } from '../catalog/index.js';
import type { RelationField, TypeModel } from './model.js';

/** Kinds whose equal values have one text: by any other, one entity could count as several. */
const exactKinds: ReadonlySet<PgKind> = new Set([
  ...(['int2', 'int4', 'int8', 'uuid', 'text', 'varchar', 'bpchar', 'date'] as const),
]);

/** What tells the entities of a type's records apart, none fewer and none confused. */
export interface EntityWay {
  /** To-one relations, one behind the other, to the record that has the columns; none where it is the record itself. */
  readonly through: readonly RelationField[];
  readonly columns: readonly Column[];
}

/** The relations of a way, the last of them leading to the entity. */
type Relations = readonly RelationField[];

/** How a type's records are told apart by entities; or why they are not: no relations lead there, or several alike do. */
export type EntityFound =
  | { readonly kind: 'way'; readonly way: EntityWay }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly ways: readonly Relations[] };

/**
 * The key where the type is the entity; else the join columns at the end of the shortest way over to-one relations that
 * leads to it, if there is one such way alone. All but the last relation stay within the source.
 */
export function findEntity(
  type: TypeModel,
  entity: string,
  types: ReadonlyMap<string, TypeModel>,
): EntityFound {
  if (type.name === entity) return { kind: 'way', way: { through: [], columns: type.key } };
  const ways = shortestWays(type, entity, types);
  if (ways.length > 1) return { kind: 'ambiguous', ways };
  const [relations] = ways;
  const last = relations?.at(-1);
  if (relations === undefined || last === undefined) return { kind: 'none' };
  const isExact = last.from.every(({ type: { kind } }) => exactKinds.has(kind));
  return isExact
    ? { kind: 'way', way: { through: relations.slice(0, -1), columns: last.from } }
    : { kind: 'none' };
}

/** Two of the shortest ways at most: more than one is one too many. */
function shortestWays(
  type: TypeModel,
  entity: string,
  types: ReadonlyMap<string, TypeModel>,
): readonly Relations[] {
  const seen = new Set([type.name]);
  let frontier = new Map<string, readonly Relations[]>([[type.name, [[]]]]);
  while (frontier.size > 0) {
    const next = new Map<string, readonly Relations[]>();
    for (const [name, ways] of frontier)
      for (const relation of toOne(types.get(name))) {
        if (seen.has(relation.target) || (relation.crossSource && relation.target !== entity)) continue;
        const longer = ways.map((way) => [...way, relation]);
        next.set(relation.target, different([...(next.get(relation.target) ?? []), ...longer]));
      }
    const found = next.get(entity);
    if (found !== undefined) return found;
    for (const name of next.keys()) seen.add(name);
    frontier = next;
  }
  return [];
}

function toOne(type: TypeModel | undefined): readonly RelationField[] {
  return [...(type?.fields.values() ?? [])].filter(
    (field): field is RelationField => field.kind === 'relation' && !field.many,
  );
}

/** Ways that are not the same joins under other names. */
function different(ways: readonly Relations[]): readonly Relations[] {
  return [...new Map(ways.map((way) => [joinsOf(way), way])).values()].slice(0, 2);
}

function joinsOf(relations: Relations): string {
  return JSON.stringify(
    relations.map(({ target, from, to }) => [
      target,
      from.map(({ name }, i) => JSON.stringify([name, to[i]?.name])).sort(),
    ]),
  );
}
