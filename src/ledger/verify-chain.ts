import type { KeyObject } from 'node:crypto';
import { missingTexts, noTexts, type BatchContent } from './batch-content.js';
import type { WriterIdentity } from './certificate.js';
import { dictionaryKinds, dictionaryName } from './dictionary.js';
import { decodeEntry, type WriterStartEntry } from './entry.js';
import type { FaultKind } from './fault.js';
import { MalformedError } from './form.js';
import type { BatchRow } from './ledger-reader.js';
import { readSeal, sealHash, type StoredSeal } from './seal.js';

/** What a chain's verifier tells, and to whom. */
export interface ChainListener {
  fault(kind: FaultKind, writerId: string, seq: number | null, message: string): void;
  /** A start names the last seals of chains before it. */
  started(start: WriterStartEntry): void;
  /** Requests cite data keys. */
  cited(dataKeys: readonly string[]): void;
}

/** Where the chain stands after the last batch that was looked at. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: Buffer;
  readonly previous: Buffer;
}

/** A row, and what its seal says, or why it says nothing. */
export interface SealedRow {
  readonly row: BatchRow;
  readonly seal: StoredSeal | MalformedError;
  /** The seal's own. */
  readonly hash: Buffer;
}

/** Reads the seal of a row. */
export function readRow(row: BatchRow): SealedRow {
  return { row, seal: sealOf(row), hash: sealHash(row.seal) };
}

/** A row with what its entries say; of one whose seal says nothing, that is of no use. */
export interface CheckedRow extends SealedRow {
  readonly content: BatchContent;
}

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
  #announced = noTexts();

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
  batches(rows: readonly CheckedRow[]): number {
    const signed = signedBy(this.#writer.publicKey, rows);
    return rows.reduce((entries, each, i) => entries + this.#batch(each, signed[i] === true), 0);
  }

  #batch({ row, seal, hash, content }: CheckedRow, signed: boolean): number {
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
    return this.#content(row, seal, content);
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

  #content(row: BatchRow, seal: StoredSeal, content: BatchContent): number {
    for (const { kind, message } of content.faults) this.#fault(row, kind, message);
    if (this.#day !== seal.day) this.#announced = noTexts();
    this.#day = seal.day;
    const missing = missingTexts(content.cited, this.#announced);
    if (missing.length > 0) {
      const names = missing.map(([kind, hash]) => dictionaryName(kind, Buffer.from(hash, 'latin1')));
      this.#fault(row, 'TEXT_MISSING', `cited and not announced: ${names.join(', ')}`);
    }
    for (const kind of dictionaryKinds)
      for (const hash of content.announced[kind]) this.#announced[kind].add(hash);
    this.#listener.cited(content.dataKeys);
    for (const stored of content.starts) this.#started(row, stored);
    return content.entries;
  }

  #started(row: BatchRow, stored: Uint8Array): void {
    const entry = decodeEntry(Buffer.from(stored));
    if (entry.kind !== 'writer start') return;
    const { writerId, boot } = this.#writer;
    if (entry.writerId !== writerId || entry.boot !== boot)
      this.#fault(row, 'START_MISPLACED', 'the start of another writer');
    this.#listener.started(entry);
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
