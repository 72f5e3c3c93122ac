import type { LedgerKeys } from '../../ledger/index.js';
import { EntryReader } from './entries.js';
import { twinNames, type Twin, type TwinName } from '../gateways/twin.js';

/** Two entries of one case; undefined where a ledger has none. */
export type EntryPair = readonly [string | undefined, string | undefined];

/** The ledgers of a run's gateways. Each entry is read once, whoever asked. */
export class Ledgers {
  readonly #readers: Readonly<Record<TwinName, EntryReader>>;
  /** Read so far and not yet compared, by the ids of their requests. */
  readonly #entries: Readonly<Record<TwinName, Map<string, string>>> = {
    a: new Map(),
    b: new Map(),
    shuffled: new Map(),
  };

  constructor(twins: Readonly<Record<TwinName, Pick<Twin, 'control'>>>, keys: LedgerKeys) {
    const reader = (name: TwinName) => new EntryReader(twins[name].control, keys);
    this.#readers = { a: reader('a'), b: reader('b'), shuffled: reader('shuffled') };
  }

  /** Reads what was entered since this was last done. */
  async read(): Promise<void> {
    await Promise.all(
      twinNames.map(async (name) => {
        for (const [id, text] of await this.#readers[name].next()) this.#entries[name].set(id, text);
      }),
    );
  }

  /** Passes over whatever was entered so far. */
  async forget(): Promise<void> {
    await this.read();
    for (const name of twinNames) this.#entries[name].clear();
  }

  /** Takes the entries of a request out of the first twin's ledger and another's. */
  take(id: string, against: TwinName): EntryPair {
    const { a, [against]: other } = this.#entries;
    const pair = [a.get(id), other.get(id)] as const;
    a.delete(id);
    other.delete(id);
    return pair;
  }
}
