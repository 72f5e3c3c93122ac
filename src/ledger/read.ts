import { readPayload } from './batch.js';
import { decode, MalformedError } from './form.js';
import { fieldCipher, type BatchPlace } from './field-cipher.js';
import type { KeyRing } from './key-ring.js';
import type { BatchRow } from './ledger-reader.js';
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
  const cipher = fieldCipher(place);
  const open = async (sealed: SealedField, field: number): Promise<Buffer | Unreadable> => {
    const key = await keyRing.key(sealed.keyId);
    return key === null ? 'erased' : cipher.open(key, { entry: index, field }, sealed.sealed);
  };
  return {
    entry,
    actor: await orUnreadable(async () => {
      const plaintext = await open(entry.actor, actorField);
      return typeof plaintext === 'string' ? plaintext : readActor(decode(plaintext));
    }),
    recordKeys: await Promise.all(
      entry.disclosures.map(async ({ keys }, i) =>
        keys === null ? null : orUnreadable(() => open(keys, disclosureField(i))),
      ),
    ),
  };
}

async function orUnreadable<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MalformedError) return 'unreadable';
    throw error;
  }
}
