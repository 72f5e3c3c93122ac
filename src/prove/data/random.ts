import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { sha256 } from '../../base/index.js';

/** Numbers that look random and are the same for the same seed, so that whatever a run finds can be made again. */
export interface Random {
  /** What `fork` was given, from the first on; says in messages how to make it again. */
  readonly seed: string;
  /**
   * A source of its own under a name, which is the same however much was drawn from this one: what is added to one part
   * of a run leaves the others as they were.
   */
  fork(name: string | number): Random;
  /** A whole number, both ends included. */
  integer(from: number, to: number): number;
  /** True with this chance, from 0 to 1. */
  chance(probability: number): boolean;
  /** @throws for an empty list */
  pick<Item>(items: readonly Item[]): Item;
  /** A copy in another order. */
  shuffle<Item>(items: readonly Item[]): Item[];
}

const STEPS = 1_000_000;

export function seededRandom(seed: string | number): Random {
  return make(String(seed));
}

function make(seed: string): Random {
  // A seed that is small or like another still gives unlike numbers.
  const generator = xoroshiro128plus(sha256(seed).readInt32BE(0));
  const integer = (from: number, to: number): number => uniformInt(generator, from, to);
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new Error('nothing to pick from');
    return items[integer(0, items.length - 1)] as Item;
  };
  return {
    seed,
    fork: (name) => make(`${seed}/${name}`),
    integer,
    chance: (probability) => integer(1, STEPS) <= probability * STEPS,
    pick,
    shuffle: (items) => {
      const left = [...items];
      for (let i = left.length - 1; i > 0; i -= 1) {
        const j = integer(0, i);
        [left[i], left[j]] = [left[j], left[i]] as [(typeof left)[number], (typeof left)[number]];
      }
      return left;
    },
  };
}
