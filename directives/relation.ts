import { readOne, type Annotated, type Reading } from './reading.js';

/** How two types are joined. */
export interface RelationDirective {
  /** Columns of this type's table and of the other's, pairwise. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** To-many as a plain list, bounded, rather than a connection. */
  readonly list: boolean;
}

export const relationSdl = `"Joins this type to another, which may live in another source. \`[Order!]!\` is served as a connection."
directive @relation(
  "Columns of this type's table."
  from: [String!]!
  "Columns of the other type's table, in the same order."
  to: [String!]!
  "Serve a to-many relation as a plain, bounded list."
  list: Boolean = false
) on FIELD_DEFINITION`;

/** `@relation` of a field, or null. Whether the columns exist and fit each other is for the model to say. */
export function readRelation(node: Annotated): Reading<RelationDirective> | null {
  return readOne('relation', node, (written) => {
    const [from, to] = [written.texts('from'), written.texts('to')];
    // No column at all would join every record to every other.
    if (written.sound && (from.length === 0 || from.length !== to.length)) {
      const message = `@relation joins ${from.length} columns to ${to.length}; "from" and "to" name columns in pairs.`;
      written.problem('RELATION_PAIRS', message);
    }
    return { from, to, list: written.flag('list') };
  });
}
