import type { KeyObject } from 'node:crypto';
import { sha256 } from '../base/index.js';
import { bytes, expectDomain, fields, MalformedError, natural, natural64, nullable, text } from './form.js';
import { HASH_BYTES } from './merkle.js';
import { openSigned, signCanonical, type Signed } from './signed.js';
import { uuidBytes, uuidText } from './writer-id.js';

/** A checkpoint of the tree over all writers, as far as a writer had seen when it sealed. */
export interface SeenCheckpoint {
  readonly size: number;
  readonly root: Buffer;
}

/** What a writer signs of each batch. */
export interface Seal {
  readonly writerId: string;
  /** UTC day of `sealedAt`, `2026-11-23`: the partition, signed so that a retry never changes it. */
  readonly day: string;
  /** 0, 1, 2 … within the writer's chain. */
  readonly seq: number;
  /** Entries of this chain before this batch. */
  readonly firstEntry: number;
  /** Entries in this batch. */
  readonly count: number;
  /** Hash of the previous seal as stored; of the certificate where there is none. */
  readonly previous: Buffer;
  /** Of the tree over the batch's leaf hashes. */
  readonly root: Buffer;
  /** 32 random bytes from which the batch's encryption keys are derived. */
  readonly salt: Buffer;
  readonly checkpoint: SeenCheckpoint | null;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
  /** Nanoseconds of a clock that only goes forwards within a process. */
  readonly monotonic: bigint;
}

const domain = 'cordon/seal/1';

/** Stored form: body `[domain, writer, day, seq, first entry, count, previous, root, salt, checkpoint, wall, monotonic]`, signed. */
export function signSeal(key: KeyObject, seal: Seal): Buffer {
  return signCanonical(key, [
    domain,
    uuidBytes(seal.writerId),
    seal.day,
    seal.seq,
    seal.firstEntry,
    seal.count,
    seal.previous,
    seal.root,
    seal.salt,
    seal.checkpoint === null ? null : [seal.checkpoint.size, seal.checkpoint.root],
    seal.sealedAt,
    seal.monotonic,
  ]);
}

/** A seal as read, with the check of its signature still to be made. */
export interface StoredSeal extends Seal, Pick<Signed, 'signedBy'> {}

/** @throws MalformedError when the bytes are not a seal */
export function readSeal(stored: Uint8Array): StoredSeal {
  const signed = openSigned(stored);
  const body = fields(signed.body, 12);
  expectDomain(body[0], domain);
  const seal: StoredSeal = {
    writerId: uuidText(bytes(body[1], 16)),
    day: text(body[2]),
    seq: natural(body[3]),
    firstEntry: natural(body[4]),
    count: natural(body[5]),
    previous: bytes(body[6], HASH_BYTES),
    root: bytes(body[7], HASH_BYTES),
    salt: bytes(body[8], 32),
    checkpoint: nullable(body[9], (value) => {
      const [size, root] = fields(value, 2);
      return { size: natural(size), root: bytes(root, HASH_BYTES) };
    }),
    sealedAt: natural(body[10]),
    monotonic: natural64(body[11]),
    signedBy: (publicKey) => signed.signedBy(publicKey),
  };
  if (seal.day !== utcDay(seal.sealedAt))
    throw new MalformedError('a seal whose day is not that of its time');
  return seal;
}

/** What the next seal calls `previous`. */
export function sealHash(stored: Uint8Array): Buffer {
  return sha256(stored);
}

/** `2026-11-23` for milliseconds since 1970. */
export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
