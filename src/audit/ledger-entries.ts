import type { KeyObject } from 'node:crypto';
import DataLoader from 'dataloader';
import {
  decodeEntry,
  leafHash,
  MalformedError,
  openBatch,
  openRequest,
  type DecodedBatch,
  type Descriptor,
  type KeyRing,
  type OpenedRequest,
} from '../ledger/index.js';
import { run, type RequestDatabase } from './database.js';
import { readDescriptors } from './descriptors.js';
import { batchColumns, batchOf, type CertifiedBatch, type StoredBatch } from './index-store.js';

/** Where an entry stands in the ledger. */
export interface EntryPlace {
  /** Milliseconds since 1970 when its batch was sealed. */
  readonly at: number;
  readonly writerId: string;
  readonly seq: number;
  readonly position: number;
}

/** An entry as the ledger has it, with what was encrypted. */
export interface LedgerEntry extends OpenedRequest {
  readonly place: EntryPlace;
  /** Leaf hash, lower-case hex. */
  readonly leaf: string;
}

const batchKey = ({ writerId, seq }: Pick<EntryPlace, 'writerId' | 'seq'>): string => `${writerId}/${seq}`;
const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Reads entries out of the ledger itself, many at once. One for a request: what it has read is not read again. */
export class LedgerEntries {
  /** What else the request asks is asked here. */
  readonly database: RequestDatabase;
  readonly #keyRing: KeyRing;
  readonly #enrolment: KeyObject;
  readonly #altered = new Set<string>();
  readonly #batches: DataLoader<EntryPlace, DecodedBatch | null, string>;
  readonly #descriptors: DataLoader<Buffer, Descriptor | null, string>;

  constructor(database: RequestDatabase, keyRing: KeyRing, enrolment: KeyObject) {
    this.database = database;
    this.#keyRing = keyRing;
    this.#enrolment = enrolment;
    this.#batches = new DataLoader<EntryPlace, DecodedBatch | null, string>(
      (places) => this.#readBatches(places),
      {
        cacheKeyFn: batchKey,
      },
    );
    this.#descriptors = new DataLoader<Buffer, Descriptor | null, string>(
      (hashes) => this.#readDescriptors(hashes),
      {
        cacheKeyFn: (hash) => hash.toString('hex'),
      },
    );
  }

  /** Batches that the index knew and that were met altered, or not at all. */
  get altered(): number {
    return this.#altered.size;
  }

  /** The request entry at this place, or null where the ledger has none that was sealed there. */
  async at(place: EntryPlace): Promise<LedgerEntry | null> {
    const batch = await this.#batches.load(place);
    const stored = batch?.entries[place.position];
    if (batch === null || stored === undefined) return null;
    const entry = decodeEntry(stored);
    if (entry.kind !== 'request') return null;
    const opened = await openRequest(entry, batch.seal, place.position, this.#keyRing);
    return { ...opened, place, leaf: leafHash(stored).toString('hex') };
  }

  /** Null where the index has no genuine copy of it. */
  descriptor(hash: Buffer): Promise<Descriptor | null> {
    return this.#descriptors.load(hash);
  }

  async #readBatches(places: readonly EntryPlace[]): Promise<(DecodedBatch | null)[]> {
    const { rows } = await run<StoredBatch>(
      this.database,
      `SELECT ${batchColumns} FROM unnest($1::date[], $2::uuid[], $3::bigint[]) AS p (day, writer_id, seq)
        JOIN ledger.batch b USING (day, writer_id, seq) JOIN ledger.writer w ON w.id = b.writer_id`,
      [
        places.map(({ at }) => utcDay(at)),
        places.map(({ writerId }) => writerId),
        places.map(({ seq }) => seq),
      ],
    );
    const found = new Map(rows.map(batchOf).map((row) => [batchKey(row), row]));
    return places.map((place) => this.#open(found.get(batchKey(place)), batchKey(place)));
  }

  #open(row: CertifiedBatch | undefined, name: string): DecodedBatch | null {
    try {
      if (row !== undefined) return openBatch(row, row.certificate, this.#enrolment);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
    this.#altered.add(name);
    return null;
  }

  async #readDescriptors(hashes: readonly Buffer[]): Promise<(Descriptor | null)[]> {
    const found = await readDescriptors(this.database, hashes);
    return hashes.map((hash) => found.get(hash.toString('hex')) ?? null);
  }
}
