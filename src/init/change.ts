import type { ExistingComposite } from './existing.js';

/** One thing in a database that the SDL does not say, or no longer rightly. */
export interface Change {
  readonly kind:
    | 'new-table'
    | 'removed-table'
    | 'changed-table'
    | 'new-column'
    | 'removed-column'
    | 'changed-column'
    | 'changed-enum'
    | 'new-type'
    | 'new-relation';
  /** `crm."public"."customers"`; of attributes, the composite type that they are of. */
  readonly table: string;
  /** The column, or the attribute. */
  readonly column: string | null;
  /** Where to mend it, `schema/customer.graphql:12`; null where the lines may stand anywhere. */
  readonly at: string | null;
  /** What has changed and what to do, in a sentence or two. */
  readonly message: string;
  /** SDL to add, or to put in the place of what is there. */
  readonly lines: readonly string[];
}

/** Where a type is written. */
export function placeOf({ file, line }: ExistingComposite): string {
  return `${file}:${line}`;
}
