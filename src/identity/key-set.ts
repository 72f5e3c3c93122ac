import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { Clock, Log } from '../base/index.js';

/** One fetched key set. Its identity is its version: what was verified with another object was verified with other keys. */
export type Keys = ReturnType<typeof createLocalJWKSet>;

/** An issuer's public keys, fetched when needed and never used past their time. */
export interface KeySet {
  /** The keys that may be used now, or null when none were fetched or they are too old. Never waits. */
  current(): Keys | null;
  /** `current`, fetched first where there are none. Rejects when the issuer cannot be reached. */
  load(): Promise<Keys>;
  /**
   * For a token whose key is not among `known`: the newer keys, or `known` again when they were fetched so recently
   * that another request to the issuer would be the caller's doing and not a rotation's.
   */
  newerThan(known: Keys): Promise<Keys>;
}

const fetchTimeoutMilliseconds = 5_000;
/** A key set is a few kB; more is a mistake or an attempt to fill the memory. */
const maxBytes = 256 * 1024;
/** Anyone can send a token with an invented key id, so such tokens cause at most one fetch in this time. */
const unknownKeyCooldownSeconds = 30;
/** An issuer that is down is asked at most this often, however many requests wait for it. */
const retrySeconds = 1;

async function download(uri: string): Promise<JSONWebKeySet> {
  const response = await fetch(uri, {
    redirect: 'error',
    signal: AbortSignal.timeout(fetchTimeoutMilliseconds),
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (response.status !== 200 || response.body === null) throw new Error(`HTTP status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error('the key set is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
}

/**
 * Keys behind a JWKS address. jose parses the set, selects and imports keys; this holds it. (jose's own remote set hides
 * its version, which the cache of verified tokens must compare, and asks an issuer that is down once per request.)
 * @param cacheSeconds age from which keys are no longer used; from half of it on they are fetched anew in the background
 */
export function createKeySet(options: {
  readonly uri: string;
  readonly cacheSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
}): KeySet {
  const { uri, cacheSeconds, clock, log } = options;
  let held: { readonly keys: Keys; readonly fetchedAt: bigint } | null = null;
  let failedAt: bigint | null = null;
  let pending: Promise<Keys> | null = null;

  const secondsSince = (time: bigint | undefined | null): number =>
    time === undefined || time === null ? Infinity : Number(clock.monotonic() - time) / 1e9;

  async function fetchKeys(): Promise<Keys> {
    // Taken before the request: the answer is no older than this.
    const fetchedAt = clock.monotonic();
    try {
      const keys = createLocalJWKSet(await download(uri));
      held = { keys, fetchedAt };
      failedAt = null;
      return keys;
    } catch (error) {
      failedAt = clock.monotonic();
      log.error({ uri, err: error }, 'the keys of an issuer cannot be fetched');
      throw error;
    }
  }

  async function fetchOnce(): Promise<Keys> {
    if (pending === null) {
      if (secondsSince(failedAt) < retrySeconds) throw new Error('the last fetch has just failed');
      pending = fetchKeys().finally(() => (pending = null));
    }
    return pending;
  }

  function current(): Keys | null {
    const age = secondsSince(held?.fetchedAt);
    if (held === null || age >= cacheSeconds) return null;
    if (age >= cacheSeconds / 2) fetchOnce().catch(() => undefined); // logged where it failed
    return held.keys;
  }

  return {
    current,
    load: async () => current() ?? (await fetchOnce()),
    newerThan: async (known) => {
      const keys = current();
      if (keys !== null && keys !== known) return keys;
      return secondsSince(held?.fetchedAt) < unknownKeyCooldownSeconds ? known : await fetchOnce();
    },
  };
}
