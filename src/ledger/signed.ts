import { sign, verify, type KeyObject } from 'node:crypto';
import { encodeCanonical, type Canonical } from '../base/index.js';
import { bytes, decode, fields } from './form.js';

/**
 * Canonical `[body, signature]`: Ed25519 over the canonical encoding of a body. A body begins with a text that names
 * its purpose, so that a signature for one purpose never serves another.
 */
export function signCanonical(key: KeyObject, body: readonly Canonical[]): Buffer {
  const signed = encodeCanonical(body);
  return encodeCanonical([signed, sign(null, signed, key)]);
}

export interface Signed {
  readonly body: Canonical;
  signedBy(publicKey: KeyObject): boolean;
}

/** @throws MalformedError when it is not two byte strings, the first of them canonical */
export function openSigned(document: Uint8Array): Signed {
  const [first, second] = fields(decode(document), 2);
  const [signed, signature] = [bytes(first), bytes(second, 64)];
  return { body: decode(signed), signedBy: (publicKey) => verify(null, signed, publicKey, signature) };
}
