import { readPayload } from './batch.js';
import type { WriterIdentity } from './certificate.js';
import { dictionaryName } from './dictionary.js';
import { decodeEntry, type Entry, type WriterStartEntry } from './entry.js';
import type { FaultKind } from './fault.js';
import { MalformedError } from './form.js';
import type { BatchRow } from './ledger-reader.js';
import { leafHash, merkleTree } from './merkle.js';
import type { RequestEntry } from './request-entry.js';
import { readSeal, sealHash, type StoredSeal } from './seal.js';

/** What a chain's verifier tells, and to whom. */
export interface ChainListener {
  fault(kind: FaultKind, writerId: string, seq: number | null, message: string): void;
  /** A start names the last seals of chains before it. */
  started(start: WriterStartEntry): void;
  /** A request cites its data keys. */
  request(entry: RequestEntry): void;
}

/** Where the chain stands after the last batch that was looked at. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: Buffer;
  readonly previous: Buffer;
}

/** Verifies the batches of one writer, given in sequence, each as it comes. */
export class ChainVerifier {
  readonly #writer: WriterIdentity;
  readonly #listener: ChainListener;
  #nextSeq = 0;
  #nextEntry = 0;
  #previous: Buffer;
  #monotonic = -1n;
  #end: ChainEnd | null = null;
  /** Texts announced on a day. */
  #announced = { day: '', names: new Set<string>() };

  constructor(writer: WriterIdentity, certificate: Buffer, listener: ChainListener) {
    this.#writer = writer;
    this.#listener = listener;
    this.#previous = sealHash(certificate);
  }

  get end(): ChainEnd | null {
    return this.#end;
  }

  /** @returns entries in the batch as far as they can be told */
  batch(row: BatchRow): number {
    const seal = this.#attempt(row, 'SEAL_MALFORMED', () => readSeal(row.seal));
    if (seal === null) return this.#skip(row);
    if (!seal.signedBy(this.#writer.publicKey)) {
      this.#fault(row, 'SIGNATURE_INVALID', 'the seal is not signed by this writer');
    }
    this.#compareColumns(row, seal);
    if (seal.seq < this.#nextSeq) {
      this.#fault(row, 'BATCH_REPEATED', 'this sequence number was there before');
      return 0;
    }
    this.#compareWithPrevious(row, seal);
    this.#nextSeq = seal.seq + 1;
    this.#nextEntry = seal.firstEntry + seal.count;
    const hash = sealHash(row.seal);
    this.#end = { seq: seal.seq, hash, previous: seal.previous };
    this.#previous = hash;
    this.#monotonic = seal.monotonic;
    return this.#content(row, seal);
  }

  /** A row whose seal says nothing: its place counts as taken, or every later batch would be a fault too. */
  #skip(row: BatchRow): number {
    if (row.seq === this.#nextSeq) this.#nextSeq += 1;
    return 0;
  }

  #compareColumns(row: BatchRow, seal: StoredSeal): void {
    const differing = [
      row.writerId !== seal.writerId && 'writer_id',
      row.day !== seal.day && 'day',
      row.seq !== seal.seq && 'seq',
      row.n !== seal.count && 'n',
      row.t0 !== seal.sealedAt && 't0',
    ].filter((name) => name !== false);
    if (differing.length > 0) {
      this.#fault(row, 'COLUMN_MISMATCH', `other than in the seal: ${differing.join(', ')}`);
    }
  }

  #compareWithPrevious(row: BatchRow, seal: StoredSeal): void {
    if (seal.seq > this.#nextSeq) {
      const gap = seal.seq - this.#nextSeq;
      this.#fault(row, 'BATCH_MISSING', `${gap} before this one, from sequence ${this.#nextSeq}`);
    } else if (!seal.previous.equals(this.#previous)) {
      this.#fault(row, 'CHAIN_BROKEN', 'the seal does not name the one before it');
    } else if (seal.firstEntry !== this.#nextEntry) {
      this.#fault(row, 'COUNT_MISMATCH', 'the seal does not continue the count of entries');
    }
    if (seal.monotonic <= this.#monotonic)
      this.#fault(row, 'CLOCK_BACKWARDS', 'older than the batch before it');
  }

  #content(row: BatchRow, seal: StoredSeal): number {
    const entries = this.#attempt(row, 'PAYLOAD_MALFORMED', () => readPayload(row.payload));
    if (entries === null) return 0;
    if (entries.length !== seal.count) {
      this.#fault(row, 'COUNT_MISMATCH', `${entries.length} entries where ${seal.count} were sealed`);
    }
    if (entries.length === 0 || !merkleTree(entries.map(leafHash)).root.equals(seal.root)) {
      this.#fault(row, 'ROOT_MISMATCH', 'the entries are not those that were sealed');
    }
    if (this.#announced.day !== seal.day) this.#announced = { day: seal.day, names: new Set() };
    entries.forEach((stored, index) => {
      const entry = this.#attempt(row, 'ENTRY_MALFORMED', () => decodeEntry(stored));
      if (entry !== null) this.#entry(row, entry, seal.seq === 0 && index === 0);
    });
    return entries.length;
  }

  #entry(row: BatchRow, entry: Entry, first: boolean): void {
    if (first !== (entry.kind === 'writer start')) {
      this.#fault(row, 'START_MISPLACED', 'a chain begins with its start, and has one');
    }
    if (entry.kind === 'dictionary') this.#announced.names.add(entry.text.name);
    if (entry.kind === 'request') {
      this.#expectTexts(row, entry);
      this.#listener.request(entry);
    }
    if (entry.kind === 'writer start') {
      const { writerId, boot } = this.#writer;
      if (entry.writerId !== writerId || entry.boot !== boot) {
        this.#fault(row, 'START_MISPLACED', 'the start of another writer');
      }
      this.#listener.started(entry);
    }
  }

  #expectTexts(row: BatchRow, entry: RequestEntry): void {
    const cited = [
      dictionaryName('schema', entry.schemaVersion),
      dictionaryName('policy', entry.policyVersion),
      ...entry.disclosures.map(({ descriptor }) => dictionaryName('descriptor', descriptor)),
    ];
    const missing = cited.filter((name) => !this.#announced.names.has(name));
    if (missing.length > 0)
      this.#fault(row, 'TEXT_MISSING', `cited and not announced: ${missing.join(', ')}`);
  }

  #attempt<T>(row: BatchRow, kind: FaultKind, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#fault(row, kind, error.message);
      return null;
    }
  }

  #fault(row: BatchRow, kind: FaultKind, message: string): void {
    this.#listener.fault(kind, this.#writer.writerId, row.seq, message);
  }
}
