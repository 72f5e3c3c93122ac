import { Counter, Gauge, type Registry } from 'prom-client';
import { cacheNames, type CacheTallies } from './cache-tally.js';

/** What stands still between requests, and is looked at when somebody scrapes. */
export interface Readings {
  readonly ledger: {
    readonly available: boolean;
    readonly waiting: { readonly entries: number; readonly bytes: number };
  };
  readonly pools: ReadonlyMap<string, { readonly pool: PoolReading }>;
  readonly caches: CacheTallies;
  readonly running: () => number;
}

/** Connections of a pool. */
export interface PoolReading {
  readonly most: number;
  readonly total: number;
  readonly idle: number;
  /** Statements that wait for one. */
  readonly waiting: number;
}

/** Has a registry read these at each scrape; between scrapes they cost nothing. */
export function registerReadings(registry: Registry, readings: Readings): void {
  const { ledger, running } = readings;
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('cordon_requests_running', 'Requests that are not over', running);
  gauge('cordon_ledger_available', '1 while entries are taken, 0 while the door is closed', () =>
    ledger.available ? 1 : 0,
  );
  gauge('cordon_ledger_queue_entries', 'Entries that wait for a batch', () => ledger.waiting.entries);
  gauge('cordon_ledger_queue_bytes', 'Bytes of entries that wait for a batch', () => ledger.waiting.bytes);
  registerPools(registry, readings);
  registerCaches(registry, readings);
}

function registerPools(registry: Registry, { pools }: Readings): void {
  const registers = [registry];
  const each = (set: (source: string, pool: PoolReading) => void) => {
    for (const [source, { pool }] of pools) set(source, pool);
  };
  new Gauge({
    name: 'cordon_pool_connections',
    help: 'Connections to a source, in use and idle',
    labelNames: ['source', 'state'],
    registers,
    collect() {
      each((source, { total, idle }) => {
        this.set({ source, state: 'busy' }, total - idle);
        this.set({ source, state: 'idle' }, idle);
      });
    },
  });
  new Gauge({
    name: 'cordon_pool_waiting',
    help: 'Statements that wait for a connection to a source',
    labelNames: ['source'],
    registers,
    collect() {
      each((source, { waiting }) => this.set({ source }, waiting));
    },
  });
  new Gauge({
    name: 'cordon_pool_size',
    help: 'Connections that a source may have at most',
    labelNames: ['source'],
    registers,
    collect() {
      each((source, { most }) => this.set({ source }, most));
    },
  });
}

function registerCaches(registry: Registry, { caches }: Readings): void {
  const registers = [registry];
  const labelNames = ['cache'] as const;
  new Counter({
    name: 'cordon_cache_lookups_total',
    help: 'What was looked for in a cache, and whether it was there',
    labelNames: ['cache', 'result'],
    registers,
    collect() {
      this.reset();
      for (const cache of cacheNames) {
        this.inc({ cache, result: 'hit' }, caches[cache].hits);
        this.inc({ cache, result: 'miss' }, caches[cache].misses);
      }
    },
  });
  new Gauge({
    name: 'cordon_cache_entries',
    help: 'Entries of a cache',
    labelNames,
    registers,
    collect() {
      for (const cache of cacheNames) this.set({ cache }, caches[cache].entries);
    },
  });
}
