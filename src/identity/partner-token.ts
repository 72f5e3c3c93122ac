import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sha256 } from '../base/index.js';
import type { Principal } from './principal.js';
import { unauthenticated } from './refusal.js';
import { knownAmong } from './roles.js';

/**
 * `cordon_pt_`, 43 characters of secret, 6 of checksum, all base62: a secret scanner recognises one by its prefix and is
 * sure of it by its checksum, without asking anybody.
 */
const form = /^cordon_pt_[0-9A-Za-z]{49}$/;
const prefix = 'cordon_pt_';
const checksumDigits = 6;
/** 62^43 > 2^256. */
const secretDigits = 43;

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(value: bigint, width: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = digits.charAt(Number(rest % 62n)) + text;
  return text.padStart(width, '0');
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), checksumDigits);

/** A new token of 256 random bits. */
export function newPartnerToken(): string {
  const body = prefix + base62(BigInt(`0x${randomBytes(32).toString('hex')}`), secretDigits);
  return body + checksum(body);
}

/** Whether a bearer token means to be a partner token. */
export function looksLikePartnerToken(token: string): boolean {
  return token.startsWith(prefix);
}

/**
 * What is stored in a token's place: SHA-256, in hex. A slow, salted hash protects secrets that people choose; nobody
 * can try 2^256 values, and a slow hash on every request would be the attacker's tool.
 * @returns null for a text that is not a partner token, the checksum included
 */
export function partnerTokenHash(token: string): string | null {
  if (!form.test(token)) return null;
  const body = token.slice(0, -checksumDigits);
  return token === body + checksum(body) ? sha256(token).toString('hex') : null;
}

/** A partner token in force. */
export interface PartnerToken {
  readonly id: string;
  readonly organisation: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** Good for trusted documents alone. */
  readonly documentsOnly: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where tokens are looked up, on every request; governance implements it from a copy that is at most a second old. */
export interface PartnerTokenLookup {
  /**
   * @param hash as `partnerTokenHash` gives it
   * @param now milliseconds since 1970
   * @returns the token, or why there is none in force
   * @throws LEDGER_UNAVAILABLE when the copy is too old to tell a revoked token from one in force
   */
  find(hash: string, now: number): PartnerToken | { readonly refused: string };
}

/**
 * The principal of a partner token.
 * @throws UNAUTHENTICATED where no such token is in force, FORBIDDEN where no role is known, LEDGER_UNAVAILABLE
 */
export function partnerPrincipal(
  token: string,
  lookup: PartnerTokenLookup | null,
  knownRoles: ReadonlySet<string>,
  now: number,
): Principal {
  if (lookup === null) throw unauthenticated('partner tokens are not accepted here');
  const hash = partnerTokenHash(token);
  if (hash === null) throw unauthenticated('not a partner token');
  const found = lookup.find(hash, now);
  if ('refused' in found) throw unauthenticated(found.refused);
  return Object.freeze({
    personId: found.id,
    principalId: found.id,
    subject: found.id,
    organisation: found.organisation,
    roles: knownAmong(found.roles, knownRoles),
    assertedRoles: found.roles,
    scopes: found.scopes,
    claims: found.claims,
    documentsOnly: found.documentsOnly,
    tokenId: found.id,
    client: null,
    session: null,
    authTime: null,
    authMethods: [],
    expiresAt: found.expiresAt,
  });
}
