import { itemType, type Column, type PgKind } from '../catalog/index.js';
import type { Evidence } from './evidence.js';
import { isListLike } from './finding.js';
import { wordsOf } from './words.js';

const texts: ReadonlySet<PgKind> = new Set(['text', 'varchar', 'bpchar']);
const valuesMin = 20;
const distinctMax = 30;
/** What people count by, whatever a sample has of it. */
const names = new Set(
  'category channel continent country currency department industry kind language market priority region segment sector stage state status tier type'.split(
    ' ',
  ),
);

/** Why groups may be counted by an open column, to stand behind its name; null where they should not be. */
export function dimensionReason({ name, type }: Column, evidence: Evidence | null): string | null {
  if (type.kind === 'array') return null;
  const { kind, enumLabels } = itemType(type);
  if (kind === 'enum') return `an enum of ${enumLabels.length} values, to be grouped by`;
  if (!texts.has(kind) || evidence === null || evidence.values < valuesMin) return null;
  const { distinct, values } = evidence;
  if (distinct < 2 || distinct > distinctMax) return null;
  const named = names.has(wordsOf(name).at(-1) ?? '');
  // Where the name says so, a few more values than otherwise are still few.
  if (!isListLike(evidence) && !(named && distinct <= values / 3)) return null;
  return `${distinct} different values in ${values} that were sampled, to be grouped by`;
}
