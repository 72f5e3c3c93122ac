import type { Random } from './random.js';

/** What may be wrong with an operation that is meant to be refused. */
export const oddities = [
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
export type OddityKind = (typeof oddities)[number];

/** One thing that is wrong, wherever chance puts it first; an operation may come out without. */
export class Oddity {
  readonly #kind: OddityKind | null;
  readonly #random: Random;
  #left: number;

  /** @param kind null: nothing is wrong */
  constructor(kind: OddityKind | null, random: Random) {
    this.#kind = kind;
    this.#random = random;
    this.#left = kind === null ? 0 : 1 + random.integer(2);
  }

  /** Whether it happens here. */
  here(kind: OddityKind, probability = 0.3): boolean {
    if (this.#kind !== kind || this.#left === 0 || !this.#random.chance(probability)) return false;
    this.#left -= 1;
    return true;
  }
}
