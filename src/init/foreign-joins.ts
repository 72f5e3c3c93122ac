import type { ForeignKey } from '../catalog/index.js';
import { joinable } from '../model/index.js';
import type { TypeDraft } from './draft.js';

/** A type whose relations are not known yet. */
export interface Relatable extends Omit<TypeDraft, 'relations' | 'maybe' | 'plural'> {
  /** Names of its fields; grows with its relations. */
  readonly fieldNames: Set<string>;
}

/** A foreign key between two types. */
export interface Join {
  readonly from: Relatable;
  readonly to: Relatable;
  readonly key: ForeignKey;
}

/** Why the columns cannot be joined; null where they can. */
export function whyNot({ from, to, key }: Join): string | null {
  for (const [i, name] of key.columns.entries()) {
    const [here, there] = [from.table.columns.get(name), to.table.columns.get(key.toColumns[i] ?? '')];
    if (here === undefined || there === undefined) return 'a column is not there';
    const unfit = joinable(here.type, there.type, false) ?? joinable(there.type, here.type, false);
    if (unfit !== null) return `${name} and ${there.name} cannot be joined: ${unfit}`;
  }
  return null;
}
