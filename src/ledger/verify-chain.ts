import type { KeyObject } from 'node:crypto';
import { readPayload } from './batch.js';
import type { WriterIdentity } from './certificate.js';
import { dictionaryName, type DictionaryKind } from './dictionary.js';
import { decodeEntry, type Entry, type WriterStartEntry } from './entry.js';
import type { FaultKind } from './fault.js';
import { bytesText, MalformedError } from './form.js';
import type { BatchRow } from './ledger-reader.js';
import { merkleRoot } from './merkle.js';
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

/** A row, and what its seal says, or why it says nothing. */
interface SealedRow {
  readonly row: BatchRow;
  readonly seal: StoredSeal | MalformedError;
  /** The seal's own. */
  readonly hash: Buffer;
}

/** Texts by kind, each by its hash. */
type Announced = Readonly<Record<DictionaryKind, Set<string>>>;
const noneAnnounced = (): Announced => ({ descriptor: new Set(), schema: new Set(), policy: new Set() });

/** Verifies the batches of one writer, given in sequence, some at a time. */
export class ChainVerifier {
  readonly #writer: WriterIdentity;
  readonly #listener: ChainListener;
  #nextSeq = 0;
  #nextEntry = 0;
  #previous: Buffer;
  #monotonic = -1n;
  #end: ChainEnd | null = null;
  /** Texts announced on a day. */
  #day = '';
  #announced = noneAnnounced();

  constructor(writer: WriterIdentity, certificate: Buffer, listener: ChainListener) {
    this.#writer = writer;
    this.#listener = listener;
    this.#previous = sealHash(certificate);
  }

  get end(): ChainEnd | null {
    return this.#end;
  }

  /**
   * The next batches. Of several at once few signatures are checked, as `signedBy` says.
   * @returns entries in the batches as far as they can be told
   */
  batches(rows: readonly BatchRow[]): number {
    const sealed = rows.map((row) => ({ row, seal: sealOf(row), hash: sealHash(row.seal) }));
    const signed = signedBy(this.#writer.publicKey, sealed);
    return sealed.reduce((entries, each, i) => entries + this.#batch(each, signed[i] === true), 0);
  }

  #batch({ row, seal, hash }: SealedRow, signed: boolean): number {
    if (seal instanceof MalformedError) {
      this.#fault(row, 'SEAL_MALFORMED', seal.message);
      return this.#skip(row);
    }
    if (!signed) this.#fault(row, 'SIGNATURE_INVALID', 'the seal is not signed by this writer');
    this.#compareColumns(row, seal);
    if (seal.seq < this.#nextSeq) {
      this.#fault(row, 'BATCH_REPEATED', 'this sequence number was there before');
      return 0;
    }
    this.#compareWithPrevious(row, seal);
    this.#nextSeq = seal.seq + 1;
    this.#nextEntry = seal.firstEntry + seal.count;
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
    if (entries.length === 0 || !merkleRoot(entries).equals(seal.root)) {
      this.#fault(row, 'ROOT_MISMATCH', 'the entries are not those that were sealed');
    }
    if (this.#day !== seal.day) this.#announced = noneAnnounced();
    this.#day = seal.day;
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
    if (entry.kind === 'dictionary') this.#announced[entry.text.kind].add(bytesText(entry.text.hash));
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

  #expectTexts(row: BatchRow, { schemaVersion, policyVersion, disclosures }: RequestEntry): void {
    const missing: string[] = [];
    this.#expectText('schema', schemaVersion, missing);
    this.#expectText('policy', policyVersion, missing);
    for (const { descriptor } of disclosures) this.#expectText('descriptor', descriptor, missing);
    if (missing.length > 0)
      this.#fault(row, 'TEXT_MISSING', `cited and not announced: ${missing.join(', ')}`);
  }

  #expectText(kind: DictionaryKind, hash: Uint8Array, missing: string[]): void {
    if (!this.#announced[kind].has(bytesText(hash))) missing.push(dictionaryName(kind, hash));
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

function sealOf(row: BatchRow): StoredSeal | MalformedError {
  try {
    return readSeal(row.seal);
  } catch (error) {
    if (error instanceof MalformedError) return error;
    throw error;
  }
}

/**
 * Which seals the writer signed. Whatever a signed seal names as the one before it, byte for byte, was signed with it: so of
 * seals that follow each other only the last one's signature is checked, which takes as long as hashing a hundred
 * entries. Where that ends, at a seal that is not the one named, its own signature has to hold again.
 */
function signedBy(publicKey: KeyObject, sealed: readonly SealedRow[]): readonly boolean[] {
  let named: Buffer | null = null;
  return sealed
    .toReversed()
    .map(({ seal, hash }) => {
      const signed =
        !(seal instanceof MalformedError) && (named?.equals(hash) === true || seal.signedBy(publicKey));
      named = signed ? seal.previous : null;
      return signed;
    })
    .toReversed();
}
