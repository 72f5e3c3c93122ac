import { constant, integer, sql, type Slot, type Sql } from '../base/index.js';
import { referenceLetters, valueLetters } from './keyed-hash.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask } from './mask.js';

const PREFIX = 'pseud-';
const GROUPS = 4;
const GROUP_LETTERS = 4;

/** Hyphens between the groups, from the last to the first so that the positions hold. */
function grouped<S extends Slot>(letters: Sql<S>): Sql<S> {
  let result = letters;
  for (let group = GROUPS - 1; group > 0; group--)
    result = sql<S>`pg_catalog.overlay(${result}, '-', ${integer(group * GROUP_LETTERS + 1)}, 0)`;
  return result;
}

/**
 * A readable keyed hash, such as `pseud-bcdf-ghjk-mnpq-rstv`: equal values of one coordinate are alike for one
 * audience, which can join and count on them, and two audiences cannot compare. Null has its record's pseudonym, or
 * the commonest one would be null's.
 */
export const pseudonym: Mask<{ readonly name: 'pseudonym' }> = {
  name: 'pseudonym',
  unfit: (_spec, target) => outsideFamily('pseudonym', 'text', target.type),
  nullable: () => false,
  toSql: (_spec, target, input) =>
    asType(sql`${constant(PREFIX)} || ${grouped(valueLetters(input))}`, target.type),
  reference: (_spec, target, input) => {
    const letters = referenceLetters(input, target);
    const groups = Array.from({ length: GROUPS }, (_, i) =>
      letters.slice(i * GROUP_LETTERS, (i + 1) * GROUP_LETTERS),
    );
    return PREFIX + groups.join('-');
  },
};
