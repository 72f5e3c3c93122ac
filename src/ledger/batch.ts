import { randomBytes, type KeyObject } from 'node:crypto';
import { encodeCanonical, type Clock } from '../base/index.js';
import type { DictionaryText } from './dictionary.js';
import { encodeDictionary } from './entry.js';
import { fieldCipher } from './field-cipher.js';
import { bytes, choice, decode, fields, list } from './form.js';
import { leafHash, merkleTree, type MerkleTree } from './merkle.js';
import type { Pending } from './pending.js';
import { sealHash, signSeal, utcDay } from './seal.js';

/** A writer's chain as its process knows it: what the next batch continues. */
export interface Chain {
  readonly writerId: string;
  readonly privateKey: KeyObject;
  readonly certificate: Buffer;
  /** Of the next batch. */
  readonly seq: number;
  readonly firstEntry: number;
  readonly previous: Buffer;
  readonly announced: Announcements;
}

/** Which texts a chain has announced on a day. A new day begins anew, so that each day's partition can be read by itself. */
export class Announcements {
  #day = '';
  readonly #names = new Set<string>();

  has(day: string, name: string): boolean {
    return this.#day === day && this.#names.has(name);
  }

  add(day: string, names: Iterable<string>): void {
    // Beyond the bound all are forgotten, and announced again when next cited.
    if (this.#day !== day || this.#names.size > maxAnnounced) this.#names.clear();
    this.#day = day;
    for (const name of names) this.#names.add(name);
  }
}

/** The first state of a chain whose certificate is given. */
export function newChain(writerId: string, privateKey: KeyObject, certificate: Buffer): Chain {
  const previous = sealHash(certificate);
  return {
    writerId,
    privateKey,
    certificate,
    seq: 0,
    firstEntry: 0,
    previous,
    announced: new Announcements(),
  };
}

/** The chain once the batch is known to be durable. */
export function advance(chain: Chain, batch: SealedBatch): Chain {
  chain.announced.add(batch.day, batch.announces);
  return {
    ...chain,
    seq: batch.seq + 1,
    firstEntry: chain.firstEntry + batch.count,
    previous: sealHash(batch.seal),
  };
}

/** One row of `ledger.batch`, made and not yet durable. Sent again, it is the same bytes. */
export interface SealedBatch {
  readonly writerId: string;
  readonly day: string;
  readonly seq: number;
  readonly count: number;
  readonly sealedAt: number;
  readonly payload: Buffer;
  readonly seal: Buffer;
  readonly leaves: readonly Buffer[];
  readonly tree: MerkleTree;
  /** Names of the dictionary texts in it. */
  readonly announces: readonly string[];
  readonly certificate: Buffer;
}

/** Entries of a batch at most: a receipt's path has at most ten hashes. */
export const MAX_BATCH_ENTRIES = 1024;
/** Bytes of a batch at most, but for a first entry that alone has more. */
const maxBatchBytes = 8 * 1024 * 1024;
/** Announced names to remember; beyond, they are announced again. */
const maxAnnounced = 20_000;

/** The oldest waiting entries, as many as a batch takes; `waiting` is asked for one after another. */
export interface Waiting<Item extends { readonly pending: Pending }> {
  peek(): Item | undefined;
  take(): Item | undefined;
}

/** A batch, and the place in it of each item that was waiting. */
export interface AssembledBatch<Item> {
  /** Null where nothing that waited could be made an entry of. */
  readonly batch: SealedBatch | null;
  readonly items: readonly { readonly item: Item; readonly index: number }[];
  /** Items that no entry could be made of: each fails by itself, and the batch goes on without. */
  readonly unfit: readonly { readonly item: Item; readonly cause: unknown }[];
}

const secretBytes = 16;
/** Asking for random bytes costs as much for a thousand as for sixteen. */
let secrets = { bytes: Buffer.alloc(0), used: 0 };

/** Of an entry; never given out twice. */
function nextSecret(): Buffer {
  if (secrets.used === secrets.bytes.length) secrets = { bytes: randomBytes(64 * secretBytes), used: 0 };
  secrets.used += secretBytes;
  return secrets.bytes.subarray(secrets.used - secretBytes, secrets.used);
}

/** Makes a batch of what waits, of which there must be something. */
export function assembleBatch<Item extends { readonly pending: Pending }>(
  chain: Chain,
  waiting: Waiting<Item>,
  clock: Clock,
): AssembledBatch<Item> {
  const sealedAt = Math.max(0, Math.round(clock.now()));
  const day = utcDay(sealedAt);
  const salt = randomBytes(32);
  const cipher = fieldCipher({ writerId: chain.writerId, seq: chain.seq, salt });
  const announces = new Set<string>();
  const entries: Uint8Array[] = [];
  const items: { item: Item; index: number }[] = [];
  const unfit: { item: Item; cause: unknown }[] = [];
  let size = 0;
  for (let item = waiting.peek(); item !== undefined; item = waiting.peek()) {
    const { pending } = item;
    const unannounced = distinct(
      pending.cites.filter(({ name }) => !announces.has(name) && !chain.announced.has(day, name)),
    );
    const added = unannounced.reduce((sum, { body }) => sum + body.length + 64, pending.size);
    const full = entries.length + unannounced.length + 1 > MAX_BATCH_ENTRIES || size + added > maxBatchBytes;
    if (full && entries.length > 0) break;
    waiting.take();
    for (const text of unannounced) {
      announces.add(text.name);
      entries.push(encodeDictionary(nextSecret(), text));
    }
    const index = entries.length;
    try {
      entries.push(pending.encode({ index, recordedAt: sealedAt, secret: nextSecret(), cipher }));
    } catch (cause) {
      unfit.push({ item, cause });
      continue;
    }
    items.push({ item, index });
    size += added;
  }
  if (entries.length === 0) return { batch: null, items, unfit };
  const batch = sealBatch(chain, entries, { day, sealedAt, salt, monotonic: clock.monotonic() });
  return { batch: { ...batch, announces: [...announces] }, items, unfit };
}

function distinct(texts: readonly DictionaryText[]): DictionaryText[] {
  return texts.filter(({ name }, i) => texts.findIndex((other) => other.name === name) === i);
}

function sealBatch(
  chain: Chain,
  entries: readonly Uint8Array[],
  at: { day: string; sealedAt: number; salt: Buffer; monotonic: bigint },
): Omit<SealedBatch, 'announces'> {
  const leaves = entries.map(leafHash);
  const tree = merkleTree(leaves);
  const { writerId, seq, firstEntry, previous } = chain;
  const count = entries.length;
  const seal = signSeal(chain.privateKey, {
    writerId,
    day: at.day,
    seq,
    firstEntry,
    count,
    previous,
    root: tree.root,
    salt: at.salt,
    checkpoint: null,
    sealedAt: at.sealedAt,
    monotonic: at.monotonic,
  });
  return {
    writerId,
    day: at.day,
    seq,
    count,
    sealedAt: at.sealedAt,
    payload: encodePayload(entries),
    seal,
    leaves,
    tree,
    certificate: chain.certificate,
  };
}

const payloadVersion = 1;

function encodePayload(entries: readonly Uint8Array[]): Buffer {
  return encodeCanonical([payloadVersion, entries]);
}

/**
 * The entries of a stored payload.
 * @throws MalformedError when it is not a canonical payload
 */
export function readPayload(payload: Uint8Array): Buffer[] {
  const [version, entries] = fields(decode(payload), 2);
  choice(version, [undefined, payloadVersion]);
  return list(entries, (entry) => bytes(entry));
}
