import { readOne, type Annotated, type Reading } from './reading.js';

/** The database's label of an enum value that cannot be told from the value's name. */
export interface LabelDirective {
  readonly is: string;
}

export const labelSdl = `"Gives the database's label of an enum value, where it is neither the value's name nor that in another case."
directive @label(
  "The label, as the catalogue spells it."
  is: String!
) on ENUM_VALUE`;

/** `@label` of an enum value, or null. */
export function readLabel(node: Annotated): Reading<LabelDirective> | null {
  return readOne('label', node, (written) => ({ is: written.text('is') }));
}
