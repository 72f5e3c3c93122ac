import { itemType, type Column, type PgKind, type Table } from '../catalog/index.js';
import type { Evidence } from './evidence.js';
import { mentionedIn, subjectOfTable, type Subject } from './subject.js';
import { wordsOf } from './words.js';

/** A column as the rules see it. */
export interface Seen {
  readonly words: readonly string[];
  readonly family: 'text' | 'number' | 'date' | 'bytes' | 'document' | 'place' | 'other';
  /** Whom the value is about: named in the column itself, else what the table is about. */
  readonly about: Subject;
  /** What the table is about. */
  readonly table: Subject;
  /** Whom the table's name mentions, and its text columns that name somebody. */
  readonly mentioned: ReadonlySet<Subject>;
  /** Whether the table holds addresses: towns beside a street tell where somebody is, lists of towns do not. */
  readonly addressed: boolean;
  /** Part of a key, or pointing to one: it tells records apart, not what is in them. */
  readonly isKey: boolean;
  readonly integer: boolean;
  /** Null where nothing was sampled. */
  readonly evidence: Evidence | null;
}

const kindsOf: Readonly<Record<Exclude<Seen['family'], 'other'>, readonly PgKind[]>> = {
  text: [
    'text',
    'varchar',
    'bpchar',
    'citext',
    'name',
    'xml',
    'inet',
    'cidr',
    'macaddr',
    'macaddr8',
    'tsvector',
  ],
  number: ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money'],
  date: ['date', 'timestamp', 'timestamptz'],
  bytes: ['bytea'],
  document: ['json', 'jsonb', 'composite', 'extension'],
  place: ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'],
};

const families: ReadonlyMap<PgKind, Seen['family']> = new Map(
  Object.entries(kindsOf).flatMap(([family, kinds]) =>
    kinds.map((kind) => [kind, family as Seen['family']] as const),
  ),
);

/** Of an array that of its items. A type that is not served still may hold a text. */
function familyOf({ type }: Column): Seen['family'] {
  const { kind, display } = itemType(type);
  return families.get(kind) ?? (/^(character|text|citext)/.test(display) ? 'text' : 'other');
}

/**
 * Every column of a table as the rules see it.
 * @param within words of the column that they are attributes of, where they are
 */
export function seenColumns(
  table: Pick<Table, 'name' | 'columns' | 'primaryKey' | 'foreignKeys'>,
  evidence: ReadonlyMap<string, Evidence>,
  within: readonly string[] = [],
): ReadonlyMap<string, Seen> {
  const columns = [...table.columns.values()];
  const tableWords = wordsOf(table.name);
  const subject = subjectOfTable(table.name);
  const addressed =
    isStreet(within) ||
    columns.some((column) => familyOf(column) === 'text' && isStreet(wordsOf(column.name)));
  const keys = new Set([...(table.primaryKey ?? []), ...table.foreignKeys.flatMap((key) => key.columns)]);
  const named = columns
    .map((column) => wordsOf(column.name))
    .filter((words) => words.at(-1) === 'name' || words.at(-1) === 'id');
  const mentioned = mentionedIn([...tableWords, ...within, ...named.flat()]);
  return new Map(
    columns.map((column) => {
      const words = wordsOf(column.name);
      return [
        column.name,
        {
          words,
          family: familyOf(column),
          about: aboutOf([...within, ...words], subject),
          table: subject,
          mentioned,
          addressed,
          isKey: keys.has(column.name) || keyEnds.has(words.at(-1) ?? ''),
          integer: /^int/.test(column.type.kind),
          evidence: evidence.get(column.name) ?? null,
        },
      ];
    }),
  );
}

const keyEnds: ReadonlySet<string> = new Set(['id', 'uuid', 'guid']);

/** Goods that are sent or bills that are made out go to customers. */
const toCustomers: ReadonlySet<string> = new Set([
  'ship',
  'shipping',
  'bill',
  'billing',
  'delivery',
  'deliver',
  'invoice',
]);

function aboutOf(words: readonly string[], table: Subject): Subject {
  if (words.includes('contact')) return 'person';
  if (words.length > 1 && toCustomers.has(words[0] ?? '')) return 'customer';
  const [mentioned] = mentionedIn(words.slice(0, -1));
  return mentioned ?? table;
}

/** An address to send to, rather than one on a network. */
export function isStreet(words: readonly string[]): boolean {
  if (['email', 'web', 'url', 'ip', 'mac', 'id'].some((word) => words.includes(word))) return false;
  return words.includes('address') || words.includes('street') || words.includes('postal');
}
