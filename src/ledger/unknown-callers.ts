import type { Clock } from '../base/index.js';
import type { UnknownCallersEntry } from './entry.js';

/** Networks that are counted one by one in a minute; the others are counted together. */
const maxNetworks = 1_000;
/** Codes are Cordon's own and few; whatever else comes is counted under the last. */
const maxCodes = 32;

type Summary = Omit<UnknownCallersEntry, 'kind' | 'recordedAt'>;

/** Counts requests of callers that nobody knows, for one summary entry a minute and network. */
export class UnknownCallers {
  readonly #clock: Clock;
  #from: number | null = null;
  #networks = new Map<string | null, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(network: string | null, code: string, times = 1): void {
    this.#from ??= Math.max(0, Math.round(this.#clock.now()));
    const known = this.#networks.has(network) || this.#networks.size < maxNetworks;
    const place = known ? network : null;
    const codes = this.#networks.get(place) ?? new Map<string, number>();
    const name = codes.has(code) || codes.size < maxCodes ? code : 'OTHER';
    codes.set(name, (codes.get(name) ?? 0) + times);
    this.#networks.set(place, codes);
  }

  /** What was counted since the last time; the count begins anew. */
  take(): Summary[] {
    const from = this.#from ?? 0;
    const summaries = [...this.#networks].map(([network, codes]) => ({
      from,
      network,
      counts: [...codes].map(([code, count]) => ({ code, count })),
    }));
    this.#networks = new Map();
    this.#from = null;
    return summaries;
  }

  /** Counts again what could not be recorded. */
  putBack({ from, network, counts }: Summary): void {
    for (const { code, count } of counts) this.count(network, code, count);
    this.#from = Math.min(this.#from ?? from, from);
  }
}
