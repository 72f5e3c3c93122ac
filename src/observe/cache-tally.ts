/** The caches whose use is counted. */
export const cacheNames = ['token', 'view', 'document', 'plan'] as const;
export type CacheName = (typeof cacheNames)[number];

/** How often a cache had what was looked for. It outlives the cache itself, which is another after a reload. */
export class CacheTally {
  hits = 0;
  misses = 0;
  readonly #parts = new Set<() => number>();

  found(hit: boolean): void {
    if (hit) this.hits += 1;
    else this.misses += 1;
  }

  /** From now on it is this cache whose entries count. */
  of(entries: () => number): void {
    this.#parts.clear();
    this.#parts.add(entries);
  }

  /** A further cache of this kind. @returns to be called when it is let go */
  join(entries: () => number): () => void {
    this.#parts.add(entries);
    return () => void this.#parts.delete(entries);
  }

  get entries(): number {
    return [...this.#parts].reduce((sum, part) => sum + part(), 0);
  }
}

export type CacheTallies = Readonly<Record<CacheName, CacheTally>>;

export function cacheTallies(): CacheTallies {
  return {
    token: new CacheTally(),
    view: new CacheTally(),
    document: new CacheTally(),
    plan: new CacheTally(),
  };
}
