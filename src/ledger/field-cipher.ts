import { createCipheriv, createDecipheriv } from 'node:crypto';
import { encodeCanonical, hkdf } from '../base/index.js';
import type { DataKey } from './data-key.js';
import { MalformedError } from './form.js';
import { uuidBytes } from './writer-id.js';

/** Which batch a field belongs to; the seal holds all three. */
export interface BatchPlace {
  readonly writerId: string;
  readonly seq: number;
  readonly salt: Buffer;
}

/** Where in its batch a field stands: the entry's index, and the field's number within the entry. */
export interface FieldPlace {
  readonly entry: number;
  readonly field: number;
}

/** Encrypts and decrypts the fields of one batch. */
export interface FieldCipher {
  /** Ciphertext and tag. */
  seal(key: DataKey, place: FieldPlace, plaintext: Uint8Array): Buffer;
  /** @throws MalformedError when it was altered, moved to another place, or the key is another */
  open(key: DataKey, place: FieldPlace, sealed: Uint8Array): Buffer;
}

const info = Buffer.from('cordon/field/1');
const tagBytes = 16;

/**
 * AES-256-GCM under HKDF(data key, batch salt). A subkey serves one batch, whose salt is fresh, so the field's place in
 * the batch is a nonce that never repeats. The place is authenticated, so a field cannot be moved to another entry.
 */
export function fieldCipher({ writerId, seq, salt }: BatchPlace): FieldCipher {
  const writer = uuidBytes(writerId);
  const subkeys = new Map<DataKey, Buffer>();
  const subkeyOf = (key: DataKey): Buffer => {
    const known = subkeys.get(key);
    if (known !== undefined) return known;
    const made = hkdf(key.secret, salt, info);
    subkeys.set(key, made);
    return made;
  };
  const additionalData = ({ entry, field }: FieldPlace) => encodeCanonical([writer, seq, entry, field]);
  return {
    seal(key, place, plaintext) {
      const cipher = createCipheriv('aes-256-gcm', subkeyOf(key), nonce(place)).setAAD(additionalData(place));
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    open(key, place, sealed) {
      if (sealed.length < tagBytes) throw new MalformedError('a sealed field that is cut short');
      const decipher = createDecipheriv('aes-256-gcm', subkeyOf(key), nonce(place))
        .setAAD(additionalData(place))
        .setAuthTag(sealed.subarray(-tagBytes));
      const plaintext = decipher.update(sealed.subarray(0, -tagBytes));
      try {
        decipher.final();
      } catch {
        throw new MalformedError('a sealed field that was altered, moved, or sealed by another key');
      }
      return plaintext;
    },
  };
}

function nonce({ entry, field }: FieldPlace): Buffer {
  const counter = Buffer.alloc(12);
  counter.writeUInt32BE(entry, 4);
  counter.writeUInt32BE(field, 8);
  return counter;
}
