import { createPublicKey, type KeyObject } from 'node:crypto';
import { bytes, expectDomain, fields, MalformedError, natural } from './form.js';
import { openSigned, signCanonical } from './signed.js';
import { uuidBytes, uuidText } from './writer-id.js';

/** What the enrolment key says of a writer. */
export interface WriterIdentity {
  readonly writerId: string;
  /** The process start this writer belongs to; a process that lost its lease goes on as another writer. */
  readonly boot: string;
  readonly publicKey: KeyObject;
  /** Milliseconds since 1970. */
  readonly enrolledAt: number;
}

const domain = 'cordon/writer/1';

/** The SubjectPublicKeyInfo of an Ed25519 key is this and the 32 raw bytes (RFC 8410, 4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(spkiPrefix.length);
}

function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
}

/** Body: `[domain, writer, boot, public key, enrolled at]`, signed by the enrolment key. */
export function issueCertificate(enrolment: KeyObject, identity: WriterIdentity): Buffer {
  return signCanonical(enrolment, [
    domain,
    uuidBytes(identity.writerId),
    uuidBytes(identity.boot),
    rawPublicKey(identity.publicKey),
    identity.enrolledAt,
  ]);
}

/**
 * The identity in a certificate.
 * @throws MalformedError when it is not one that the enrolment key signed
 */
export function openCertificate(certificate: Uint8Array, enrolment: KeyObject): WriterIdentity {
  const signed = openSigned(certificate);
  if (!signed.signedBy(enrolment)) throw new MalformedError('not signed by the enrolment key');
  const [purpose, writer, boot, key, enrolledAt] = fields(signed.body, 5);
  expectDomain(purpose, domain);
  return {
    writerId: uuidText(bytes(writer, 16)),
    boot: uuidText(bytes(boot, 16)),
    publicKey: publicKeyFromRaw(bytes(key, 32)),
    enrolledAt: natural(enrolledAt),
  };
}
