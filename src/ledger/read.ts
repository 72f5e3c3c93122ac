import type { KeyObject } from 'node:crypto';
import { readPayload } from './batch.js';
import { openCertificate } from './certificate.js';
import { decode, MalformedError } from './form.js';
import { fieldCipher, type BatchPlace } from './field-cipher.js';
import type { KeyRing } from './key-ring.js';
import type { BatchRow } from './ledger-reader.js';
import { merkleRoot } from './merkle.js';
import {
  actorField,
  disclosureField,
  readActor,
  type ActorDetails,
  type RequestEntry,
  type SealedField,
} from './request-entry.js';
import { readSeal, type StoredSeal } from './seal.js';

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

/**
 * A batch as its writer sealed it: these entries and no others, in this place of its chain. That no batch is missing is
 * for `verifyLedger` to say.
 * @param certificate of the writer
 * @param enrolment the key that certifies writers; its public half is enough
 * @throws MalformedError when it is anything else
 */
export function openBatch(row: BatchRow, certificate: Uint8Array, enrolment: KeyObject): DecodedBatch {
  const batch = decodeBatch(row);
  const { seal, entries } = batch;
  const writer = openCertificate(certificate, enrolment);
  if (writer.writerId !== seal.writerId || !seal.signedBy(writer.publicKey))
    throw new MalformedError('a seal that its writer did not sign');
  if (row.writerId !== seal.writerId || row.seq !== seal.seq || row.t0 !== seal.sealedAt)
    throw new MalformedError('a batch in a place that its seal does not name');
  if (entries.length !== seal.count || entries.length === 0 || !merkleRoot(entries).equals(seal.root))
    throw new MalformedError('entries that are not those that were sealed');
  return batch;
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
