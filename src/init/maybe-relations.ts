import { joinable, singleNameOf } from '../model/index.js';
import type { RelationDraft } from './draft.js';
import { fieldNameFrom, isCalledAfter, withoutId } from './identifiers.js';
import type { Relatable } from './foreign-joins.js';

const SUGGESTIONS_MAX = 3;

/**
 * Relations that no foreign key says and a name suggests: a column called like the key of another table, or after the
 * table, whichever source that is in. For people to decide; their names need not be free.
 */
export function suggestRelations(type: Relatable, types: readonly Relatable[]): readonly RelationDraft[] {
  const pointing = new Set(type.table.foreignKeys.flatMap(({ columns }) => columns));
  return [...type.table.columns.keys()].flatMap((column) => {
    if (pointing.has(column) || withoutId(column) === column) return [];
    const targets = types.filter((target) => target !== type && leadsTo(type, column, target));
    return targets.slice(0, SUGGESTIONS_MAX).map((target) => suggestion(type, column, target));
  });
}

function leadsTo(from: Relatable, name: string, to: Relatable): boolean {
  const [key, second] = to.key;
  if (key === undefined || second !== undefined) return false;
  // `id` names every table's own key.
  const alike = (key === name && withoutId(key) !== key) || isCalledAfter(name, to.name);
  if (!alike || (from.key.length === 1 && from.key[0] === name && !isCalledAfter(name, to.name)))
    return false;
  const [column, target] = [from.table.columns.get(name), to.table.columns.get(key)];
  if (column === undefined || target === undefined) return false;
  return joinable(column.type, target.type, from.source !== to.source) === null;
}

function suggestion(from: Relatable, column: string, to: Relatable): RelationDraft {
  const stem = fieldNameFrom(withoutId(column));
  return {
    name: from.fieldNames.has(stem) ? singleNameOf(to.name) : stem,
    type: to.name,
    from: [column],
    to: to.key,
    through: null,
    note: null,
  };
}
