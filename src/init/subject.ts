import { wordsOf } from './words.js';

/**
 * What the rows of a table, or the value of a column, are about, as far as a name tells: who is on the other side decides
 * of what class a name or an address is, and whether it is one's own to publish.
 */
export type Subject = 'customer' | 'supplier' | 'person' | 'published' | 'premises' | 'other';

const vocabulary: readonly (readonly [subject: Exclude<Subject, 'other'>, words: string])[] = [
  [
    'customer',
    'customer client buyer consumer shopper debtor patient member guest subscriber lead prospect tenant passenger policyholder account recipient consignee',
  ],
  ['supplier', 'supplier vendor shipper carrier courier forwarder creditor manufacturer'],
  [
    'person',
    'person employee staff worker personnel user contact driver applicant candidate manager representative rep salesperson agent physician doctor teacher student assistant supervisor',
  ],
  // Whose names are printed on what is sold.
  ['published', 'actor artist author composer performer musician singer band writer illustrator'],
  ['premises', 'store shop branch warehouse office outlet depot plant facility venue'],
];

const subjects: ReadonlyMap<string, Subject> = new Map(
  vocabulary.flatMap(([subject, words]) => words.split(' ').map((word) => [word, subject] as const)),
);

/** Words that say how rows are kept rather than what they are about. */
const bare: ReadonlySet<string> = new Set(
  'list info information detail data table view history record master profile base all current tbl dim fact address email phone login log'.split(
    ' ',
  ),
);

/** What a table is about: the last word that says anything, for in `customer_order` it is the order. */
export function subjectOfTable(name: string): Subject {
  const telling = wordsOf(name).filter((word) => !bare.has(word) && !/^\d+$/.test(word));
  return subjects.get(telling.at(-1) ?? '') ?? 'other';
}

/** Everybody whom a name mentions. */
export function mentionedIn(words: readonly string[]): ReadonlySet<Subject> {
  return new Set(words.flatMap((word) => subjects.get(word) ?? []));
}
