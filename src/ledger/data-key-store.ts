import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { newDataKey, unwrapDataKey, type DataKey, type StoredDataKey } from './data-key.js';

/** Living data keys by scope, made when first needed. */
export interface DataKeyStore {
  /** The living key, where it has been read lately. */
  known(scope: string): DataKey | undefined;
  /** @throws Error when the database does not answer, or what it keeps is not the key that was put there */
  living(scope: string): Promise<DataKey>;
  close(): Promise<void>;
}

/**
 * A key is read anew after this long, so that destroying it reaches every running gateway within a minute; what is
 * recorded under it until then is erased with the rest.
 */
const freshForMs = 60_000;
const maxKeys = 10_000;
const timeoutMs = 5_000;

/** Connections of its own: making a key must not hold up the batches. */
export function openDataKeyStore(control: pg.ClientConfig, wrapping: Buffer): DataKeyStore {
  const pool = new pg.Pool({
    ...control,
    max: 2,
    application_name: 'cordon-ledger-keys',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // An idle connection that ends is replaced by the next query.
  pool.on('error', () => undefined);
  // The pool listens to idle connections alone.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const known = new LRUCache<string, DataKey>({ max: maxKeys, ttl: freshForMs });
  const underWay = new Map<string, Promise<DataKey>>();
  const fetch = async (scope: string): Promise<DataKey> => {
    try {
      const key = (await readLiving(pool, scope, wrapping)) ?? (await create(pool, scope, wrapping));
      known.set(scope, key);
      return key;
    } finally {
      underWay.delete(scope);
    }
  };
  return {
    known: (scope) => known.get(scope),
    living: (scope) => {
      const key = known.get(scope);
      if (key !== undefined) return Promise.resolve(key);
      const fetching = underWay.get(scope) ?? fetch(scope);
      underWay.set(scope, fetching);
      return fetching;
    },
    close: () => pool.end(),
  };
}

async function readLiving(pool: pg.Pool, scope: string, wrapping: Buffer): Promise<DataKey | null> {
  const { rows } = await pool.query<StoredDataKey>({
    name: 'ledger_living_key',
    text: 'SELECT id, scope, wrapped, commitment FROM ledger.data_key WHERE scope = $1 AND wrapped IS NOT NULL',
    values: [scope],
  });
  return rows[0] === undefined ? null : unwrapDataKey(rows[0], wrapping);
}

/**
 * Several gateways may make the first key of a scope at once; one of them succeeds and all read it back. What is read
 * is committed, and a batch under it is committed later on the same server: no batch outlives its key.
 */
async function create(pool: pg.Pool, scope: string, wrapping: Buffer): Promise<DataKey> {
  const made = newDataKey(scope, wrapping);
  await pool.query(
    `INSERT INTO ledger.data_key (id, scope, wrapped, commitment) VALUES ($1, $2, $3, $4)
     ON CONFLICT (scope) WHERE wrapped IS NOT NULL DO NOTHING`,
    [made.id, made.scope, made.wrapped, made.commitment],
  );
  const key = await readLiving(pool, scope, wrapping);
  if (key === null) throw new Error('a data key that was made and is not there');
  return key;
}
