import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { splitPacked } from '../base/index.js';
import {
  decodeEntry,
  groupNodes,
  leafHash,
  leafHashes,
  MalformedError,
  openBatch,
  openRecordKeys,
  readDescriptor,
  recordToken,
  type BatchRow,
  type CertifiedWriters,
  type DecodedBatch,
  type Descriptor,
  type Entry,
  type KeyRing,
  type Outcome,
  type RequestEntry,
} from '../ledger/index.js';
import type { Database } from './database.js';
import { namesRecords, readDescriptors } from './descriptors.js';
import type { CertifiedBatch } from './index-store.js';
import { prefix64 } from './prefix.js';

/** What the index holds of one request; `audit.entry` says what each column means. */
export interface IndexedEntry {
  readonly position: number;
  readonly leaf: bigint;
  readonly actor: bigint;
  readonly outcome: Outcome;
  readonly organisation: string | null;
  readonly descriptors: readonly bigint[];
  readonly records: readonly bigint[];
}

/** A descriptor as the chain announces it. */
export interface AnnouncedDescriptor {
  readonly hash: Buffer;
  readonly body: Buffer;
  readonly descriptor: Descriptor;
}

/** What shows that one entry of a batch was sealed, without the others; `audit.batch` says what each column means. */
export interface BatchProof {
  readonly leaves: Buffer;
  readonly groups: Buffer;
  readonly bounds: readonly number[];
}

/** What one batch adds to the index. */
export interface IndexedBatch {
  readonly row: BatchRow;
  readonly entries: readonly IndexedEntry[];
  /** Null for a batch that is as soon read whole. */
  readonly proof: BatchProof | null;
  readonly descriptors: readonly AnnouncedDescriptor[];
  /** Whether something in it could not be read; the ledger's verification says what. */
  readonly faulty: boolean;
}

/** Reading and hashing so many entries takes less than checking the seal's signature. */
const asSoonReadWhole = 32;
const maxDescriptors = 10_000;
/** Requests of customers are answered on the same thread; they wait no longer than this. */
const breatheEveryMs = 5;

/** Makes index rows of batches. Remembers descriptors, which a chain announces once a day and cites ever after. */
export class BatchIndexer {
  readonly #keyRing: KeyRing;
  readonly #writers: CertifiedWriters;
  readonly #descriptors = new LRUCache<string, Descriptor>({ max: maxDescriptors });
  #breathedAt = performance.now();

  constructor(keyRing: KeyRing, writers: CertifiedWriters) {
    this.#keyRing = keyRing;
    this.#writers = writers;
  }

  /** @param database where keys are found, and descriptors that earlier batches announced */
  async index(row: CertifiedBatch, database: Database): Promise<IndexedBatch> {
    const batch = orNull(() => openBatch(row, this.#writers));
    if (batch === null) return { row, entries: [], proof: null, descriptors: [], faulty: true };
    const decoded = batch.entries.map((stored) => orNull(() => decodeEntry(stored)));
    const announced = decoded.map((entry) => (entry === null ? null : descriptorIn(entry)));
    const descriptors = announced.filter((each) => each !== null && each !== 'malformed');
    for (const { hash, descriptor } of descriptors) this.#descriptors.set(hash.toString('hex'), descriptor);
    const entries: IndexedEntry[] = [];
    let faulty = decoded.includes(null) || announced.includes('malformed');
    for (const [position, entry] of decoded.entries()) {
      if (entry?.kind !== 'request') continue;
      const records = await this.#records(entry, batch, position, database);
      faulty ||= records === null;
      entries.push(indexed(entry, batch, position, records ?? []));
      await this.#breathe();
    }
    return { row, entries, proof: proofOf(batch, row.payload), descriptors, faulty };
  }

  /** Tokens of every record that the entry names; null where what should be readable is not. */
  async #records(
    entry: RequestEntry,
    { seal }: DecodedBatch,
    position: number,
    database: Database,
  ): Promise<readonly bigint[] | null> {
    const keyRing = this.#keyRing.through(database);
    const recordKeys = await openRecordKeys(entry, seal, position, keyRing);
    const tokens = new Set<bigint>();
    for (const [i, { descriptor: hash, keys }] of entry.disclosures.entries()) {
      const packed = recordKeys[i];
      if (keys === null || packed === null || packed === 'erased') continue;
      const descriptor = await this.#descriptor(hash, database);
      if (packed === undefined || packed === 'unreadable' || descriptor === null) return null;
      const key = await keyRing.key(keys.keyId);
      if (key === null || !namesRecords(descriptor)) continue;
      for (const tuple of splitPacked(packed, descriptor.keyLayout))
        tokens.add(recordToken(key, descriptor.type, tuple));
    }
    return [...tokens];
  }

  async #descriptor(hash: Buffer, database: Database): Promise<Descriptor | null> {
    const name = hash.toString('hex');
    const known = this.#descriptors.get(name);
    if (known !== undefined) return known;
    const found = (await readDescriptors(database, [hash])).get(name);
    if (found !== undefined) this.#descriptors.set(name, found);
    return found ?? null;
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathedAt < breatheEveryMs) return;
    await setImmediate();
    this.#breathedAt = performance.now();
  }
}

function indexed(
  entry: RequestEntry,
  { entries }: DecodedBatch,
  position: number,
  records: readonly bigint[],
): IndexedEntry {
  return {
    position,
    leaf: prefix64(leafHash(entries[position] ?? Buffer.alloc(0))),
    actor: prefix64(entry.actor.keyId),
    outcome: entry.outcome,
    organisation: entry.organisation,
    descriptors: [...new Set(entry.disclosures.map(({ descriptor }) => prefix64(descriptor)))],
    records,
  };
}

function proofOf({ entries }: DecodedBatch, payload: Buffer): BatchProof | null {
  if (entries.length <= asSoonReadWhole) return null;
  const bounds = entries.flatMap(({ byteOffset, length }) => {
    const start = byteOffset - payload.byteOffset;
    return [start, start + length];
  });
  const leaves = leafHashes(entries);
  return { leaves, groups: groupNodes(leaves), bounds };
}

function descriptorIn(entry: Entry): AnnouncedDescriptor | 'malformed' | null {
  if (entry.kind !== 'dictionary' || entry.text.kind !== 'descriptor') return null;
  const { hash, body } = entry.text;
  const descriptor = orNull(() => readDescriptor(body));
  return descriptor === null ? 'malformed' : { hash, body, descriptor };
}

/** Somebody may have altered what is read here. That is for the ledger's verification to tell; the index goes on. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}
