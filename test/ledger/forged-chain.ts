import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { encodeCanonical, systemClock, type Canonical, type Clock } from '../../src/base/index.js';
import type { BatchRow, WriterRow } from '../../src/ledger/index.js';
import { advance, assembleBatch, newChain, type SealedBatch } from '../../src/ledger/batch.js';
import { issueCertificate, rawPublicKey } from '../../src/ledger/certificate.js';
import { encodeWriterStart } from '../../src/ledger/entry.js';

/**
 * Chains as a writer would make them that holds a valid key and does wrong: no honest ledger gives these to test with.
 */
export interface ForgedChain {
  readonly writerId: string;
  readonly writer: WriterRow;
  /** The next batch, of these entries; the chain advances. */
  readonly batch: (...entries: readonly Uint8Array[]) => BatchRow;
  /** The same, but the chain stays as it was: the next batch takes the same place. */
  readonly sidestep: (...entries: readonly Uint8Array[]) => BatchRow;
  /** The chain from here on, its seals signed by another key. */
  readonly continued: (key: KeyObject) => Pick<ForgedChain, 'batch'>;
  /** A well-formed first entry. */
  readonly start: () => Uint8Array;
}

export function forgedChain(enrolment: KeyObject, clock: Clock = systemClock): ForgedChain {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [writerId, boot] = [randomUUID(), randomUUID()];
  const certificate = issueCertificate(enrolment, { writerId, boot, publicKey, enrolledAt: clock.now() });
  let chain = newChain(writerId, privateKey, certificate);
  const seal = (entries: readonly Uint8Array[]): SealedBatch => {
    const waiting = entries.map((entry) => ({ pending: { size: 0, cites: [], encode: () => entry } }));
    const { batch } = assembleBatch(chain, { peek: () => waiting[0], take: () => waiting.shift() }, clock);
    return batch!;
  };
  const batch = (...entries: readonly Uint8Array[]): BatchRow => {
    const sealed = seal(entries);
    chain = advance(chain, sealed);
    return rowOf(sealed);
  };
  return {
    writerId,
    writer: { writerId, publicKey: rawPublicKey(publicKey), certificate },
    batch,
    continued: (key) => {
      chain = { ...chain, privateKey: key };
      return { batch };
    },
    sidestep: (...entries) => rowOf(seal(entries)),
    start: () =>
      encodeWriterStart(Buffer.alloc(16), { recordedAt: clock.now(), writerId, boot, predecessors: [] }),
  };
}

function rowOf({ writerId, day, seq, count, sealedAt, payload, seal }: SealedBatch): BatchRow {
  return { writerId, day, seq, n: count, t0: sealedAt, payload, seal };
}

/** An entry of unknown callers: small, and cites nothing. */
export function summary(from = 0): Uint8Array {
  return encodeCanonical([3, 1, Buffer.alloc(16), from, from, '203.0.113.0/24', [['UNAUTHENTICATED', 1]]]);
}

/** A request entry with these changes to its fields, by position. */
export function request(changes: Readonly<Record<number, Canonical>> = {}): Uint8Array {
  const sealed = [Buffer.alloc(16), Buffer.alloc(16)];
  const fields: Canonical[] = [
    1, 1, Buffer.alloc(16), 0, 'request-1', 1, 1, sealed, null, null, [], [], [], null, null,
    Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(8), null, [], 0, null, null, 0, 0, 0, [],
  ]; // prettier-ignore
  return encodeCanonical(fields.map((value, i) => changes[i] ?? value));
}
