import { pluralNameOf, singleNameOf } from '../model/index.js';
import type { RelationDraft, TypeDraft } from './draft.js';
import { whyNot, type Join, type Relatable } from './foreign-joins.js';
import { fieldNameFrom, takeName, withoutId } from './identifiers.js';
import { linksOf, throughLink } from './link-relations.js';
import { suggestRelations } from './maybe-relations.js';

/** Each type with its relations, both ways, from foreign keys; and, as comments, those that only names suggest. */
export function relateTypes(types: readonly Relatable[]): readonly Omit<TypeDraft, 'plural'>[] {
  const joins = types.flatMap((type) => joinsOf(type, types));
  const relations = new Map<Relatable, RelationDraft[]>(types.map((type) => [type, []]));
  const forward = new Map<Join, string>();
  // To-one first: their names are what their columns are called, and those of the way back follow from them.
  for (const join of joins) {
    const relation = toOne(join, joins);
    forward.set(join, relation.name);
    relations.get(join.from)?.push(relation);
  }
  for (const join of joins) relations.get(join.to)?.push(wayBack(join, forward.get(join) ?? '', joins));
  // Last, so that no name of the others depends on them.
  for (const [near, far] of types.flatMap((type) => linksOf(joins.filter(({ from }) => from === type))))
    relations.get(near.to)?.push(throughLink(near, far, forward.get(far) ?? ''));
  return types.map((type) => {
    const { fieldNames: _, ...rest } = type;
    return { ...rest, relations: relations.get(type) ?? [], maybe: suggestRelations(type, types) };
  });
}

/** The foreign keys of a type that lead to another type; the same one twice is one. */
function joinsOf(from: Relatable, types: readonly Relatable[]): readonly Join[] {
  const seen = new Set<string>();
  return from.table.foreignKeys.flatMap((key) => {
    const to = types.find(
      ({ source, table }) =>
        source === from.source && table.schema === key.schema && table.name === key.table,
    );
    const id = JSON.stringify([
      key.schema,
      key.table,
      key.columns.map((name, i) => [name, key.toColumns[i]]).sort(),
    ]);
    if (to === undefined || seen.has(id)) return [];
    seen.add(id);
    return [{ from, to, key }];
  });
}

function toOne(join: Join, joins: readonly Join[]): RelationDraft {
  const { from, to, key } = join;
  const [only] = key.columns;
  const stem = key.columns.length === 1 && only !== undefined ? fieldNameFrom(withoutId(only)) : null;
  const target = singleNameOf(to.name);
  const alone = joins.filter((each) => each.from === from && each.to === to).length === 1;
  const isStemFree = stem !== null && stem !== fieldNameFrom(only ?? '');
  const name = takeName(from.fieldNames, [
    ...(isStemFree ? [stem] : []),
    ...(alone && from !== to ? [target] : []),
    `${fieldNameFrom(only ?? target)}${to.name}`,
  ]);
  const guaranteed = key.columns.every((column) => from.table.columns.get(column)?.notNull === true);
  return {
    name,
    type: `${to.name}${guaranteed ? '!' : ''}`,
    from: key.columns,
    to: key.toColumns,
    through: null,
    note: whyNot(join) ?? whyNotOne(to, key.toColumns),
  };
}

function wayBack(join: Join, forward: string, joins: readonly Join[]): RelationDraft {
  const { from, to, key } = join;
  const alone = joins.filter((each) => each.from === from && each.to === to).length === 1;
  const one = from.table.uniqueKeys.some((unique) => unique.every((name) => key.columns.includes(name)));
  const plain = one ? singleNameOf(from.name) : pluralNameOf(from.name);
  // Of several keys to one table each says as what it is pointed to: `filmsAsOriginalLanguage`.
  const told = `${plain}As${forward.charAt(0).toUpperCase()}${forward.slice(1)}`;
  const name = takeName(to.fieldNames, alone ? [plain, told] : [told]);
  return {
    name,
    type: one ? from.name : `[${from.name}!]!`,
    from: key.toColumns,
    to: key.columns,
    through: null,
    note: whyNot(join),
  };
}

function whyNotOne({ table }: Relatable, columns: readonly string[]): string | null {
  const unique = table.uniqueKeys.some((key) => key.every((name) => columns.includes(name)));
  return unique ? null : `no unique key of ${table.name} holds for all of its rows`;
}
