import { isUtf8 } from 'node:buffer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { encodeCanonical, subkey, type Tuple } from '../base/index.js';

/**
 * Values of encrypted columns. AES-256-GCM over the value's text in UTF-8, with a key derived for its field:
 *
 * | bytes | |
 * |---|---|
 * | 1 | version, 1 |
 * | 8 | id of the key, derived from it |
 * | 12 | nonce, random |
 * | any | ciphertext, as long as the text |
 * | 16 | tag |
 *
 * The tag covers version, key id, field and record key as well, so that a value opens in its own place only.
 */

/** A key by which values are encrypted, and those by which they were before it: 32 bytes each. */
export interface ColumnKeys {
  readonly current: Buffer;
  readonly old: readonly Buffer[];
}

/** Where a value belongs. */
export interface CellPlace {
  readonly coordinate: string;
  /** The record's key, as PostgreSQL text. */
  readonly record: Tuple;
}

export interface OpenedValue {
  readonly text: string;
  /** Whether by the current key. */
  readonly current: boolean;
}

const version = 1;
const idBytes = 8;
const headBytes = 1 + idBytes;
const nonceBytes = 12;
const tagBytes = 16;

interface RingKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

export class ColumnCipher {
  readonly #rings: ReadonlyMap<string, readonly [current: RingKey, ...old: readonly RingKey[]]>;
  /** Keys of fields: there are as many as keys and encrypted fields. */
  readonly #fieldKeys = new Map<string, Buffer>();

  /** @param keys by their names in the configuration */
  constructor(keys: ReadonlyMap<string, ColumnKeys>) {
    this.#rings = new Map(
      [...keys].map(([name, { current, old }]) => [name, [ringKey(current), ...old.map(ringKey)]]),
    );
  }

  /** @throws Error for a name without a key; the model has none */
  seal(keyName: string, text: string, place: CellPlace): Buffer {
    const ring = this.#rings.get(keyName);
    if (ring === undefined) throw new Error(`there is no encryption key ${keyName}`);
    const [key] = ring;
    const head = Buffer.concat([Buffer.from([version]), key.id]);
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#fieldKey(key, place), nonce);
    cipher.setAAD(boundTo(head, place));
    return Buffer.concat([head, nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** The value, or null for anything that was not sealed for this place with a key of this name. */
  open(keyName: string, sealed: Buffer, place: CellPlace): OpenedValue | null {
    if (sealed.length < headBytes + nonceBytes + tagBytes || sealed[0] !== version) return null;
    const head = sealed.subarray(0, headBytes);
    const ring = this.#rings.get(keyName) ?? [];
    const position = ring.findIndex(({ id }) => id.equals(head.subarray(1)));
    const key = ring[position];
    if (key === undefined) return null;
    const nonce = sealed.subarray(headBytes, headBytes + nonceBytes);
    const options = { authTagLength: tagBytes };
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#fieldKey(key, place), nonce, options)
        .setAAD(boundTo(head, place))
        .setAuthTag(sealed.subarray(-tagBytes));
      const inner = sealed.subarray(headBytes + nonceBytes, -tagBytes);
      const bytes = Buffer.concat([decipher.update(inner), decipher.final()]);
      // What is no text was not sealed here; decoding it would put other characters in its place.
      return isUtf8(bytes) ? { text: bytes.toString('utf8'), current: position === 0 } : null;
    } catch {
      return null;
    }
  }

  /** Random nonces are good for some billions of values under one key; each field has one of its own. */
  #fieldKey({ id, key }: RingKey, { coordinate }: CellPlace): Buffer {
    const name = `${id.toString('hex')} ${coordinate}`;
    let found = this.#fieldKeys.get(name);
    if (found === undefined) {
      found = subkey(key, 'column', 'cipher', coordinate);
      this.#fieldKeys.set(name, found);
    }
    return found;
  }
}

function ringKey(key: Buffer): RingKey {
  return { id: subkey(key, 'column', 'id').subarray(0, idBytes), key };
}

function boundTo(head: Uint8Array, { coordinate, record }: CellPlace): Buffer {
  return encodeCanonical(['column', head, coordinate, record]);
}
