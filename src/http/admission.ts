import { LRUCache } from 'lru-cache';
import { CordonError } from '../base/index.js';
import type { Principal } from '../identity/index.js';

export interface AdmissionLimits {
  readonly atOnce: number;
  readonly requestsPerSecond: number;
}

/** Requests that a token has saved up may come together: a page that opens asks for many things at once. */
const burstSeconds = 10;

/** What a token has left of its requests, at a time. */
interface Allowance {
  left: number;
  at: number;
}

/** Tokens that are remembered. One that is pushed out has been idle the longest, and so has its whole allowance anyway. */
const rememberedTokens = 50_000;

/** How many operations each token has under way, and how many it has had lately. */
export class Admission {
  readonly #running = new Map<string, number>();
  readonly #allowances = new LRUCache<string, Allowance>({ max: rememberedTokens });

  /**
   * Lets a request in.
   * @param now milliseconds
   * @returns what its end is told by
   * @throws CordonError TOO_MANY_AT_ONCE, TOO_MANY_REQUESTS
   */
  enter({ principalId, tokenId }: Principal, limits: AdmissionLimits, now: number): () => void {
    const token = `${tokenId ?? ''} ${principalId}`;
    const running = this.#running.get(token) ?? 0;
    if (running >= limits.atOnce) throw new CordonError('TOO_MANY_AT_ONCE');
    this.#spend(token, limits.requestsPerSecond, now);
    this.#running.set(token, running + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const still = (this.#running.get(token) ?? 1) - 1;
      if (still === 0) this.#running.delete(token);
      else this.#running.set(token, still);
    };
  }

  /** A token bucket (Turner, 1986), filled as time goes by and never beyond the burst. */
  #spend(token: string, perSecond: number, now: number): void {
    const most = perSecond * burstSeconds;
    const allowance = this.#allowances.get(token);
    if (allowance === undefined) {
      this.#allowances.set(token, { left: most - 1, at: now });
      return;
    }
    const left = Math.min(most, allowance.left + (Math.max(0, now - allowance.at) / 1000) * perSecond);
    allowance.at = now;
    allowance.left = left >= 1 ? left - 1 : left;
    if (left < 1) throw new CordonError('TOO_MANY_REQUESTS');
  }
}
