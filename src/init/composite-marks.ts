import { itemType, type Column, type PgType } from '../catalog/index.js';
import { isLabel } from './business-rules.js';
import type { Evidence } from './evidence.js';
import { suggestedClasses, type Judgement } from './judgement.js';
import { judge, judgeComment } from './rules.js';
import { pathId } from './sample.js';
import { seenColumns, type Seen } from './seen.js';
import { wordsOf } from './words.js';

/** Why an attribute is secret, and what was sampled of it where it was found so. */
export interface AttributeMark {
  readonly judgement: Judgement;
  readonly evidence: Evidence | null;
}

/** What is suggested for the attributes of a source's composite types: other attributes are open. */
export interface CompositeMarks {
  of(type: PgType, attribute: string): AttributeMark | null;
  within(type: PgType): Judgement | null;
}

/**
 * Marks of attributes, put together from all columns of their type: one type of the schema gives them all out, so that
 * what is secret in one of them is secret in each.
 */
export class AttributeMarks implements CompositeMarks {
  /** By the type's cast. */
  readonly #marks = new Map<string, Map<string, AttributeMark>>();

  of(type: PgType, attribute: string): AttributeMark | null {
    return this.#marks.get(type.cast)?.get(attribute) ?? null;
  }

  /** Judges the attributes of a column, those within others too. */
  judge(table: string, column: Column, comment: string | null, evidence: Samples): void {
    this.#judge(table, column, { path: [column.name], words: wordsOf(column.name), comment }, evidence);
  }

  #judge(table: string, { type }: Column, whole: Whole, samples: Samples): void {
    const { attributes } = itemType(type);
    const sampled = new Map<string, Evidence>();
    for (const name of attributes.keys()) {
      const evidence = samples.get(pathId([...whole.path, name]));
      if (evidence !== undefined) sampled.set(name, evidence);
    }
    const asTable = { name: table, columns: attributes, primaryKey: null, foreignKeys: [] };
    for (const [name, seen] of seenColumns(asTable, sampled, whole.words)) {
      const attribute = attributes.get(name);
      if (attribute === undefined) continue;
      if (isComposite(attribute)) {
        const inner = { path: [...whole.path, name], words: [...whole.words, ...seen.words] };
        this.#judge(table, attribute, { ...inner, comment: whole.comment }, samples);
        continue;
      }
      const judgement = judgeAttribute(seen, whole);
      if (judgement !== null) this.#add(itemType(type), name, { judgement, evidence: seen.evidence });
    }
  }

  /** The strictest of what is secret within values of a type; null where nothing is. */
  within(type: PgType): Judgement | null {
    const found = [...itemType(type).attributes.values()].flatMap((attribute) => {
      const judgement = isComposite(attribute)
        ? this.within(attribute.type)
        : (this.of(itemType(type), attribute.name)?.judgement ?? null);
      return judgement === null
        ? []
        : [{ ...judgement, because: `${attribute.name} in it: ${judgement.because}` }];
    });
    const [first] = found.sort((a, b) => rank(a) - rank(b));
    return first === undefined ? null : { ...first, kind: 'within' };
  }

  /**
   * Marks every attribute of a column that is secret as a whole.
   * @returns whether one was open until now
   */
  markWhole({ name, type }: Column, judgement: Judgement): boolean {
    let grown = false;
    for (const attribute of itemType(type).attributes.values()) {
      if (isComposite(attribute)) grown = this.markWhole({ ...attribute, name }, judgement) || grown;
      else if (this.of(itemType(type), attribute.name) === null) {
        const because = `part of ${name}: ${judgement.because}`;
        this.#add(itemType(type), attribute.name, { judgement: { ...judgement, because }, evidence: null });
        grown = true;
      }
    }
    return grown;
  }

  #add({ cast }: PgType, attribute: string, mark: AttributeMark): void {
    const marks = this.#marks.get(cast) ?? new Map<string, AttributeMark>();
    this.#marks.set(cast, marks);
    const known = marks.get(attribute);
    if (known === undefined || rank(mark.judgement) < rank(known.judgement)) marks.set(attribute, mark);
  }
}

type Samples = ReadonlyMap<string, Evidence>;

/** The column whose attributes are judged, or an attribute within it. */
interface Whole {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly comment: string | null;
}

/** By its own name; else as if it were the column: the amount of a price, any line of an address. */
function judgeAttribute(seen: Seen, { words, comment, path }: Whole): Judgement | null {
  const own = judge(seen);
  if (own !== null) return own;
  const asWhole = isLabel(seen) ? null : judge({ ...seen, words });
  const found = asWhole ?? (comment === null ? null : judgeComment(seen, wordsOf(comment)));
  return found === null ? null : { ...found, because: `part of ${path.join('.')}: ${found.because}` };
}

export function isComposite({ type }: Column): boolean {
  return itemType(type).kind === 'composite';
}

function rank({ secretClass }: Judgement): number {
  return suggestedClasses.indexOf(secretClass);
}
