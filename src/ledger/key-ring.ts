import { LRUCache } from 'lru-cache';
import { HmacKey, subkey } from '../base/index.js';
import { actorScope, unwrapDataKey, type DataKey, type StoredDataKey } from './data-key.js';
import type { LedgerKeys } from './ledger-keys.js';
import { personHash } from './keyed-hashes.js';

/** The data keys, for those who may read what is encrypted. */
export interface KeyRing {
  /**
   * The key that an entry cites, or null when it was destroyed.
   * @throws MalformedError when what the database has is not that key
   */
  key(id: Uint8Array): Promise<DataKey | null>;
  /** The living keys of a source, one a month; a query over records computes one token under each. */
  ofSource(source: string): Promise<readonly DataKey[]>;
  /** Ids of every key of a person, destroyed ones too: entries of that person cite one of them. */
  idsOfPerson(personId: string): Promise<readonly Buffer[]>;
  /** The same keys; those that are not known are read over another connection. */
  through(control: KeySource): KeyRing;
}

const maxKeys = 10_000;
/** A key that is destroyed is forgotten within a minute. */
const freshForMs = 60_000;

/** Where keys are read: a pool, or one connection. */
export interface KeySource {
  query(text: string, values: unknown[]): Promise<{ readonly rows: StoredDataKey[] }>;
}

type KnownKeys = LRUCache<string, { readonly key: DataKey | null }>;

export function openKeyRing(control: KeySource, keys: LedgerKeys): KeyRing {
  return keyRingOver(control, keys, new LRUCache({ max: maxKeys, ttl: freshForMs }));
}

function keyRingOver(control: KeySource, keys: LedgerKeys, known: KnownKeys): KeyRing {
  const select = async (where: string, value: unknown) => {
    const { rows } = await control.query(
      `SELECT id, scope, wrapped, commitment FROM ledger.data_key WHERE ${where}`,
      [value],
    );
    return rows;
  };
  return {
    key: async (id) => {
      const name = Buffer.from(id).toString('hex');
      const found = known.get(name);
      if (found !== undefined) return found.key;
      const [stored] = await select('id = $1', id);
      const key = stored === undefined ? null : unwrapDataKey(stored, keys.wrapping);
      known.set(name, { key });
      return key;
    },
    ofSource: async (source) => {
      const stored = await select('starts_with(scope, $1)', `source:${source}:`);
      return stored.map((row) => unwrapDataKey(row, keys.wrapping)).filter((key) => key !== null);
    },
    idsOfPerson: async (personId) => {
      const stored = await select('scope = $1', actorScope(personHash(keys, personId)));
      return stored.map(({ id }) => id);
    },
    through: (other) => keyRingOver(other, keys, known),
  };
}

/** Deriving one costs as much as five tokens. */
const indexKeys = new WeakMap<DataKey, HmacKey>();

function indexKeyOf(key: DataKey): HmacKey {
  const known = indexKeys.get(key);
  if (known !== undefined) return known;
  const made = new HmacKey(subkey(key.secret, 'ledger', 'index', 1));
  indexKeys.set(key, made);
  return made;
}

/**
 * What an index holds in place of a record's key: the first 64 bits of HMAC-SHA-256 under a key derived from the data
 * key that encrypts the record key, so that destroying that key reaches the index too.
 */
export function recordToken(key: DataKey, type: string, recordKey: Uint8Array): bigint {
  const text = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  // The length keeps type and key apart.
  return indexKeyOf(key)
    .of(Buffer.concat([length, text, recordKey]))
    .readBigInt64BE(0);
}
