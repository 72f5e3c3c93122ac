import { LRUCache } from 'lru-cache';
import { CordonError } from '../base/index.js';
import type { Principal } from '../identity/index.js';

export interface AdmissionLimits {
  readonly atOnce: number;
  readonly requestsPerSecond: number;
}

/** Requests that a caller has saved up may come together: a page that opens asks for many things at once. */
const burstSeconds = 10;

/** What a caller has left of their requests, at a time. */
interface Allowance {
  left: number;
  at: number;
}

/** Callers who are remembered. One who is pushed out has been idle the longest, and so has its whole allowance anyway. */
const rememberedCallers = 50_000;

/**
 * How many operations each caller has under way, and how many they have had lately. A caller is a person, whichever of
 * their tokens they send: whoever may sign in again, or has a token for each tab, has one allowance. A partner token is a
 * person of its own, and each is issued by somebody. Of several processes on one port, none of which knows what the others
 * have let in, each gives its part: together they give no more than was meant, but for the one that each gives at least.
 */
export class Admission {
  readonly #processes: number;
  readonly #running = new Map<string, number>();
  readonly #allowances = new LRUCache<string, Allowance>({ max: rememberedCallers });

  constructor(processes = 1) {
    this.#processes = processes;
  }

  /**
   * Lets a request in.
   * @param now milliseconds
   * @returns what its end is told by
   * @throws CordonError TOO_MANY_AT_ONCE, TOO_MANY_REQUESTS
   */
  enter({ personId: caller }: Principal, limits: AdmissionLimits, now: number): () => void {
    const running = this.#running.get(caller) ?? 0;
    if (running >= Math.max(1, Math.floor(limits.atOnce / this.#processes)))
      throw new CordonError('TOO_MANY_AT_ONCE');
    this.#spend(caller, limits.requestsPerSecond / this.#processes, now);
    this.#running.set(caller, running + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const still = (this.#running.get(caller) ?? 1) - 1;
      if (still === 0) this.#running.delete(caller);
      else this.#running.set(caller, still);
    };
  }

  /** A token bucket (Turner, 1986), filled as time goes by and never beyond the burst. */
  #spend(caller: string, perSecond: number, now: number): void {
    const most = Math.max(1, perSecond * burstSeconds);
    const allowance = this.#allowances.get(caller);
    if (allowance === undefined) {
      this.#allowances.set(caller, { left: most - 1, at: now });
      return;
    }
    const left = Math.min(most, allowance.left + (Math.max(0, now - allowance.at) / 1000) * perSecond);
    allowance.at = now;
    allowance.left = left >= 1 ? left - 1 : left;
    if (left < 1) throw new CordonError('TOO_MANY_REQUESTS');
  }
}
