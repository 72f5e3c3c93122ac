import { encodeCanonical } from '../base/index.js';
import { sourceScope, type DataKey } from './data-key.js';
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
import type { KeyedHashes } from './keyed-hashes.js';
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

/** The scopes of the data keys that a draft's entry is encrypted under. */
export function scopesOf(draft: Draft, hashes: KeyedHashes, now: number): DraftScopes {
  return {
    actor: hashes.actor(draft.actor.personId),
    sources: draft.disclosures.map(({ descriptor }) => sourceScope(descriptor.source, now)),
  };
}

interface DraftScopes {
  readonly actor: string;
  /** One a disclosure. */
  readonly sources: readonly string[];
}

export interface RequestContext {
  readonly hashes: KeyedHashes;
  /** Names the set of secrets that made them. */
  readonly keyVersion: Buffer;
  /** One for each of the draft's scopes, in their order. */
  readonly actorKey: DataKey;
  readonly sourceKeys: readonly DataKey[];
}

/**
 * A request's entry. All of it is made when its batch is: what is done for several entries one after the other takes half
 * the time of what is done for each between two other things.
 */
export function pendingRequest(draft: Draft, context: RequestContext): Pending {
  const descriptors = draft.disclosures.map(({ descriptor }) => descriptorText(descriptor));
  return {
    size: sizeOf(draft),
    cites: [draft.schema, draft.policy, ...descriptors],
    encode: (place) =>
      encodeCanonical(requestArray(place.secret, requestEntry(draft, descriptors, context, place))),
  };
}

function requestEntry(
  draft: Draft,
  descriptors: readonly DictionaryText[],
  context: RequestContext,
  { index, recordedAt, cipher }: EntryPlace,
): RequestEntry {
  const { actorKey, sourceKeys, hashes, keyVersion } = context;
  const { actor, document, variables } = draft;
  const seal = (key: DataKey, field: number, plaintext: Uint8Array): SealedField => ({
    keyId: key.id,
    sealed: cipher.seal(key, { entry: index, field }, plaintext),
  });
  return {
    kind: 'request',
    endpoint: draft.endpoint,
    requestId: draft.requestId,
    receivedAt: whole(draft.receivedAt),
    recordedAt,
    actor: seal(actorKey, actorField, encodeActor(draft)),
    organisation: actor.organisation,
    authTime: actor.authTime === null ? null : whole(actor.authTime),
    authMethods: actor.authMethods,
    roles: draft.roles,
    assertedRoles: draft.assertedRoles,
    documentHash: document === null ? null : hashes.document(document),
    variablesHash: variables === null ? null : hashes.variables(variables),
    schemaVersion: draft.schema.hash,
    policyVersion: draft.policy.hash,
    keyVersion,
    purpose: draft.purpose,
    reliedOn: draft.reliedOn,
    outcome: draft.outcome,
    code: draft.code,
    reason: draft.reason,
    durationMicros: whole(draft.durationMicros),
    rows: whole(draft.rows),
    bytes: whole(draft.bytes),
    disclosures: draft.disclosures.map(({ count, keys }, i) => ({
      descriptor: at(descriptors, i).hash,
      count: whole(count),
      keys: keys.length === 0 ? null : seal(at(sourceKeys, i), disclosureField(i), keys),
    })),
  };
}

/** Hashes, numbers and the heads of all items of an entry, and of one disclosure in it. */
const fixedBytes = 600;
const disclosureBytes = 120;
/** Of a UTF-16 code unit in UTF-8, at most. */
const unitBytes = 3;

/** No fewer bytes than the entry will have; counted rather than encoded, since every request is. */
function sizeOf(draft: Draft): number {
  const { actor, disclosures } = draft;
  const texts = [
    ...[draft.requestId, draft.operationName, draft.purpose, draft.justification, draft.code, draft.reason],
    ...[actor.personId, actor.principalId, actor.organisation, actor.tokenId, actor.client, actor.session],
    ...[actor.ip, ...actor.authMethods, ...draft.roles, ...draft.assertedRoles, ...draft.reliedOn],
  ];
  let units = 0;
  for (const text of texts) units += 2 + (text?.length ?? 0);
  let bytes = fixedBytes + unitBytes * units;
  for (const { keys } of disclosures) bytes += disclosureBytes + keys.length;
  return bytes;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('a disclosure without its key');
  return item;
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
