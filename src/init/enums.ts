import type { PgType } from '../catalog/index.js';
import { enumValueOf } from '../model/index.js';
import type { EnumDraft } from './draft.js';
import { isGeneratedFor, takeName, typeNameFrom } from './identifiers.js';

const namePattern = /^(?!__)[_A-Za-z]\w*$/;
/** GraphQL keeps these words. */
const kept: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const VALUE_CHARACTERS_MAX = 63;

/**
 * The GraphQL values of an enum's labels, as the model binds them: the label itself where it is a name, else in upper
 * case. Null where labels cannot be told apart so, or give no name.
 */
export function enumValuesOf(labels: readonly string[]): readonly string[] | null {
  const values = labels.map((label) =>
    namePattern.test(label) && !kept.has(label) ? label : enumValueOf(label),
  );
  const sound = values.every(
    (value) => namePattern.test(value) && !kept.has(value) && value.length <= VALUE_CHARACTERS_MAX,
  );
  // A value that two labels could be written as is refused, whichever of them comes first.
  const ambiguous = values.some(
    (value, i) => labels[i] !== value && labels.filter((label) => enumValueOf(label) === value).length > 1,
  );
  return sound && !ambiguous && values.length > 0 && new Set(values).size === values.length ? values : null;
}

/** The enums of a draft: one for each enum type of a database that a field gives out, whatever the columns. */
export class EnumNames {
  readonly #taken: Set<string>;
  readonly #drafts = new Map<string, EnumDraft | null>();

  /** @param taken names of types, and those that are kept */
  constructor(taken: ReadonlySet<string>) {
    this.#taken = new Set(taken);
  }

  get all(): readonly EnumDraft[] {
    return [...this.#drafts.values()].filter((draft) => draft !== null);
  }

  /** The enum that gives out a type; null where its labels cannot be written. */
  nameOf({ cast, enumLabels }: PgType): string | null {
    // Another source may have another type of that name; with the same labels they are one.
    const id = JSON.stringify([cast, enumLabels]);
    const known = this.#drafts.get(id);
    if (known !== undefined) return known?.name ?? null;
    const values = enumValuesOf(enumLabels);
    if (values === null) {
      this.#drafts.set(id, null);
      return null;
    }
    const own = typeNameFrom('Enum', cast.replace(/^.*\./, ''));
    const isFree = (candidate: string): boolean => !isGeneratedFor(candidate, this.#taken);
    const name = takeName(this.#taken, [own, `${own}Value`], isFree);
    this.#drafts.set(id, { name, values });
    return name;
  }
}
