import { sha256, type Clock, type Log } from '../base/index.js';
import type { CacheTally } from '../observe/index.js';
import { readBearer } from './bearer.js';
import type { IssuerConfig } from './issuer-config.js';
import { jwtPrincipal } from './jwt-principal.js';
import { createKeySet } from './key-set.js';
import { looksLikePartnerToken, partnerPrincipal, type PartnerTokenLookup } from './partner-token.js';
import type { Principal } from './principal.js';
import { createVerifiedTokens } from './verified-tokens.js';
import { verifyJwt, type Issuer } from './verify-jwt.js';

export interface Authenticator {
  /**
   * The caller behind an `Authorization` header; nobody is anonymous.
   * @param authorization the header's value, or all values where the request may repeat it
   * @param connection what it came over, where further requests may bring the same token
   * @throws CordonError UNAUTHENTICATED, NOT_ACCEPTABLE_TOKEN_SIZE, FORBIDDEN, or LEDGER_UNAVAILABLE where a partner
   *   token's revocation cannot be known; only its detail, for log and ledger, says which check failed
   */
  authenticate(
    authorization: string | readonly string[] | undefined,
    connection?: object,
  ): Promise<Principal>;
}

/** The issuers that are trusted, by name, each with its keys: fetched once, whoever asks for them. */
export type Issuers = ReadonlyMap<string, Issuer>;

/** @throws Error for an issuer that is configured twice */
export function createIssuers(
  configs: readonly IssuerConfig[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Issuers {
  const issuers = new Map<string, Issuer>();
  for (const config of configs) {
    if (issuers.has(config.issuer)) throw new Error(`issuer ${config.issuer} is configured twice`);
    const keySet = createKeySet({ uri: config.jwksUri, cacheSeconds: config.jwksCacheSeconds, clock, log });
    issuers.set(config.issuer, { config, keySet });
  }
  return issuers;
}

/**
 * Verifies JWT access tokens of the issuers, and partner tokens. What it remembers of a token holds the roles that were
 * known: for other roles there is another authenticator, of the same issuers.
 * @param partnerTokens null where the deployment takes none
 * @param knownRoles the policy's; other roles are recorded and give nothing
 */
export function createAuthenticator(options: {
  readonly issuers: Issuers;
  readonly partnerTokens: PartnerTokenLookup | null;
  readonly knownRoles: ReadonlySet<string>;
  readonly clock: Clock;
  /** Nothing larger is parsed; 8 kB unless given. */
  readonly maxTokenBytes?: number;
  readonly tally?: CacheTally | undefined;
}): Authenticator {
  const { issuers, partnerTokens, knownRoles, clock, maxTokenBytes, tally } = options;
  const verified = createVerifiedTokens();
  tally?.of(() => verified.size);
  // Requests that bring the same token at once share one verification, whatever its result; results that refuse are
  // not kept beyond it.
  const underWay = new Map<string, Promise<Principal>>();

  // A connection mostly brings one token again and again. It has it in its buffers anyway, and is gone before long.
  const lastOn = new WeakMap<object, { readonly token: string; readonly tokenHash: string }>();

  function hashOf(token: string, connection: object | undefined): string {
    const last = connection && lastOn.get(connection);
    if (last?.token === token) return last.tokenHash;
    const tokenHash = sha256(token).toString('base64');
    if (connection !== undefined) lastOn.set(connection, { token, tokenHash });
    return tokenHash;
  }

  async function verify(token: string, tokenHash: string): Promise<Principal> {
    const now = clock.now();
    const jwt = await verifyJwt(token, issuers, now);
    const principal = jwtPrincipal(jwt, knownRoles, now);
    verified.set(tokenHash, { principal, keySet: jwt.issuer.keySet, keys: jwt.keys });
    return principal;
  }

  return {
    async authenticate(authorization, connection) {
      const token = readBearer(authorization, maxTokenBytes);
      const now = clock.now();
      if (looksLikePartnerToken(token)) return partnerPrincipal(token, partnerTokens, knownRoles, now);
      const tokenHash = hashOf(token, connection);
      const known = verified.get(tokenHash, now);
      tally?.found(known !== undefined);
      if (known !== undefined) return known;
      let pending = underWay.get(tokenHash);
      if (pending === undefined) {
        pending = verify(token, tokenHash).finally(() => underWay.delete(tokenHash));
        underWay.set(tokenHash, pending);
      }
      return pending;
    },
  };
}
