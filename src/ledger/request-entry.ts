import { encodeCanonical, type Canonical } from '../base/index.js';
import type { Draft, Outcome } from './draft.js';
import { bytes, choice, fields, list, natural, nullable, text } from './form.js';
import { HASH_BYTES } from './merkle.js';

/** A part that only holders of the data keys read, and nobody once the key is destroyed. */
export interface SealedField {
  readonly keyId: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface SealedDisclosure {
  /** Hash of the descriptor, whose text is a dictionary leaf. */
  readonly descriptor: Buffer;
  readonly count: number;
  /** Record keys, packed by the descriptor's layout; null where no record is named. */
  readonly keys: SealedField | null;
}

/** One request, as recorded. */
export interface RequestEntry extends Pick<
  Draft,
  | 'endpoint'
  | 'requestId'
  | 'receivedAt'
  | 'roles'
  | 'assertedRoles'
  | 'purpose'
  | 'reliedOn'
  | 'outcome'
  | 'code'
  | 'reason'
  | 'durationMicros'
  | 'rows'
  | 'bytes'
> {
  readonly kind: 'request';
  /** Milliseconds since 1970: when its batch was sealed. */
  readonly recordedAt: number;
  /** Person, principal, token, client, session, address, justification and operation name. */
  readonly actor: SealedField;
  readonly organisation: string | null;
  readonly authTime: number | null;
  readonly authMethods: readonly string[];
  /** HMAC-SHA-256 of document and variables. */
  readonly documentHash: Buffer | null;
  readonly variablesHash: Buffer | null;
  readonly schemaVersion: Uint8Array;
  readonly policyVersion: Uint8Array;
  /** Which set of ledger keys made the keyed hashes. */
  readonly keyVersion: Uint8Array;
  readonly disclosures: readonly SealedDisclosure[];
}

/** What the actor's sealed field holds. */
export interface ActorDetails {
  readonly personId: string;
  readonly principalId: string;
  readonly tokenId: string | null;
  readonly client: string | null;
  readonly session: string | null;
  readonly ip: string;
  readonly justification: string | null;
  readonly operationName: string | null;
}

export const requestVersion = 1;
const requestKind = 1;
const endpoints: readonly Draft['endpoint'][] = ['data', 'control'];
const outcomes: readonly Outcome[] = ['RELEASED', 'PARTIAL', 'REFUSED', 'FAILED'];

/** Numbers of the fields that are sealed: the actor's, and each disclosure's. */
export const actorField = 0;
export const disclosureField = (index: number): number => index + 1;

/** The canonical array of a request entry; `readRequest` is its reverse. */
export function requestArray(secret: Buffer, entry: RequestEntry): readonly Canonical[] {
  return [
    requestKind,
    requestVersion,
    secret,
    endpoints.indexOf(entry.endpoint),
    entry.requestId,
    entry.receivedAt,
    entry.recordedAt,
    sealedArray(entry.actor),
    entry.organisation,
    entry.authTime,
    entry.authMethods,
    entry.roles,
    entry.assertedRoles,
    entry.documentHash,
    entry.variablesHash,
    entry.schemaVersion,
    entry.policyVersion,
    entry.keyVersion,
    entry.purpose,
    entry.reliedOn,
    outcomes.indexOf(entry.outcome),
    entry.code,
    entry.reason,
    entry.durationMicros,
    entry.rows,
    entry.bytes,
    entry.disclosures.map(({ descriptor, count, keys }) => [
      descriptor,
      count,
      keys === null ? null : sealedArray(keys),
    ]),
  ];
}

/** @throws MalformedError */
export function readRequest(value: Canonical): RequestEntry {
  const item = fields(value, 27);
  return {
    kind: 'request',
    endpoint: choice(item[3], endpoints),
    requestId: text(item[4]),
    receivedAt: natural(item[5]),
    recordedAt: natural(item[6]),
    actor: readSealed(item[7] ?? null),
    organisation: nullable(item[8], text),
    authTime: nullable(item[9], natural),
    authMethods: list(item[10], text),
    roles: list(item[11], text),
    assertedRoles: list(item[12], text),
    documentHash: nullable(item[13], (hash) => bytes(hash, HASH_BYTES)),
    variablesHash: nullable(item[14], (hash) => bytes(hash, HASH_BYTES)),
    schemaVersion: bytes(item[15], HASH_BYTES),
    policyVersion: bytes(item[16], HASH_BYTES),
    keyVersion: bytes(item[17], 8),
    purpose: nullable(item[18], text),
    reliedOn: list(item[19], text),
    outcome: choice(item[20], outcomes),
    code: nullable(item[21], text),
    reason: nullable(item[22], text),
    durationMicros: natural(item[23]),
    rows: natural(item[24]),
    bytes: natural(item[25]),
    disclosures: list(item[26], (disclosure) => {
      const [descriptor, count, keys] = fields(disclosure, 3);
      return {
        descriptor: bytes(descriptor, HASH_BYTES),
        count: natural(count),
        keys: nullable(keys, readSealed),
      };
    }),
  };
}

/** Plaintext of the actor's field. */
export function encodeActor({
  actor,
  justification,
  operationName,
}: Pick<Draft, 'actor' | 'justification' | 'operationName'>): Uint8Array {
  return encodeCanonical([
    actor.personId,
    actor.principalId,
    actor.tokenId,
    actor.client,
    actor.session,
    actor.ip,
    justification,
    operationName,
  ]);
}

/** @throws MalformedError */
export function readActor(value: Canonical): ActorDetails {
  const item = fields(value, 8);
  return {
    personId: text(item[0]),
    principalId: text(item[1]),
    tokenId: nullable(item[2], text),
    client: nullable(item[3], text),
    session: nullable(item[4], text),
    ip: text(item[5]),
    justification: nullable(item[6], text),
    operationName: nullable(item[7], text),
  };
}

function sealedArray({ keyId, sealed }: SealedField): Canonical {
  return [keyId, sealed];
}

function readSealed(value: Canonical): SealedField {
  const [keyId, sealed] = fields(value, 2);
  return { keyId: bytes(keyId, 16), sealed: bytes(sealed) };
}
