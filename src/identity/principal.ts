/** The authenticated caller. Built by identity from a verified token and headers; frozen; never anonymous. */
export interface Principal {
  /** Immutable across the person's tokens: issuer and subject, or the token id for a partner token. */
  readonly personId: string;
  /** This credential's identity: issuer and subject, or partner token id. */
  readonly principalId: string;
  /** `$subject` in row rules. */
  readonly subject: string;
  /** Audience of pseudonyms, party of agreements; null for callers without one (they get pseudonyms of their own). */
  readonly organisation: string | null;
  /** Roles that the policy knows, sorted, without duplicates; never empty. */
  readonly roles: readonly string[];
  /** What the token asserted, known or not; for the ledger. */
  readonly assertedRoles: readonly string[];
  /** Coordinates the credential is confined to: patterns `read:*`, `read:Type`, `read:Type.field`; nothing beyond them. */
  readonly scopes: readonly string[];
  /** Row claims, `$claims.<name>`; a claim that is absent matches no row. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** The credential is good for trusted documents alone. */
  readonly documentsOnly: boolean;
  readonly tokenId: string | null;
  readonly client: string | null;
  readonly session: string | null;
  /** Seconds since 1970 of the sign-in; null where the token does not say. */
  readonly authTime: number | null;
  /** Methods of RFC 8176: `pwd`, `mfa`, `hwk`. */
  readonly authMethods: readonly string[];
  /** Milliseconds since 1970 after which the credential is void. */
  readonly expiresAt: number;
}

/** What accompanies a request besides its token. */
export interface RequestFacts {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly ip: string;
  /** `Cordon-Purpose` and `Cordon-Justification`. */
  readonly purpose: string | null;
  readonly justification: string | null;
}
