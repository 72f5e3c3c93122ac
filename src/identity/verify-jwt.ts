import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { CordonError } from '../base/index.js';
import { readSeconds, type Claims } from './claims.js';
import type { IssuerConfig } from './issuer-config.js';
import type { Keys, KeySet } from './key-set.js';
import { unauthenticated } from './refusal.js';

/** A trusted issuer at run time. */
export interface Issuer {
  readonly config: IssuerConfig;
  readonly keySet: KeySet;
}

/** What a token says once its issuer's signature has been checked. */
export interface VerifiedJwt {
  readonly claims: Claims;
  readonly issuer: Issuer;
  /** The keys it was verified with; the result is void when the issuer's current ones are others. */
  readonly keys: Keys;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Three base64url parts: a JWS. Five would be a JWE, which can hold a compressed bomb; it is never opened. */
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Header parameters by which a token names the key to trust, or changes how it is to be read. Keys come from the
 * configured address only and none of these is ever followed; a token that bears one is refused besides.
 */
const forbiddenHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

/** Claims of ID and logout tokens. They matter where `typ` is a mere `JWT` and does not tell the kinds apart. */
const claimsOfOtherTokens = ['at_hash', 'c_hash', 'events'];

/** The issuer that the token claims to be of: unverified, it selects the configuration to verify with, nothing else. */
function selectIssuer(token: string, issuers: ReadonlyMap<string, Issuer>): Issuer {
  if (!compactJws.test(token)) throw unauthenticated('not a compact JWS');
  let header: Claims;
  let claimed: unknown;
  try {
    header = decodeProtectedHeader(token);
    claimed = decodeJwt(token).iss;
  } catch {
    throw unauthenticated('not a JWT');
  }
  const forbidden = forbiddenHeaders.find((name) => Object.hasOwn(header, name));
  if (forbidden !== undefined) throw unauthenticated(`header parameter ${forbidden}`);
  // Without one, any key of the set would do, and which one was meant could not be told from which one fits.
  if (typeof header['kid'] !== 'string' || header['kid'] === '') throw unauthenticated('no key id');
  const issuer = typeof claimed === 'string' ? issuers.get(claimed) : undefined;
  if (issuer === undefined) throw unauthenticated('unknown issuer');
  return issuer;
}

/**
 * Which check failed, in words that hold nothing of the token; jose's errors hold its claims, so they end here.
 */
function refusalOf(error: unknown): CordonError {
  if (error instanceof CordonError) return error;
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`claim ${error.claim}: ${error.reason}`);
  }
  if (error instanceof errors.JOSEError) return unauthenticated(error.code);
  return unauthenticated('the key cannot be used');
}

async function loadKeys(load: () => Promise<Keys>): Promise<Keys> {
  try {
    return await load();
  } catch {
    // Logged with its cause where it failed.
    throw unauthenticated("the issuer's keys cannot be fetched");
  }
}

/** Signature, issuer, audience, type and times, with keys that are fetched anew once for a key id they lack. */
async function verifySignature(
  token: string,
  { config, keySet }: Issuer,
  now: number,
): Promise<{ readonly claims: Claims; readonly keys: Keys }> {
  const verifyWith = async (keys: Keys): Promise<{ claims: Claims; keys: Keys }> => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: [...config.algorithms],
      typ: config.tokenType,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: config.clockToleranceSeconds,
      currentDate: new Date(now),
    });
    return { claims: payload, keys };
  };
  const known = await loadKeys(() => keySet.load());
  try {
    return await verifyWith(known);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    const newer = await loadKeys(() => keySet.newerThan(known));
    if (newer === known) throw error;
    return await verifyWith(newer);
  }
}

/**
 * Verifies a JWT access token (RFC 9068, with the rules of RFC 8725).
 * @param now milliseconds since 1970
 * @throws UNAUTHENTICATED, the detail saying which check failed
 */
export async function verifyJwt(
  token: string,
  issuers: ReadonlyMap<string, Issuer>,
  now: number,
): Promise<VerifiedJwt> {
  const issuer = selectIssuer(token, issuers);
  const { claims, keys } = await verifySignature(token, issuer, now).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const foreign = claimsOfOtherTokens.find((name) => Object.hasOwn(claims, name));
  if (foreign !== undefined) throw unauthenticated(`not an access token: ${foreign}`);
  const { clockToleranceSeconds } = issuer.config;
  const issuedAt = readSeconds(claims, 'iat');
  const expiry = readSeconds(claims, 'exp');
  if (issuedAt === null || issuedAt * 1000 > now + clockToleranceSeconds * 1000) {
    throw unauthenticated('issued in the future');
  }
  // jose allows the tolerance here too; past its expiry a token is past it.
  if (expiry === null || expiry * 1000 <= now) throw unauthenticated('expired');
  return { claims, issuer, keys, expiresAt: Math.floor(expiry * 1000) };
}
