import type { Random } from '../data/random.js';

/** What may be wrong with an operation that is meant to be refused. */
const oddities = [
  // Of all that is tried, the one that matters most.
  'hiddenName',
  'hiddenName',
  'hiddenName',
  'hiddenName',
  'unknownName',
  'wrongType',
  'openEscape',
  'wrongPage',
  'wrongCursor',
  'hiddenFragment',
  'variables',
  'syntax',
] as const;
type OddityKind = (typeof oddities)[number];

/** One thing that is wrong, wherever chance puts it first; an operation may come out without. */
export class Oddity {
  readonly #kind: OddityKind | null;
  readonly #random: Random;
  #left: number;

  /** @param present false: nothing is wrong */
  constructor(present: boolean, random: Random) {
    const kind = present ? random.pick(oddities) : null;
    this.#kind = kind;
    this.#random = random;
    this.#left = kind === null ? 0 : random.integer(1, 2);
  }

  /** Whether this is what is still to go wrong: what is written leads to where it can. */
  wants(kind: OddityKind): boolean {
    return this.#kind === kind && this.#left > 0;
  }

  /** Whether it happens here. */
  here(kind: OddityKind, probability = 0.4): boolean {
    if (this.#kind !== kind || this.#left === 0 || !this.#random.chance(probability)) return false;
    this.#left -= 1;
    return true;
  }
}
