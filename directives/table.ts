import { readOne, type Annotated, type Reading } from './reading.js';

/** Binds a type to a table or database view. */
export interface TableDirective {
  readonly source: string;
  readonly schema: string;
  readonly name: string;
  /** Columns that tell the rows apart; null for the primary key. */
  readonly key: readonly string[] | null;
  /** Why `key` tells the rows apart, where no catalogue says so; null where one does. */
  readonly keyBecause: string | null;
  /** Name of the list's root field; null for the plural of the type's name. */
  readonly plural: string | null;
}

export const tableSdl = `"Binds a type to a table or database view. It gives two root fields: one record by its key, and a connection."
directive @table(
  "The source, by its name in the configuration."
  source: SourceName!
  "The schema of the table in that source."
  schema: String = "public"
  "The table or database view, as the catalogue spells it."
  name: String!
  "Unique columns that are never null, each exposed as an @open field. The primary key unless given."
  key: [String!]
  "Why the key tells rows of a database view or foreign table apart, where the database does not guarantee it."
  keyBecause: String
  "Name of the root field that lists, where the type's plural is not it."
  plural: String
) on OBJECT`;

/** `@table` of a type, or null. Whether source, table and key exist is for the model to say. */
export function readTable(node: Annotated): Reading<TableDirective> | null {
  return readOne('table', node, (written) => ({
    source: written.name('source'),
    schema: written.optionalText('schema') ?? 'public',
    name: written.text('name'),
    key: written.optionalTexts('key'),
    keyBecause: written.optionalText('keyBecause'),
    plural: written.optionalText('plural'),
  }));
}
