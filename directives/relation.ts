import type { Arguments } from './arguments.js';
import { readOne, type Annotated, type Reading } from './reading.js';

/** The table between two types, many of each. */
export interface ThroughDirective {
  readonly schema: string;
  readonly name: string;
  /** Its columns that hold those of `from` of this type, and those of `to` of the other, in the same order. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** How two types are joined. */
export interface RelationDirective {
  /** Columns of this type's table and of the other's, pairwise unless a table stands between. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Null where the columns themselves are equal. */
  readonly through: ThroughDirective | null;
  /** To-many as a plain list, bounded, rather than a connection. */
  readonly list: boolean;
}

export const relationSdl = `"Joins this type to another, which may live in another source. \`[Order!]!\` is served as a connection."
directive @relation(
  "Columns of this type's table."
  from: [String!]!
  "Columns of the other type's table, in the same order."
  to: [String!]!
  "The table that links many of this type to many of the other; it need not be a type."
  through: RelationThrough
  "Serve a to-many relation as a plain, bounded list."
  list: Boolean = false
) on FIELD_DEFINITION

"A table of the same source each of whose rows links a record of this type to one of the other."
input RelationThrough {
  "The schema of the table."
  schema: String = "public"
  "The table, as the catalogue spells it."
  name: String!
  "Its columns that are equal to those of the relation's \`from\`, in the same order."
  from: [String!]!
  "Its columns that are equal to those of the relation's \`to\`, in the same order."
  to: [String!]!
}`;

/** `@relation` of a field, or null. Whether the columns exist and fit each other is for the model to say. */
export function readRelation(node: Annotated): Reading<RelationDirective> | null {
  return readOne('relation', node, (written) => {
    const [from, to] = [written.texts('from'), written.texts('to')];
    const through = written.optionalFields('through', readThrough);
    if (written.sound) checkPairs(written, from, to, through);
    return { from, to, through, list: written.flag('list') };
  });
}

function readThrough(written: Arguments): ThroughDirective {
  return {
    schema: written.optionalText('schema') ?? 'public',
    name: written.text('name'),
    from: written.texts('from'),
    to: written.texts('to'),
  };
}

/** No column at all would join every record to every other. */
function checkPairs(
  written: Arguments,
  from: readonly string[],
  to: readonly string[],
  through: ThroughDirective | null,
): void {
  if (through === null) {
    if (from.length > 0 && from.length === to.length) return;
    const message = `@relation joins ${from.length} columns to ${to.length}; "from" and "to" name columns in pairs.`;
    written.problem('RELATION_PAIRS', message);
    return;
  }
  for (const [name, here, there] of [
    ['from', from, through.from],
    ['to', to, through.to],
  ] as const) {
    if (here.length > 0 && here.length === there.length) continue;
    const message = `@relation has ${here.length} columns in "${name}" and ${there.length} in "${name}" of "through"; they are named in pairs.`;
    written.problem('RELATION_PAIRS', message);
  }
}
