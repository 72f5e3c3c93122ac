import { readOne, type Annotated, type Reading } from './reading.js';

/** The column of a field whose name is not the snake_case of the field's. */
export interface ColumnDirective {
  readonly name: string;
}

export const columnSdl = `"Names the column of a field where it is not the field's name in snake_case."
directive @column(
  "The column, as the catalogue spells it."
  name: String!
) on FIELD_DEFINITION`;

/** `@column` of a field, or null. */
export function readColumn(node: Annotated): Reading<ColumnDirective> | null {
  return readOne('column', node, (written) => ({ name: written.text('name') }));
}
