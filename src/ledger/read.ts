import { readPayload } from './batch.js';
import type { CertifiedWriters } from './certified-writers.js';
import { decode, MalformedError } from './form.js';
import { fieldCipher, type BatchPlace } from './field-cipher.js';
import type { KeyRing } from './key-ring.js';
import type { BatchRow } from './ledger-reader.js';
import { leafHash, merkleRoot, provesInGroup, type GroupInclusion } from './merkle.js';
import {
  actorField,
  disclosureField,
  readActor,
  type ActorDetails,
  type RequestEntry,
  type SealedField,
} from './request-entry.js';
import { readSeal, type Seal, type StoredSeal } from './seal.js';

/** A batch as stored, taken apart. Signature and chain are for `verifyLedger`. */
export interface DecodedBatch {
  readonly seal: StoredSeal;
  /** Stored bytes of each entry, for `decodeEntry` and `leafHash`. */
  readonly entries: readonly Buffer[];
}

/** @throws MalformedError */
export function decodeBatch({ seal, payload }: Pick<BatchRow, 'seal' | 'payload'>): DecodedBatch {
  return { seal: readSeal(seal), entries: readPayload(payload) };
}

/** What a seal is checked with: where it was found, and who may have signed it. */
export interface CertifiedSeal extends Omit<BatchRow, 'day' | 'n' | 'payload'> {
  /** Of the writer. */
  readonly certificate: Buffer;
}

/**
 * A batch as its writer sealed it: these entries and no others, in this place of its chain. That no batch is missing is
 * for `verifyLedger` to say.
 * @throws MalformedError when it is anything else
 */
export function openBatch(row: CertifiedSeal & BatchRow, writers: CertifiedWriters): DecodedBatch {
  const seal = openSeal(row, writers);
  return { seal, entries: openPayload(row.payload, seal) };
}

/** The seal of a batch, in this place of its writer's chain. @throws MalformedError when it is anything else */
export function openSeal(row: CertifiedSeal, writers: CertifiedWriters): StoredSeal {
  const seal = readSeal(row.seal);
  const writer = writers.of(row.certificate);
  if (writer.writerId !== seal.writerId || !seal.signedBy(writer.publicKey))
    throw new MalformedError('a seal that its writer did not sign');
  if (row.writerId !== seal.writerId || row.seq !== seal.seq || row.t0 !== seal.sealedAt)
    throw new MalformedError('a batch in a place that its seal does not name');
  return seal;
}

/** The entries that were sealed. @throws MalformedError when the payload holds anything else */
export function openPayload(payload: Buffer, seal: Seal): readonly Buffer[] {
  const entries = readPayload(payload);
  if (entries.length === 0 || entries.length !== seal.count || !merkleRoot(entries).equals(seal.root))
    throw new MalformedError('entries that are not those that were sealed');
  return entries;
}

/**
 * Whether an entry was sealed at this place of a batch, shown without the other entries.
 * @param proof whoever says so: only hashes of what was sealed lead to the seal's root
 */
export function wasSealed(
  entry: Buffer,
  position: number,
  proof: Pick<GroupInclusion, 'group' | 'nodes'>,
  { count, root }: Seal,
): boolean {
  return provesInGroup({ index: position, size: count, leaf: leafHash(entry), ...proof, root });
}

/** A part that is gone on purpose, or that somebody altered. */
export type Unreadable = 'erased' | 'unreadable';

/** A request entry with what was encrypted. */
export interface OpenedRequest {
  readonly entry: RequestEntry;
  readonly actor: ActorDetails | Unreadable;
  /** One a disclosure of the entry: its record keys, packed by its descriptor's layout; null where it names no record. */
  readonly recordKeys: readonly (Buffer | null | Unreadable)[];
}

/**
 * Decrypts a request entry.
 * @param place the batch's seal
 * @param index the entry's place in its batch
 */
export async function openRequest(
  entry: RequestEntry,
  place: BatchPlace,
  index: number,
  keyRing: KeyRing,
): Promise<OpenedRequest> {
  const open = opener(place, index, keyRing);
  const plaintext = await open(entry.actor, actorField);
  return {
    entry,
    actor: typeof plaintext === 'string' ? plaintext : await orUnreadable(() => readActor(decode(plaintext))),
    recordKeys: await openRecordKeys(entry, place, index, keyRing),
  };
}

/** Decrypts the record keys of a request entry, and nothing of who asked. */
export function openRecordKeys(
  { disclosures }: RequestEntry,
  place: BatchPlace,
  index: number,
  keyRing: KeyRing,
): Promise<OpenedRequest['recordKeys']> {
  const open = opener(place, index, keyRing);
  return Promise.all(
    disclosures.map(async ({ keys }, i) => (keys === null ? null : open(keys, disclosureField(i)))),
  );
}

function opener(place: BatchPlace, index: number, keyRing: KeyRing) {
  const cipher = fieldCipher(place);
  return (sealed: SealedField, field: number): Promise<Buffer | Unreadable> =>
    orUnreadable(async () => {
      const key = await keyRing.key(sealed.keyId);
      return key === null ? 'erased' : cipher.open(key, { entry: index, field }, sealed.sealed);
    });
}

async function orUnreadable<T>(read: () => T | Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MalformedError) return 'unreadable';
    throw error;
  }
}
