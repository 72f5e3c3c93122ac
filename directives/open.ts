import { readOne, type Annotated, type Reading } from './reading.js';

/** The mark of what was assessed as no secret. */
export interface OpenDirective {
  /** Whether guarded aggregates may group by it. */
  readonly dimension: boolean;
  /** Why it is no secret, for the register. */
  readonly because: string | null;
}

export const openSdl = `"Marks what was assessed as not secret. On a type it is the default of the type's fields."
directive @open(
  "Whether guarded aggregates may group by it."
  dimension: Boolean = false
  "Why it is not secret, for those who review the schema."
  because: String
) on FIELD_DEFINITION | OBJECT`;

/** `@open` of a type or field, or null. */
export function readOpen(node: Annotated): Reading<OpenDirective> | null {
  return readOne('open', node, (written) => ({
    dimension: written.flag('dimension'),
    because: written.optionalText('because'),
  }));
}
