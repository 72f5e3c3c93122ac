import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { openCertificate, type WriterIdentity } from './certificate.js';

const maxWriters = 1_000;

/** Whom certificates name. A certificate is cited by every batch of its writer, and takes as long to check as a seal. */
export class CertifiedWriters {
  readonly #enrolment: KeyObject;
  readonly #known = new LRUCache<string, WriterIdentity>({ max: maxWriters });

  /** @param enrolment the key that certifies writers; its public half is enough */
  constructor(enrolment: KeyObject) {
    this.#enrolment = enrolment;
  }

  /** @throws MalformedError when it is not one that the enrolment key signed */
  of(certificate: Buffer): WriterIdentity {
    const text = certificate.toString('latin1');
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const identity = openCertificate(certificate, this.#enrolment);
    this.#known.set(text, identity);
    return identity;
  }
}
