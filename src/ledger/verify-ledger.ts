import type { KeyObject } from 'node:crypto';
import { openCertificate, rawPublicKey, type WriterIdentity } from './certificate.js';
import { unwrapDataKey, type StoredDataKey } from './data-key.js';
import type { WriterStartEntry } from './entry.js';
import type { FaultKind, LedgerFault } from './fault.js';
import { bytesText, MalformedError } from './form.js';
import type { BatchRow, WriterRow } from './ledger-reader.js';
import type { RequestEntry } from './request-entry.js';
import { runs } from './runs.js';
import { readSeal, sealHash } from './seal.js';
import type { LocalSeal } from './seal-folder.js';
import { ChainVerifier, type ChainListener } from './verify-chain.js';

/** What is verified. Nothing of it is trusted but the enrolment key; the rest may come from a database or an export. */
export interface LedgerEvidence {
  readonly enrolment: KeyObject;
  readonly writers: Iterable<WriterRow>;
  /** Each writer's in sequence. */
  readonly batches: AsyncIterable<BatchRow> | Iterable<BatchRow>;
  /** Every row of `ledger.data_key`, to find cited keys that are gone. */
  readonly dataKeys?: AsyncIterable<StoredDataKey> | Iterable<StoredDataKey>;
  /** With it, data keys are also unwrapped. */
  readonly wrapping?: Buffer;
  /** Last seals that gateways keep outside the database, read before the batches were. */
  readonly localSeals?: readonly LocalSeal[];
}

export interface Verification {
  readonly ok: boolean;
  readonly entries: number;
  readonly batches: number;
  /** Leaves that are in order so far: the size of the tree over them. */
  readonly size: number;
  /** In the order in which they were met; no more than a thousand. */
  readonly faults: readonly LedgerFault[];
}

const maxFaults = 1_000;

/** A seal that somebody outside its chain remembers. */
interface RememberedSeal {
  readonly writerId: string;
  readonly seq: number;
  readonly hash: Buffer;
}

/** Checks certificates, signatures, chains, roots, encodings, dictionaries and data keys, streaming. */
export async function verifyLedger(evidence: LedgerEvidence): Promise<Verification> {
  return new LedgerVerifier(evidence).run();
}

class LedgerVerifier implements ChainListener {
  readonly #evidence: LedgerEvidence;
  readonly #faults: LedgerFault[] = [];
  readonly #chains = new Map<string, ChainVerifier>();
  /** Writers without a valid certificate, each reported once. */
  readonly #unknown = new Set<string>();
  readonly #remembered: RememberedSeal[] = [];
  readonly #citedKeys = new Set<string>();

  constructor(evidence: LedgerEvidence) {
    this.#evidence = evidence;
  }

  async run(): Promise<Verification> {
    for (const writer of this.#evidence.writers) this.#admit(writer);
    let [entries, batches] = [0, 0];
    for await (const run of runs(this.#evidence.batches)) {
      batches += run.length;
      entries += this.#chainOf(run[0])?.batches(run) ?? 0;
    }
    for (const { writerId, stored } of this.#evidence.localSeals ?? []) this.#rememberLocal(writerId, stored);
    for (const seal of this.#remembered) this.#expectSeal(seal);
    await this.#verifyDataKeys();
    return { ok: this.#faults.length === 0, entries, batches, size: entries, faults: this.#faults };
  }

  fault(kind: FaultKind, writerId: string | null, seq: number | null, message: string): void {
    if (this.#faults.length < maxFaults) this.#faults.push({ kind, writerId, seq, message });
  }

  started({ writerId, predecessors }: WriterStartEntry): void {
    for (const predecessor of predecessors) {
      if (predecessor.found) this.#remembered.push({ ...predecessor, hash: predecessor.seal });
      else {
        const { writerId: lost, seq } = predecessor;
        this.fault('GAP_DECLARED', lost, seq, `writer ${writerId} began without the batches up to this one`);
      }
    }
  }

  request({ actor, disclosures }: RequestEntry): void {
    if (this.#evidence.dataKeys === undefined) return;
    this.#citedKeys.add(bytesText(actor.keyId));
    for (const { keys } of disclosures) if (keys !== null) this.#citedKeys.add(bytesText(keys.keyId));
  }

  #admit({ writerId, publicKey, certificate }: WriterRow): void {
    let identity: WriterIdentity;
    try {
      identity = openCertificate(certificate, this.#evidence.enrolment);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#unknown.add(writerId);
      this.fault('CERTIFICATE_INVALID', writerId, null, error.message);
      return;
    }
    if (identity.writerId !== writerId || !rawPublicKey(identity.publicKey).equals(publicKey)) {
      this.fault('CERTIFICATE_INVALID', writerId, null, 'the row says other than the certificate');
    }
    this.#chains.set(writerId, new ChainVerifier(identity, certificate, this));
  }

  #chainOf({ writerId, seq }: BatchRow): ChainVerifier | undefined {
    const chain = this.#chains.get(writerId);
    if (chain === undefined && !this.#unknown.has(writerId)) {
      this.#unknown.add(writerId);
      this.fault('WRITER_UNKNOWN', writerId, seq, 'batches of a writer that has no row');
    }
    return chain;
  }

  #rememberLocal(writerId: string, stored: Buffer): void {
    try {
      this.#remembered.push({ writerId, seq: readSeal(stored).seq, hash: sealHash(stored) });
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.fault('SEAL_MALFORMED', writerId, null, 'the local file of last seals holds something else');
    }
  }

  /** A chain that goes on beyond the remembered seal holds it, or the chain itself is broken. */
  #expectSeal({ writerId, seq, hash }: RememberedSeal): void {
    const end = this.#chains.get(writerId)?.end ?? null;
    if (end === null || end.seq < seq) {
      this.fault('TAIL_LOST', writerId, seq, 'a batch that was acknowledged is not there');
    } else if (
      (end.seq === seq && !end.hash.equals(hash)) ||
      (end.seq === seq + 1 && !end.previous.equals(hash))
    ) {
      this.fault('TAIL_FORKED', writerId, seq, 'another batch in place of the one that was acknowledged');
    }
  }

  async #verifyDataKeys(): Promise<void> {
    const { dataKeys, wrapping } = this.#evidence;
    if (dataKeys === undefined) return;
    for await (const stored of dataKeys) {
      this.#citedKeys.delete(bytesText(stored.id));
      try {
        unwrapDataKey(
          wrapping === undefined ? { ...stored, wrapped: null } : stored,
          wrapping ?? Buffer.alloc(32),
        );
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        this.fault('DATA_KEY_INVALID', null, null, `${stored.id.toString('hex')}: ${error.message}`);
      }
    }
    for (const id of this.#citedKeys)
      this.fault(
        'DATA_KEY_MISSING',
        null,
        null,
        `${Buffer.from(id, 'latin1').toString('hex')} is cited and not there`,
      );
  }
}
