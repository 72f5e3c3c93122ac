import { createCipheriv, createDecipheriv } from 'node:crypto';
import { decodeCanonical, encodeCanonical, hmac, subkey, type Tuple } from '../base/index.js';

/**
 * Cursors: the order tuple of a record, sealed with AES-256-GCM for one caller and one place. They hold column values,
 * so nobody can read them, move them to another caller, operation or order, or make one up.
 */

/** Whom a cursor is for: principal and row claims, canonically encoded. */
export type Audience = Uint8Array;

// Lengths come in steps, or the cursor's own would tell the value's.
const step = 64;
const tagBytes = 16;
const nonceBytes = 12;

export class CursorCodec {
  readonly #cipherKey: Buffer;
  readonly #nonceKey: Buffer;

  /** @param root 32 bytes; subkeys are derived */
  constructor(root: Uint8Array) {
    this.#cipherKey = subkey(root, 'cursor', 'cipher');
    this.#nonceKey = subkey(root, 'cursor', 'nonce');
  }

  /**
   * Deterministic: one tuple at one place has one cursor for a caller, so that a cursor tells nothing but its place.
   * The nonce covers everything the ciphertext depends on, so that none is used for two plaintexts.
   */
  seal(tuple: Tuple, audience: Audience, place: Uint8Array): string {
    const plain = pad(encodeCanonical(tuple));
    const nonce = hmac(this.#nonceKey, encodeCanonical([audience, place, plain])).subarray(0, nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#cipherKey, nonce).setAAD(
      encodeCanonical([audience, place]),
    );
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** The tuple, or null for anything that was not sealed for this caller at this place. */
  open(cursor: string, audience: Audience, place: Uint8Array): Tuple | null {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length < nonceBytes + step + tagBytes || bytes.toString('base64url') !== cursor) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#cipherKey, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(encodeCanonical([audience, place]))
        .setAuthTag(bytes.subarray(-tagBytes));
      const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      return decodeCanonical(unpad(plain)) as Tuple;
    } catch {
      return null;
    }
  }
}

/** Length, then the bytes, then zeros to the next step. */
function pad(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((4 + bytes.length) / step) * step);
  padded.writeUInt32BE(bytes.length);
  padded.set(bytes, 4);
  return padded;
}

function unpad(padded: Buffer): Buffer {
  return padded.subarray(4, 4 + padded.readUInt32BE());
}
