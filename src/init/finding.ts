import type { Evidence } from './evidence.js';
import type { Judgement, SuggestedClass } from './judgement.js';
import { looks, type Look } from './recognise.js';
import type { Seen } from './seen.js';

/** One thing that makes a column secret. The first that finds something decides. */
export type Rule = (seen: Seen) => Judgement | null;

/** Class of what names or describes somebody. */
export function classOfWhom({ about, mentioned }: Seen): SuggestedClass {
  if (about === 'customer') return 'relationship';
  if (about === 'supplier') return 'supply';
  return about !== 'person' && mentioned.has('customer') ? 'relationship' : 'contact';
}

/** Persons, customers and suppliers: those whom a value can give away. */
export function isAboutSomebody({ about, table }: Seen): boolean {
  return [about, table].some((each) => each === 'customer' || each === 'supplier' || each === 'person');
}

/** What one publishes oneself: one's shops, and the artists whose works one sells. */
export function isPublic({ about }: Seen): boolean {
  return about === 'premises' || about === 'published';
}

export const any = ({ words }: Seen, ...wanted: readonly string[]): boolean =>
  wanted.some((word) => words.includes(word));

export function phrase({ words }: Seen, ...phrases: readonly string[]): boolean {
  const name = ` ${words.join(' ')} `;
  return phrases.some((each) => name.includes(` ${each} `));
}

export const textual = ({ family }: Seen): boolean => family === 'text';

/** Few short values that come again and again: a status or a kind, not a text about somebody. */
export function isListLike(evidence: Evidence | null): boolean {
  if (evidence === null || evidence.values < 10 || evidence.meanLength > LABEL_CHARACTERS_MAX) return false;
  return evidence.distinct <= Math.max(2, evidence.values * 0.1);
}

const LABEL_CHARACTERS_MAX = 20;

export function found(secretClass: SuggestedClass, kind: Judgement['kind'], named: string): Judgement {
  return { secretClass, kind, because: `named like ${named}` };
}

/** What most of a sample looks like, in words; null where too few values do. */
export function sampled({ evidence }: Seen, look: Look, share: number): string | null {
  if (evidence === null || evidence.values < 3 || evidence.shares[look] < share) return null;
  const percent = Math.floor(evidence.shares[look] * 100);
  return `${percent} % of ${evidence.values} sampled values are ${looks[look].words}`;
}

/** Words of a list, written as a text. */
export function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
