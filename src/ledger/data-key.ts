import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { encodeCanonical, hashTuple } from '../base/index.js';
import { MalformedError } from './form.js';

/** A key that encrypts the parts of entries that can be erased: destroying it erases them and leaves every proof. */
export interface DataKey {
  /** 16 bytes by which entries cite it: the beginning of its commitment. */
  readonly id: Buffer;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** A data key as the database keeps it. */
export interface StoredDataKey {
  readonly id: Buffer;
  readonly scope: string;
  /** Nonce, ciphertext and tag; null once destroyed. */
  readonly wrapped: Buffer | null;
  readonly commitment: Buffer;
}

const domain = 'cordon/data-key/1';
const idBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

const dayMs = 86_400_000;
/** The month of the day that was last asked for: every request asks. */
let lastMonth = { day: Number.NaN, text: '' };

function monthOf(at: number): string {
  const day = Math.floor(at / dayMs);
  if (lastMonth.day !== day) lastMonth = { day, text: new Date(at).toISOString().slice(0, 7) };
  return lastMonth.text;
}

/** One key a source and month (UTC): erasure and retention work by the month. */
export function sourceScope(source: string, at: number): string {
  return `source:${source}:${monthOf(at)}`;
}

/** One key a person, whose id appears as a keyed hash only. */
export function actorScope(personHash: Buffer): string {
  return `actor:${personHash.toString('hex')}`;
}

/**
 * The commitment binds scope and key: without it, AES-GCM would let a thief of the wrapping key craft a second key
 * under which an old ciphertext reads as something else.
 */
export function newDataKey(scope: string, wrapping: Buffer): StoredDataKey {
  const secret = randomBytes(32);
  const commitment = hashTuple(domain, scope, secret);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(bound(scope, commitment));
  const wrapped = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return { id: commitment.subarray(0, idBytes), scope, wrapped, commitment };
}

/**
 * The key, or null when it was destroyed.
 * @throws MalformedError when id, scope, commitment and key do not belong together
 */
export function unwrapDataKey(
  { id, scope, wrapped, commitment }: StoredDataKey,
  wrapping: Buffer,
): DataKey | null {
  if (!commitment.subarray(0, idBytes).equals(id)) throw new MalformedError('a data key under another id');
  if (wrapped === null) return null;
  if (wrapped.length !== nonceBytes + 32 + tagBytes)
    throw new MalformedError('a wrapped data key of wrong length');
  const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(0, nonceBytes))
    .setAAD(bound(scope, commitment))
    .setAuthTag(wrapped.subarray(-tagBytes));
  const secret = decipher.update(wrapped.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch {
    throw new MalformedError('a data key that was altered, or wrapped by another key');
  }
  if (!hashTuple(domain, scope, secret).equals(commitment)) {
    throw new MalformedError('a data key that is not the one committed to');
  }
  return { id, secret };
}

function bound(scope: string, commitment: Buffer): Uint8Array {
  return encodeCanonical([domain, scope, commitment]);
}
