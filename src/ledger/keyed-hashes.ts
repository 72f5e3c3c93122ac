import { LRUCache } from 'lru-cache';
import { hmac } from '../base/index.js';
import { actorScope } from './data-key.js';
import type { LedgerKeys } from './ledger-keys.js';

const rememberedPeople = 10_000;
/** Of documents, whose hashes take little beside them. */
const rememberedCharacters = 2 * 1024 * 1024;

/** Who did it, as a keyed hash. */
export function personHash(keys: LedgerKeys, personId: string): Buffer {
  return hmac(keys.personHash, personId);
}

/** The keyed hashes that entries hold. People and documents recur from request to request, and theirs are remembered. */
export class KeyedHashes {
  readonly #keys: LedgerKeys;
  readonly #actors = new LRUCache<string, string>({ max: rememberedPeople });
  readonly #documents = new LRUCache<string, Buffer>({
    maxSize: rememberedCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  });

  constructor(keys: LedgerKeys) {
    this.#keys = keys;
  }

  /** The scope of a person's data keys. */
  actor(personId: string): string {
    let scope = this.#actors.get(personId);
    if (scope === undefined) {
      scope = actorScope(personHash(this.#keys, personId));
      this.#actors.set(personId, scope);
    }
    return scope;
  }

  document(text: string): Buffer {
    let hash = this.#documents.get(text);
    if (hash === undefined) {
      hash = hmac(this.#keys.documentHash, text);
      this.#documents.set(text, hash);
    }
    return hash;
  }

  variables(text: string): Buffer {
    return hmac(this.#keys.variablesHash, text);
  }
}
