import { encodeCanonical, hmac } from '../base/index.js';
import { actorScope, sourceScope, type DataKey } from './data-key.js';
import { descriptorText, type DictionaryText } from './dictionary.js';
import type { Draft } from './draft.js';
import {
  encodeAcceptedLogging,
  encodeUnknownCallers,
  encodeWriterStart,
  type AcceptedLoggingEntry,
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

/** A source that has parameters in its log, and by which settings. */
export type AcceptedLogging = Omit<AcceptedLoggingEntry, 'kind' | 'recordedAt'>;

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

/** The scopes of the data keys that a draft's entry is encrypted under. */
export function scopesOf(draft: Draft, keys: LedgerKeys, now: number): DraftScopes {
  return {
    actor: actorScope(personHash(keys, draft.actor.personId)),
    sources: draft.disclosures.map(({ descriptor }) => sourceScope(descriptor.source, now)),
  };
}

interface DraftScopes {
  readonly actor: string;
  /** One a disclosure. */
  readonly sources: readonly string[];
}

export interface RequestContext {
  readonly keys: LedgerKeys;
  /** One for each of the draft's scopes, in their order. */
  readonly actorKey: DataKey;
  readonly sourceKeys: readonly DataKey[];
}

type SealField = (key: DataKey, field: number, plaintext: Uint8Array) => SealedField;

/** A request's entry, everything of it settled but its place. */
export function pendingRequest(draft: Draft, context: RequestContext): Pending {
  const { keys, actorKey, sourceKeys } = context;
  const { justification, operationName } = draft;
  const actor = encodeActor({ ...draft.actor, justification, operationName });
  const descriptors = draft.disclosures.map(({ descriptor }) => descriptorText(descriptor));
  const plain = plainPart(draft, keys);
  const entryWith = (recordedAt: number, seal: SealField): RequestEntry => ({
    ...plain,
    recordedAt,
    actor: seal(actorKey, actorField, actor),
    disclosures: draft.disclosures.map((disclosure, i) => ({
      descriptor: at(descriptors, i).hash,
      count: whole(disclosure.count),
      keys:
        disclosure.keys.length === 0 ? null : seal(at(sourceKeys, i), disclosureField(i), disclosure.keys),
    })),
  });
  // Encoding it once unsealed costs a few microseconds and shows that it can be encoded at all: an entry that fails
  // later would take its whole batch with it.
  const unsealed = entryWith(0, (key, _field, plaintext) => ({ keyId: key.id, sealed: plaintext }));
  return {
    size:
      encodeCanonical(requestArray(keys.version, unsealed)).length +
      SEALED_OVERHEAD * (1 + descriptors.length),
    cites: [draft.schema, draft.policy, ...descriptors],
    encode: ({ index, recordedAt, secret, cipher }) => {
      const entry = entryWith(recordedAt, (key, field, plaintext) => ({
        keyId: key.id,
        sealed: cipher.seal(key, { entry: index, field }, plaintext),
      }));
      return encodeCanonical(requestArray(secret, entry));
    },
  };
}

/** More than a seal adds to a plaintext, and what else is settled only in the batch. */
const SEALED_OVERHEAD = 32;

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('a disclosure without its key');
  return item;
}

function plainPart(
  draft: Draft,
  keys: LedgerKeys,
): Omit<RequestEntry, 'recordedAt' | 'actor' | 'disclosures'> {
  return {
    kind: 'request',
    endpoint: draft.endpoint,
    requestId: draft.requestId,
    receivedAt: whole(draft.receivedAt),
    organisation: draft.actor.organisation,
    authTime: draft.actor.authTime === null ? null : whole(draft.actor.authTime),
    authMethods: draft.actor.authMethods,
    roles: draft.roles,
    assertedRoles: draft.assertedRoles,
    documentHash: draft.document === null ? null : hmac(keys.documentHash, draft.document),
    variablesHash: draft.variables === null ? null : hmac(keys.variablesHash, draft.variables),
    schemaVersion: draft.schema.hash,
    policyVersion: draft.policy.hash,
    keyVersion: keys.version,
    purpose: draft.purpose,
    reliedOn: draft.reliedOn,
    outcome: draft.outcome,
    code: draft.code,
    reason: draft.reason,
    durationMicros: whole(draft.durationMicros),
    rows: whole(draft.rows),
    bytes: whole(draft.bytes),
  };
}

export function pendingUnknownCallers(entry: Omit<UnknownCallersEntry, 'kind' | 'recordedAt'>): Pending {
  return uncited(({ secret, recordedAt }) => encodeUnknownCallers(secret, { ...entry, recordedAt }));
}

export function pendingWriterStart(entry: Omit<WriterStartEntry, 'kind' | 'recordedAt'>): Pending {
  return uncited(({ secret, recordedAt }) => encodeWriterStart(secret, { ...entry, recordedAt }));
}

export function pendingAcceptedLogging(entry: AcceptedLogging): Pending {
  return uncited(({ secret, recordedAt }) => encodeAcceptedLogging(secret, { ...entry, recordedAt }));
}

function uncited(encode: (place: Pick<EntryPlace, 'secret' | 'recordedAt'>) => Uint8Array): Pending {
  const size = encode({ secret: Buffer.alloc(16), recordedAt: Number.MAX_SAFE_INTEGER }).length;
  return { size, cites: [], encode };
}

/** Numbers of a draft come from clocks and counters; whatever went wrong there must not cost the entry. */
function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 0), Number.MAX_SAFE_INTEGER) : 0;
}
