import type { Arguments } from './arguments.js';
import { readAll, type Annotated, type Reading } from './reading.js';

/** How rows of a type belong to somebody, for one row key of the policy. */
export type RowsDirective =
  | { readonly kind: 'column'; readonly by: string; readonly column: string }
  /** Through a to-one relation: whoever owns the record it leads to. */
  | { readonly kind: 'via'; readonly by: string; readonly field: string }
  /** Everybody's; for one row key, or (null) for all of them. */
  | { readonly kind: 'shared'; readonly by: string | null };

export const rowsSdl = `"""
How rows of this type belong to somebody: by a column, through a relation, or to everyone. A type that says nothing about a row
key is hidden from roles whose rows are limited by it.
"""
directive @rows(
  "The row key, as the policy's roles name it."
  by: RowKey
  "The column that holds whose row it is; it need not be exposed."
  column: String
  "A to-one relation of the same source, whose record decides."
  via: String
  "Every caller's rows; without \`by\`, for every row key."
  shared: Boolean = false
) repeatable on OBJECT`;

/** Every `@rows` of a type. Whether key, column and relation exist is for the model to say. */
export function readRows(node: Annotated): readonly Reading<RowsDirective>[] {
  return readAll('rows', node, readBinding);
}

function readBinding(written: Arguments): RowsDirective {
  const by = written.optionalName('by');
  const column = written.optionalText('column');
  const via = written.optionalText('via');
  const shared = written.flag('shared');

  const ways = [column !== null, via !== null, shared].filter(Boolean).length;
  if (written.sound && ways !== 1) {
    const message = '@rows says one of three: "column", "via" a relation, or "shared: true".';
    written.problem('ROWS_ONE_WAY', message);
  } else if (written.sound && by === null && !shared) {
    written.problem(
      'MISSING_ARGUMENT',
      '@rows needs "by": the row key that this column or relation answers.',
    );
  }
  if (column !== null) return { kind: 'column', by: by ?? '', column };
  if (via !== null) return { kind: 'via', by: by ?? '', field: via };
  return { kind: 'shared', by };
}
