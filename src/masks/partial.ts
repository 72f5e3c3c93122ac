import { constant, integer, join, sql, type Slot, type Sql } from '../base/index.js';
import { asText, asType, characters, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { REDACTION } from './redact.js';

type PartialSpec = Extract<MaskSpec, { readonly name: 'partial' }>;

/** Fewer hidden characters than this are guessed, not hidden. */
const HIDDEN_CHARACTERS_MIN = 4;

/** At least as many characters are hidden as kept, so that of a short value the kept ends are not most of it. */
function shortestShown({ keepStart, keepEnd }: PartialSpec): number {
  const kept = keepStart + keepEnd;
  return kept + Math.max(kept, HIDDEN_CHARACTERS_MIN);
}

function ends<S extends Slot>({ keepStart, keepEnd }: PartialSpec, text: Sql<S>): Sql<S> {
  const parts: Sql<S>[] = [constant(REDACTION)];
  if (keepStart > 0) parts.unshift(sql<S>`pg_catalog.left(${text}, ${integer(keepStart)})`);
  if (keepEnd > 0) parts.push(sql<S>`pg_catalog.right(${text}, ${integer(keepEnd)})`);
  return join(parts, sql` || `);
}

/**
 * The first and last characters (code points) around the fixed run. What is too short to hide enough looks redacted,
 * and so does null: a screen then tells `shortestShown` characters or more from fewer, and no length beyond that.
 */
export const partial: Mask<PartialSpec> = {
  name: 'partial',
  unfit: (_spec, target) => outsideFamily('partial', 'text', target.type),
  nullable: () => false,
  toSql: (spec, target, { value }) => {
    const text = asText(value);
    const isLong = sql`pg_catalog.char_length(${text}) >= ${integer(shortestShown(spec))}`;
    return asType(
      sql`CASE WHEN ${isLong} THEN ${ends(spec, text)} ELSE ${constant(REDACTION)} END`,
      target.type,
    );
  },
  reference: (spec, target, { value }) => {
    const found = characters(value ?? '', target.type);
    if (found.length < shortestShown(spec)) return REDACTION;
    const start = found.slice(0, spec.keepStart).join('');
    const end = found.slice(found.length - spec.keepEnd).join('');
    return `${start}${REDACTION}${end}`;
  },
};
