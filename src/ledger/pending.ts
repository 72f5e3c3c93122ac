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
import { SEALED_OVERHEAD, type FieldCipher } from './field-cipher.js';
import type { KeyedHashes } from './keyed-hashes.js';
import {
  actorField,
  disclosureField,
  encodeActor,
  requestForm,
  type EntryForm,
  type FieldForm,
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

/** What is encrypted once its place is known. */
interface Unsealed {
  readonly field: number;
  readonly key: DataKey;
  readonly plaintext: Uint8Array;
}

/** A request's entry, encoded but for what its batch decides: an entry that could not be is found out before it queues. */
export function pendingRequest(draft: Draft, context: RequestContext): Pending {
  const { actorKey, sourceKeys } = context;
  const { justification, operationName, disclosures } = draft;
  const actor: Unsealed = {
    field: actorField,
    key: actorKey,
    plaintext: encodeActor({ ...draft.actor, justification, operationName }),
  };
  const records = disclosures.map(({ keys: packed }, i): Unsealed | null =>
    packed.length === 0 ? null : { field: disclosureField(i), key: at(sourceKeys, i), plaintext: packed },
  );
  const descriptors = disclosures.map(({ descriptor }) => descriptorText(descriptor));
  const unsealed = [actor, ...records.filter((each) => each !== null)];
  const { bytes, fill } = requestForm({
    ...plainPart(draft, context),
    actor: formOf(actor),
    disclosures: disclosures.map(({ count }, i) => {
      const keys = records[i] ?? null;
      return {
        descriptor: at(descriptors, i).hash,
        count: whole(count),
        keys: keys === null ? null : formOf(keys),
      };
    }),
  });
  return {
    size: bytes,
    cites: [draft.schema, draft.policy, ...descriptors],
    encode: ({ index, recordedAt, secret, cipher }) =>
      fill(
        secret,
        recordedAt,
        unsealed.map(({ field, key, plaintext }) => cipher.seal(key, { entry: index, field }, plaintext)),
      ),
  };
}

const formOf = ({ key, plaintext }: Unsealed): FieldForm => ({
  keyId: key.id,
  sealedBytes: plaintext.length + SEALED_OVERHEAD,
});

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('a disclosure without its key');
  return item;
}

function plainPart(
  draft: Draft,
  { hashes, keyVersion }: RequestContext,
): Omit<EntryForm, 'actor' | 'disclosures'> {
  return {
    endpoint: draft.endpoint,
    requestId: draft.requestId,
    receivedAt: whole(draft.receivedAt),
    organisation: draft.actor.organisation,
    authTime: draft.actor.authTime === null ? null : whole(draft.actor.authTime),
    authMethods: draft.actor.authMethods,
    roles: draft.roles,
    assertedRoles: draft.assertedRoles,
    documentHash: draft.document === null ? null : hashes.document(draft.document),
    variablesHash: draft.variables === null ? null : hashes.variables(draft.variables),
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
