import type { KeyObject } from 'node:crypto';
import { openCertificate, rawPublicKey, type WriterIdentity } from './certificate.js';
import { contentHere, type ContentChecker } from './content-checker.js';
import { unwrapDataKey, type StoredDataKey } from './data-key.js';
import type { WriterStartEntry } from './entry.js';
import type { FaultKind, LedgerFault } from './fault.js';
import { bytesText, MalformedError } from './form.js';
import type { BatchRow, WriterRow } from './ledger-reader.js';
import { HASH_BYTES } from './merkle.js';
import { runs, type Run } from './runs.js';
import { readSeal, sealHash } from './seal.js';
import type { LocalSeal } from './seal-folder.js';
import { ChainVerifier, readRow, type ChainListener, type CheckedRow } from './verify-chain.js';

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
  /** Looks at entries; where it is not said, the thread that verifies. Whoever made it closes it. */
  readonly checker?: ContentChecker;
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
    const { entries, batches } = await this.#verifyBatches();
    for (const { writerId, stored } of this.#evidence.localSeals ?? []) this.#rememberLocal(writerId, stored);
    for (const seal of this.#remembered) this.#expectSeal(seal);
    await this.#verifyDataKeys();
    return { ok: this.#faults.length === 0, entries, batches, size: entries, faults: this.#faults };
  }

  /** Threads look at some batches while others are read; chains are followed here, in order. */
  async #verifyBatches(): Promise<Pick<Verification, 'entries' | 'batches'>> {
    const { checker = contentHere } = this.#evidence;
    let [entries, batches] = [0, 0];
    const take = (rows: readonly CheckedRow[]) => {
      const [first] = rows;
      batches += rows.length;
      entries += (first && this.#chainOf(first.row)?.batches(rows)) ?? 0;
    };
    const begun: Promise<readonly CheckedRow[]>[] = [];
    for await (const run of runs(this.#evidence.batches)) {
      const checking = checkRun(run, checker);
      // Whoever waits for it hears of it.
      checking.catch(() => undefined);
      begun.push(checking);
      if (begun.length >= checker.atOnce) take((await begun.shift()) ?? []);
    }
    for (const checking of begun) take(await checking);
    return { entries, batches };
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

  cited(dataKeys: readonly string[]): void {
    if (this.#evidence.dataKeys === undefined) return;
    for (const id of dataKeys) this.#citedKeys.add(id);
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

/** What a seal says that says nothing. */
const unsealed = { seq: 0, count: 0, root: Buffer.alloc(HASH_BYTES) };

async function checkRun(run: Run, checker: ContentChecker): Promise<readonly CheckedRow[]> {
  const rows = run.map(readRow);
  const contents = await checker.check(
    rows.map(({ row: { payload }, seal }) => {
      const { seq, count, root } = seal instanceof MalformedError ? unsealed : seal;
      return { payload, seq, count, root };
    }),
  );
  return rows.map((row, i) => {
    const content = contents[i];
    if (content === undefined) throw new Error('a batch that nobody looked at');
    return { ...row, content };
  });
}
