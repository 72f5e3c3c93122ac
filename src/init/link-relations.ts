import { pluralNameOf } from '../model/index.js';
import type { RelationDraft } from './draft.js';
import { whyNot, type Join } from './foreign-joins.js';
import { takeName } from './identifiers.js';

/**
 * The foreign keys of a table, near and far, where two of them are all of its key: each of its rows links two records. Both
 * ways round, and none for any other table.
 */
export function linksOf(joins: readonly Join[]): readonly (readonly [near: Join, far: Join])[] {
  const [table] = joins;
  const key = table?.from.table.primaryKey ?? null;
  if (key === null) return [];
  const parts = joins.filter(({ key: { columns } }) => columns.every((name) => key.includes(name)));
  const [one, other] = parts;
  if (one === undefined || other === undefined || parts.length > 2) return [];
  const columns = [...one.key.columns, ...other.key.columns];
  const whole = columns.length === key.length && new Set(columns).size === key.length;
  return whole
    ? [
        [one, other],
        [other, one],
      ]
    : [];
}

/**
 * What a record is linked with, as if no table stood between.
 * @param forward the name of the far foreign key's own relation
 */
export function throughLink(near: Join, far: Join, forward: string): RelationDraft {
  const plain = pluralNameOf(far.to.name);
  // Of a table that links one type with itself each way says as what it leads there.
  const told = `${plain}As${forward.charAt(0).toUpperCase()}${forward.slice(1)}`;
  const name = takeName(near.to.fieldNames, near.to === far.to ? [told] : [plain, told]);
  const { schema, name: table } = near.from.table;
  return {
    name,
    type: `[${far.to.name}!]!`,
    from: near.key.toColumns,
    to: far.key.toColumns,
    through: { schema, name: table, from: near.key.columns, to: far.key.columns },
    note: whyNot(near) ?? whyNot(far),
  };
}
