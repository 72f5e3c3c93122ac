import { encodeCanonical, hmac } from '../base/index.js';
import { actorScope, sourceScope, type DataKey } from './data-key.js';
import { descriptorText, type DictionaryText } from './dictionary.js';
import type { Disclosure, Draft } from './draft.js';
import {
  encodeUnknownCallers,
  encodeWriterStart,
  type UnknownCallersEntry,
  type WriterStartEntry,
} from './entry.js';
import type { FieldCipher } from './field-cipher.js';
import type { LedgerKeys } from './ledger-keys.js';
import {
  actorField,
  disclosureField,
  encodeActor,
  requestArray,
  type RequestEntry,
  type SealedField,
} from './request-entry.js';

/** What an entry learns only when its batch is assembled. */
export interface EntryPlace {
  /** Its index in the batch. */
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
  /** 16 random bytes. */
  readonly secret: Buffer;
  readonly cipher: FieldCipher;
}

/** An entry that waits for its batch. */
export interface Pending {
  /** No fewer bytes than the entry will have. */
  readonly size: number;
  /** What it refers to by hash. */
  readonly cites: readonly DictionaryText[];
  encode(place: EntryPlace): Uint8Array;
}

/** Who did it, as a keyed hash. */
export function personHash(keys: LedgerKeys, personId: string): Buffer {
  return hmac(keys.personHash, personId);
}

/** The scopes of the data keys that a draft's entry will be encrypted under: the actor's, then one a disclosure. */
export function scopesOf(draft: Draft, keys: LedgerKeys, now: number): DraftScopes {
  return {
    actor: actorScope(personHash(keys, draft.actor.personId)),
    disclosures: draft.disclosures.map(({ descriptor }) => sourceScope(descriptor.source, now)),
  };
}

export interface DraftScopes {
  readonly actor: string;
  readonly disclosures: readonly string[];
}

export interface RequestContext {
  readonly keys: LedgerKeys;
  /** The texts of the schema and the policy that the draft cites. */
  readonly texts: readonly DictionaryText[];
  readonly scopes: DraftScopes;
  readonly dataKeys: ReadonlyMap<string, DataKey>;
}

/** A request's entry, everything of it settled but its place. */
export function pendingRequest(draft: Draft, context: RequestContext): Pending {
  const actor = encodeActor({
    ...draft.actor,
    justification: draft.justification,
    operationName: draft.operationName,
  });
  const descriptors = draft.disclosures.map(({ descriptor }) => descriptorText(descriptor));
  const entryWith = (recordedAt: number, sealActor: SealedField, sealKeys: (index: number) => SealedField) =>
    requestEntry(draft, context.keys, recordedAt, sealActor, (disclosure, i) => ({
      descriptor: descriptors[i]?.hash ?? Buffer.alloc(0),
      count: whole(disclosure.count),
      keys: disclosure.keys.length === 0 ? null : sealKeys(i),
    }));
  const blank: SealedField = { keyId: Buffer.alloc(16), sealed: Buffer.alloc(0) };
  const plaintexts = [actor, ...draft.disclosures.map(({ keys }) => keys)];
  return {
    // Encoding it once without its secrets costs a few microseconds and shows that it can be encoded at all: an entry
    // that fails later would take its whole batch with it.
    size: plaintexts.reduce(
      (sum, plaintext) => sum + plaintext.length + SEALED_OVERHEAD,
      encodeCanonical(
        requestArray(
          blank.keyId,
          entryWith(0, blank, () => blank),
        ),
      ).length,
    ),
    cites: [...context.texts, ...descriptors],
    encode: ({ index, recordedAt, secret, cipher }) => {
      const seal = (scope: string | undefined, field: number, plaintext: Uint8Array): SealedField => {
        const key = context.dataKeys.get(scope ?? '');
        if (key === undefined) throw new Error('an entry without its data key');
        return { keyId: key.id, sealed: cipher.seal(key, { entry: index, field }, plaintext) };
      };
      const entry = entryWith(recordedAt, seal(context.scopes.actor, actorField, actor), (i) =>
        seal(
          context.scopes.disclosures[i],
          disclosureField(i),
          draft.disclosures[i]?.keys ?? Buffer.alloc(0),
        ),
      );
      return encodeCanonical(requestArray(secret, entry));
    },
  };
}

/** Tag, lengths and what else a sealed field has beyond its plaintext. */
const SEALED_OVERHEAD = 32;

function requestEntry(
  draft: Draft,
  keys: LedgerKeys,
  recordedAt: number,
  actor: SealedField,
  sealDisclosure: (disclosure: Disclosure, index: number) => RequestEntry['disclosures'][number],
): RequestEntry {
  return {
    kind: 'request',
    endpoint: draft.endpoint,
    requestId: draft.requestId,
    receivedAt: whole(draft.receivedAt),
    recordedAt,
    actor,
    organisation: draft.actor.organisation,
    authTime: draft.actor.authTime === null ? null : whole(draft.actor.authTime),
    authMethods: draft.actor.authMethods,
    roles: draft.roles,
    assertedRoles: draft.assertedRoles,
    documentHash: draft.document === null ? null : hmac(keys.documentHash, draft.document),
    variablesHash: draft.variables === null ? null : hmac(keys.variablesHash, draft.variables),
    schemaVersion: Buffer.from(draft.schemaVersion),
    policyVersion: Buffer.from(draft.policyVersion),
    keyVersion: keys.version,
    purpose: draft.purpose,
    reliedOn: draft.reliedOn,
    outcome: draft.outcome,
    code: draft.code,
    reason: draft.reason,
    durationMicros: whole(draft.durationMicros),
    rows: whole(draft.rows),
    bytes: whole(draft.bytes),
    disclosures: draft.disclosures.map(sealDisclosure),
  };
}

export function pendingUnknownCallers(entry: Omit<UnknownCallersEntry, 'kind' | 'recordedAt'>): Pending {
  return uncited(({ secret, recordedAt }) => encodeUnknownCallers(secret, { ...entry, recordedAt }));
}

export function pendingWriterStart(entry: Omit<WriterStartEntry, 'kind' | 'recordedAt'>): Pending {
  return uncited(({ secret, recordedAt }) => encodeWriterStart(secret, { ...entry, recordedAt }));
}

function uncited(encode: (place: Pick<EntryPlace, 'secret' | 'recordedAt'>) => Uint8Array): Pending {
  const size = encode({ secret: Buffer.alloc(16), recordedAt: Number.MAX_SAFE_INTEGER }).length;
  return { size, cites: [], encode };
}

/** Numbers of a draft come from clocks and counters; whatever went wrong there must not cost the entry. */
function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 0), Number.MAX_SAFE_INTEGER) : 0;
}
