import { sha256 } from '../base/index.js';

/** Numbers that follow from a seed alone, so that a run can be repeated. */
export interface Random {
  /** From 0 to one less. */
  integer(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of them, all alike. The list is not empty. */
  pick<T>(list: readonly T[]): T;
  /** A generator of its own, which this one and its other forks do not disturb. */
  fork(label: string): Random;
}

/** The generator of a seed. */
export function seededRandom(seed: string): Random {
  let state = sha256(seed).readUInt32LE();
  // mulberry32: small, and even enough for choices.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const integer = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    integer,
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (list) => {
      const found = list[integer(list.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    fork: (label) => seededRandom(`${seed}/${label}`),
  };
}
