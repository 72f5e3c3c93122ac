import type pg from 'pg';
import { CordonError, unpack, type Cancellation, type Tuple } from '../base/index.js';
import { CertifiedWriters, openKeyRing, type Cells, type KeyRing, type LedgerKeys } from '../ledger/index.js';
import { AuditIndex } from './audit-index.js';
import { requestDatabase, run, type RequestDatabase } from './database.js';
import { namesRecords } from './descriptors.js';
import { asksData, findEntries, findLeaf, indexFilter, tupleText, type AccessFilter } from './filter.js';
import { LedgerEntries, type EntryPlace, type LedgerEntry } from './ledger-entries.js';

/** Fields of one type that one request was given in one way: the rows that auditors read. */
export interface Access {
  readonly entry: LedgerEntry;
  /** Which of the entry's accesses, from 0. */
  readonly number: number;
  /** Null where the request was given no data. */
  readonly given: Given | null;
}

export interface Given extends Cells {
  readonly type: string;
  readonly source: string;
  /** Distinct records; 0 for a usage that names none, such as a filter. */
  readonly count: number;
  /** Keys of the records; null where they are erased or cannot be read, or where none is named. */
  readonly records: readonly Tuple[] | null;
  readonly erased: boolean;
}

/** A place in the history. */
export interface AccessCursor extends EntryPlace {
  readonly number: number;
}

export interface AccessPage {
  readonly accesses: readonly Access[];
  readonly hasNextPage: boolean;
}

/** Entries that are read at once: not many batches for a short page, nor many rounds where few fit. */
const minStep = 20;
const maxStep = 100;

/** Questions about who was given what. What the index finds is read from the ledger before it is answered with. */
export class AccessHistory {
  readonly #pool: pg.Pool;
  readonly #writers: CertifiedWriters;
  readonly #keyRing: KeyRing;
  readonly #index: AuditIndex;

  /** @param pool of the control database; the caller ends it */
  constructor(pool: pg.Pool, keys: LedgerKeys) {
    this.#pool = pool;
    this.#writers = new CertifiedWriters(keys.enrolment);
    this.#keyRing = openKeyRing({ query: (text, values) => run(pool, text, values) }, keys);
    this.#index = new AuditIndex(pool, this.#keyRing, this.#writers);
  }

  /**
   * For one request: what it reads of the ledger, it reads once.
   * @param cancellation when nobody waits for it any more
   */
  reading(cancellation: Cancellation): LedgerEntries {
    return new LedgerEntries(requestDatabase(this.#pool, cancellation), this.#keyRing, this.#writers);
  }

  /**
   * Accesses that the filter describes, newest first, of everything in the ledger by now.
   * @param after go on behind this one
   * @throws CordonError LEDGER_UNAVAILABLE, HISTORY_BEHIND, or why nobody waits any more
   */
  async search(
    filter: AccessFilter,
    after: AccessCursor | null,
    first: number,
    entries: LedgerEntries,
  ): Promise<AccessPage> {
    const { database } = entries;
    await this.#catchUp(database);
    const indexed = await indexFilter(filter, { database, keyRing: this.#keyRing });
    const found: Access[] = [];
    // One is read again at the head of the next step, and one tells whether there is a next page.
    const step = Math.min(Math.max(first + 2, minStep), maxStep);
    for (let from: AccessCursor | null = after; ;) {
      const places = await findEntries(indexed, from, step, database);
      const read = await Promise.all(
        places.map((place) => accessesAt(place, entries, filter, indexed.record)),
      );
      found.push(...read.flat().filter((access) => from === null || isBehind(access, from)));
      const last = places.at(-1);
      if (found.length > first || last === undefined || places.length < step) break;
      // The last one stands at the head of the next step as well, wholly behind itself.
      from = { ...last, number: Number.MAX_SAFE_INTEGER };
    }
    return { accesses: found.slice(0, first), hasNextPage: found.length > first };
  }

  /** The entry with this leaf hash, or null. @throws CordonError LEDGER_UNAVAILABLE, HISTORY_BEHIND */
  async entry(leaf: Buffer, entries: LedgerEntries): Promise<LedgerEntry | null> {
    const { database } = entries;
    await this.#catchUp(database);
    const hex = leaf.toString('hex');
    const candidates = await Promise.all((await findLeaf(leaf, database)).map((place) => entries.at(place)));
    return candidates.find((entry) => entry?.leaf === hex) ?? null;
  }

  /**
   * Has everything indexed that is in the ledger by now. That is for all who ask, and goes on when this one's time is over.
   * @throws CordonError LEDGER_UNAVAILABLE, HISTORY_BEHIND, or why nobody waits any more
   */
  async #catchUp(database: RequestDatabase): Promise<void> {
    try {
      await database.unlessCancelled(this.#index.catchUp());
    } catch (cause) {
      const isLate = cause instanceof CordonError && cause.code === 'OPERATION_TIMEOUT';
      throw isLate ? new CordonError('HISTORY_BEHIND', { cause }) : cause;
    }
  }

  /**
   * Batches that are missing or are not as they were sealed, of which no history can tell: all that the index met, and
   * what this request did since. `cordon ledger verify` says which.
   */
  async faults({ altered, database }: LedgerEntries): Promise<number> {
    const { rows } = await run<{ faults: string }>(
      database,
      'SELECT coalesce(sum(faults), 0) AS faults FROM audit.progress',
    );
    return Number(rows[0]?.faults ?? 0) + altered;
  }
}

function samePlace(a: EntryPlace, b: EntryPlace): boolean {
  return a.writerId === b.writerId && a.seq === b.seq && a.position === b.position;
}

function isBehind({ entry, number }: Access, cursor: AccessCursor): boolean {
  return !samePlace(entry.place, cursor) || number > cursor.number;
}

/** Every access of an entry. */
export async function accessesOf(entry: LedgerEntry, entries: LedgerEntries): Promise<readonly Access[]> {
  const given: Given[] = [];
  for (const [i, { descriptor: hash, count }] of entry.entry.disclosures.entries()) {
    const descriptor = await entries.descriptor(hash);
    if (descriptor === null)
      throw new CordonError('LEDGER_UNAVAILABLE', {
        detail: `descriptor ${hash.toString('hex')} is not known`,
      });
    const keys = entry.recordKeys[i] ?? null;
    const records =
      Buffer.isBuffer(keys) && namesRecords(descriptor) ? unpack(keys, descriptor.keyLayout) : null;
    const { type, source, cells } = descriptor;
    for (const group of cells)
      given.push({ ...group, type, source, count, records, erased: keys === 'erased' });
  }
  if (given.length === 0) return [{ entry, number: 0, given: null }];
  return given.map((each, number) => ({ entry, number, given: each }));
}

/** @param record the forms of the record that the filter names, as `tupleText` has them */
async function accessesAt(
  place: EntryPlace,
  entries: LedgerEntries,
  filter: AccessFilter,
  record: ReadonlySet<string>,
): Promise<readonly Access[]> {
  const entry = await entries.at(place);
  if (entry === null || !isOf(entry, filter)) return [];
  const all = await accessesOf(entry, entries);
  return asksData(filter) ? all.filter(({ given }) => given !== null && matches(given, filter, record)) : all;
}

/** The index is no witness: what it found for a person is shown only where the entry says so, or can no longer say. */
function isOf({ entry, actor }: LedgerEntry, { person, organisation, outcome }: AccessFilter): boolean {
  return (
    (person === undefined || typeof actor === 'string' || actor.personId === person) &&
    (organisation === undefined || entry.organisation === organisation) &&
    (outcome === undefined || entry.outcome === outcome)
  );
}

function matches(given: Given, filter: AccessFilter, record: ReadonlySet<string>): boolean {
  const { type = filter.record?.type ?? given.type, coordinate, decision = given.decision } = filter;
  return (
    given.type === type &&
    given.decision === decision &&
    (coordinate === undefined || given.coordinates.includes(coordinate)) &&
    (filter.record === undefined || given.records?.some((tuple) => record.has(tupleText(tuple))) === true)
  );
}
