import type { PgType } from '../catalog/index.js';
import { enumValueOf } from '../model/index.js';
import type { EnumDraft, EnumValueDraft } from './draft.js';
import { isApart, takeName, typeNameFrom } from './identifiers.js';

const namePattern = /^(?!__|(?:true|false|null)$)[_A-Za-z]\w{0,62}$/;

/**
 * A GraphQL value for each label: the label itself where it is a name, else in upper case. Where that is no name, or
 * another label's, the value says with `@label` which one it stands for.
 */
export function enumValuesOf(labels: readonly string[]): readonly EnumValueDraft[] {
  const plain = labels.map((label) => (namePattern.test(label) ? label : enumValueOf(label)));
  const taken = new Set<string>(labels.filter((label) => namePattern.test(label)));
  return labels.map((label, i) => {
    const name = plain[i] ?? '';
    if (name === label) return { name, label: null };
    // Which of two labels a value is written for must not hang on their order.
    const ambiguous = labels.filter((each) => enumValueOf(each) === name).length > 1;
    if (namePattern.test(name) && !taken.has(name) && !ambiguous) {
      taken.add(name);
      return { name, label: null };
    }
    const stem = namePattern.test(name) && name.length < LABEL_NAME_MAX ? name : 'VALUE';
    return { name: takeName(taken, [stem, `${stem}_`]), label };
  });
}

const LABEL_NAME_MAX = 50;

/** The enums of a draft: one for each enum type of a database that a field gives out, whatever the columns. */
export class EnumNames {
  readonly #taken: Set<string>;
  readonly #drafts = new Map<string, EnumDraft>();

  /** @param taken names of types, and those that are kept; grows */
  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  get all(): readonly EnumDraft[] {
    return [...this.#drafts.values()];
  }

  /** The enum that gives out a type. */
  nameOf({ cast, enumLabels }: PgType): string {
    // Another source may have another type of that name; with the same labels they are one.
    const id = JSON.stringify([cast, enumLabels]);
    const known = this.#drafts.get(id);
    if (known !== undefined) return known.name;
    const own = typeNameFrom('Enum', cast.replace(/^.*\./, ''));
    const isFree = (candidate: string): boolean => isApart(candidate, this.#taken);
    const name = takeName(this.#taken, [own, `${own}Value`], isFree);
    this.#drafts.set(id, { name, values: enumValuesOf(enumLabels) });
    return name;
  }
}
