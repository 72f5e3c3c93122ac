import { z } from 'zod';

/**
 * The signature algorithms that may be pinned: asymmetric only, so that no public key can be taken for a shared secret
 * (RFC 8725, 2.1). jose binds each to its key type: RSA of 2048 bits or more, P-256, Ed25519.
 */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** `realm_access.roles`, or a list of names where a name itself holds dots: `["https://example.com/roles"]`. */
export type ClaimPath = string | readonly string[];

const claimPath = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).readonly()]);

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** No query and no fragment (OpenID Connect Discovery, 3): `issuer#subject` then names one person, and only one. */
function isIssuer(text: string): boolean {
  const url = parseUrl(text);
  return url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(text);
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whoever can alter the keys on their way can be anybody, so they travel by TLS or not at all over a network. */
function isSafeForKeys(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)))
  );
}

/** One trusted issuer of JWT access tokens, as written in the configuration; what is left out gets its default here. */
export const issuerConfigSchema = z.strictObject({
  /** Compared with `iss` character by character. */
  issuer: z.string().refine(isIssuer, 'must be an http(s) URL without query and fragment'),
  /** Must be among the token's `aud`. */
  audience: z.string().min(1),
  jwksUri: z.string().refine(isSafeForKeys, 'must be an https URL (http on loopback only)'),
  algorithms: z.array(z.enum(algorithms)).min(1).readonly(),
  /** The header's `typ`. `JWT` is for issuers that do not follow RFC 9068; it tells access tokens from others less well. */
  tokenType: z.enum(['at+jwt', 'JWT']).default('at+jwt'),
  claims: z
    .strictObject({
      subject: claimPath.default('sub'),
      /** What stays the same across a person's tokens, where `subject` does not (pairwise subjects); null: the subject. */
      person: claimPath.nullable().default(null),
      roles: claimPath.default('roles'),
      organisation: claimPath.nullable().default(null),
      session: claimPath.default('sid'),
      client: claimPath.default('client_id'),
      /** Name in `$claims.<name>` to where the token has it. */
      rows: z.record(z.string().min(1), claimPath).default({}),
    })
    .prefault({}),
  /** Null: tokens are not narrowed below their roles. Otherwise the entries of this claim that begin with `read:`. */
  scopes: z.strictObject({ claim: claimPath }).nullable(),
  /** How long keys may be used without being fetched anew; a key that the issuer withdraws lives no longer than this. */
  jwksCacheSeconds: z.int().min(1).max(86_400).default(300),
  /** For `nbf` and `iat` only: an issuer's clock may run ahead of ours. Expiry is exact. */
  clockToleranceSeconds: z.int().min(0).max(60).default(5),
});

export type IssuerConfig = Readonly<z.output<typeof issuerConfigSchema>>;
