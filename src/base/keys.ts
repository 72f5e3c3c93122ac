import { createHmac, hash, hkdfSync } from 'node:crypto';
import { encodeCanonical, type Canonical } from './canonical.js';

/** SHA-256 of bytes or UTF-8 text. */
export function sha256(data: Uint8Array | string): Buffer {
  return hash('sha256', data, 'buffer');
}

/** HMAC-SHA-256. */
export function hmac(key: Uint8Array, data: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

const firstBlock = Buffer.from([1]);

/**
 * HKDF-SHA-256 (RFC 5869) for one block of 32 bytes: extract and expand, each one HMAC. Node's own makes a key object and
 * a job of it, which takes four times as long, and the ledger derives a key or two for each batch.
 * @param salt not empty
 */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Buffer {
  return hmac(hmac(salt, secret), Buffer.concat([info, firstBlock]));
}

/**
 * A 32-byte subkey for one use (RFC 5869). The use is a tuple, encoded canonically, so that no two uses can be made
 * to coincide by moving a separator.
 */
export function subkey(root: Uint8Array, ...use: readonly Canonical[]): Buffer {
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), encodeCanonical(use), 32));
}

/** The hash of a tuple, over its canonical encoding; never of a joined string. */
export function hashTuple(...tuple: readonly Canonical[]): Buffer {
  return sha256(encodeCanonical(tuple));
}
