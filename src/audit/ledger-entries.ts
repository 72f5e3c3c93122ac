import DataLoader from 'dataloader';
import {
  decodeEntry,
  GROUP_LEAVES,
  HASH_BYTES,
  leafHash,
  MalformedError,
  openPayload,
  openRequest,
  openSeal,
  wasSealed,
  type CertifiedSeal,
  type CertifiedWriters,
  type Descriptor,
  type KeyRing,
  type OpenedRequest,
  type StoredSeal,
} from '../ledger/index.js';
import { run, type RequestDatabase } from './database.js';
import { readDescriptors } from './descriptors.js';
import type { Stored } from './index-store.js';

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

/** What is read to show an entry: of a batch that is in the index with its leaf hashes the entry alone, else the payload. */
interface StoredEntry extends CertifiedSeal {
  /** Leaf hashes of the entry's group, and the nodes over all groups of the batch; null where the payload is read. */
  readonly group: Buffer | null;
  readonly nodes: Buffer | null;
  /** Null where the index has bounds that no entry of this payload can have. */
  readonly bytes: Buffer | null;
}

/** An entry as it was sealed. */
interface SealedEntry {
  readonly seal: StoredSeal;
  readonly stored: Buffer;
}

/** No batch has as many entries; what somebody writes into the index must not take a number out of its range. */
const maxPosition = 1_000_000;
const groupBytes = GROUP_LEAVES * HASH_BYTES;

const batchKey = ({ writerId, seq }: Pick<EntryPlace, 'writerId' | 'seq'>): string => `${writerId}/${seq}`;
const entryKey = (place: EntryPlace): string => `${batchKey(place)}/${place.position}`;
const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Reads entries out of the ledger itself, many at once. One for a request: what it has read is not read again. */
export class LedgerEntries {
  /** What else the request asks is asked here. */
  readonly database: RequestDatabase;
  readonly #keyRing: KeyRing;
  readonly #writers: CertifiedWriters;
  readonly #altered = new Set<string>();
  readonly #seals = new Map<string, StoredSeal>();
  readonly #entries: DataLoader<EntryPlace, SealedEntry | null, string>;
  readonly #descriptors: DataLoader<Buffer, Descriptor | null, string>;

  constructor(database: RequestDatabase, keyRing: KeyRing, writers: CertifiedWriters) {
    this.database = database;
    this.#keyRing = keyRing;
    this.#writers = writers;
    this.#entries = new DataLoader<EntryPlace, SealedEntry | null, string>(
      (places) => this.#readEntries(places),
      { cacheKeyFn: entryKey },
    );
    this.#descriptors = new DataLoader<Buffer, Descriptor | null, string>(
      (hashes) => this.#readDescriptors(hashes),
      { cacheKeyFn: (hash) => hash.toString('hex') },
    );
  }

  /** Batches that the index knew and that were met altered, or not at all. */
  get altered(): number {
    return this.#altered.size;
  }

  /** The request entry at this place, or null where the ledger has none that was sealed there. */
  async at(place: EntryPlace): Promise<LedgerEntry | null> {
    const sealed = await this.#entries.load(place);
    if (sealed === null) return null;
    const { seal, stored } = sealed;
    const entry = decodeEntry(stored);
    if (entry.kind !== 'request') return null;
    const opened = await openRequest(entry, seal, place.position, this.#keyRing);
    return { ...opened, place, leaf: leafHash(stored).toString('hex') };
  }

  /** Null where the index has no genuine copy of it. */
  descriptor(hash: Buffer): Promise<Descriptor | null> {
    return this.#descriptors.load(hash);
  }

  async #readEntries(places: readonly EntryPlace[]): Promise<(SealedEntry | null)[]> {
    const found = await this.#read(places, true);
    const opened = places.map((place, i) => this.#open(found[i], place));
    // The index is no witness against the ledger either: what it does not lead to is looked for in the whole batch.
    const doubted = places.filter((_, i) => opened[i] === null && found[i]?.group != null);
    if (doubted.length === 0) return opened;
    const whole = await this.#read(doubted, false);
    return places.map((place, i) => {
      const at = doubted.indexOf(place);
      return at < 0 ? (opened[i] ?? null) : this.#open(whole[at], place);
    });
  }

  /**
   * That the days are named twice has PostgreSQL plan for theirs alone, of all days that have a partition.
   * @param alone whether to read the entry alone, where the index has what shows it
   */
  async #read(places: readonly EntryPlace[], alone: boolean): Promise<readonly (StoredEntry | undefined)[]> {
    const { rows } = await run<Stored<StoredEntry> & { readonly number: string }>(
      this.database,
      `SELECT p.number, b.writer_id AS "writerId", b.seq, b.t0, b.seal, w.certificate,
          substring(x.leaves FROM i.number / ${GROUP_LEAVES} * ${groupBytes} + 1 FOR ${groupBytes}) AS "group",
          x.groups AS nodes,
          CASE WHEN x.leaves IS NULL OR x.groups IS NULL THEN b.payload
            WHEN e.start >= 0 AND e.stop >= e.start AND e.stop <= octet_length(b.payload)
            THEN substring(b.payload FROM e.start + 1 FOR e.stop - e.start) END AS bytes
        FROM unnest($1::date[], $2::uuid[], $3::bigint[], $4::integer[]) WITH ORDINALITY
          AS p (day, writer_id, seq, position, number)
        JOIN ledger.batch b USING (day, writer_id, seq) JOIN ledger.writer w ON w.id = b.writer_id
        LEFT JOIN audit.batch x ON $5 AND x.writer_id = b.writer_id AND x.seq = b.seq
        CROSS JOIN LATERAL (SELECT greatest(least(p.position, ${maxPosition}), 0) AS number) AS i
        CROSS JOIN LATERAL (SELECT x.bounds[2 * i.number + 1] AS start, x.bounds[2 * i.number + 2] AS stop) AS e
        WHERE b.day = ANY ($1)`,
      [
        places.map(({ at }) => utcDay(at)),
        places.map(({ writerId }) => writerId),
        places.map(({ seq }) => seq),
        places.map(({ position }) => position),
        alone,
      ],
    );
    const found = new Map(rows.map((row) => [Number(row.number), row]));
    return places.map((_, i) => {
      const row = found.get(i + 1);
      return row && { ...row, seq: Number(row.seq), t0: Number(row.t0) };
    });
  }

  /** Null where it is not what was sealed in this place, and then the batch counts as altered. */
  #open(row: StoredEntry | undefined, place: EntryPlace): SealedEntry | null {
    const name = batchKey(place);
    try {
      if (row === undefined) throw new MalformedError('a batch that is not there');
      const seal = this.#seals.get(name) ?? openSeal(row, this.#writers);
      this.#seals.set(name, seal);
      const stored = entryOf(row, place, seal);
      if (stored !== null) return { seal, stored };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#altered.add(name);
    }
    return null;
  }

  async #readDescriptors(hashes: readonly Buffer[]): Promise<(Descriptor | null)[]> {
    const found = await readDescriptors(this.database, hashes);
    return hashes.map((hash) => found.get(hash.toString('hex')) ?? null);
  }
}

/** Null where there is no such entry, or what the index has does not show it. @throws MalformedError */
function entryOf(
  { group, nodes, bytes }: StoredEntry,
  { position }: EntryPlace,
  seal: StoredSeal,
): Buffer | null {
  if (group === null || nodes === null) return openPayload(bytes ?? Buffer.alloc(0), seal)[position] ?? null;
  return bytes !== null && wasSealed(bytes, position, { group, nodes }, seal) ? bytes : null;
}
