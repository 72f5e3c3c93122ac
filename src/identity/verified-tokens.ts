import { LRUCache } from 'lru-cache';
import type { Keys, KeySet } from './key-set.js';
import type { Principal } from './principal.js';

interface Entry {
  readonly principal: Principal;
  readonly keySet: KeySet;
  readonly keys: Keys;
}

/** About a kB each; a caller who is crowded out is verified again. */
const maxEntries = 10_000;

/** Principals of tokens that were verified before, so that a returning token costs a hash and not a signature. */
export interface VerifiedTokens {
  /** The principal, or undefined when the token has to be verified (again). */
  get(tokenHash: string, now: number): Principal | undefined;
  set(tokenHash: string, entry: Entry): void;
  readonly size: number;
}

/**
 * An entry holds exactly as long as a verification would give the same: to the token's expiry, and while the issuer's
 * current keys are the very ones it was verified with. Keyed by the hash of the whole token, so no two tokens meet and
 * no token is kept in memory.
 */
export function createVerifiedTokens(): VerifiedTokens {
  const entries = new LRUCache<string, Entry>({ max: maxEntries });
  return {
    get(tokenHash, now) {
      const entry = entries.get(tokenHash);
      if (entry === undefined) return undefined;
      if (now < entry.principal.expiresAt && entry.keySet.current() === entry.keys) return entry.principal;
      entries.delete(tokenHash);
      return undefined;
    },
    set: (tokenHash, entry) => void entries.set(tokenHash, entry),
    get size() {
      return entries.size;
    },
  };
}
