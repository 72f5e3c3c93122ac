import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { isScope, newPartnerToken, partnerTokenHash, type PartnerToken } from '../identity/index.js';
import { parseRecord, run, text, time, type ControlDatabase } from './record-store.js';

const requestSchema = z.strictObject({
  organisation: text,
  /** Id of an agreement of the organisation; the token works only while it is in force. Null: no such bond. */
  agreement: text.nullable(),
  roles: z.array(text).min(1).readonly(),
  scopes: z.array(text.refine(isScope, 'must be read:*, read:Type or read:Type.field')).min(1).readonly(),
  /** Row claims, `$claims.<name>`. */
  claims: z.record(text, z.array(text).readonly()),
  /** Good for the trusted documents of the deployment alone; unless given, not so. */
  documentsOnly: z.boolean().optional(),
  /** Milliseconds since 1970. */
  expiresAt: time,
  /** Who answers for it; for the record. */
  issuedBy: text,
});

/** What a partner token is to be. */
export type TokenRequest = Readonly<z.output<typeof requestSchema>>;

/** A partner token as it is kept; all but the token itself. Times in milliseconds since 1970. */
export interface TokenRecord extends PartnerToken {
  readonly agreement: string | null;
  readonly createdAt: number;
  readonly issuedBy: string;
  readonly revokedAt: number | null;
}

/**
 * Issues a partner token.
 * @returns its id, and the token: the only time that anybody sees it
 * @throws RecordError where the request cannot be granted, LEDGER_UNAVAILABLE
 */
export async function issueToken(
  database: ControlDatabase,
  request: TokenRequest,
): Promise<{ readonly id: string; readonly token: string }> {
  const { organisation, agreement, roles, scopes, claims, documentsOnly, expiresAt, issuedBy } = parseRecord(
    requestSchema,
    request,
  );
  const id = randomUUID();
  const token = newPartnerToken();
  await run(
    database,
    `INSERT INTO governance.partner_token
       (id, hash, organisation, agreement, roles, scopes, claims, issued_by, expires_at, documents_only)
     VALUES ($1, decode($2, 'hex'), $3, $4, $5, $6, $7, $8, to_timestamp($9::float8 / 1000), $10)`,
    [
      id,
      partnerTokenHash(token),
      organisation,
      agreement,
      roles,
      scopes,
      JSON.stringify(claims),
      issuedBy,
      expiresAt,
      documentsOnly ?? false,
    ],
  );
  return { id, token };
}

/**
 * Revokes a token, for good; every gateway refuses it within a second.
 * @returns false when there is no such token; true also when it was revoked before, whose time stays
 */
export async function revokeToken(database: ControlDatabase, id: string): Promise<boolean> {
  const rows = await run(
    database,
    `UPDATE governance.partner_token SET revoked_at = coalesce(revoked_at, now()) WHERE id::text = $1 RETURNING id`,
    [id],
  );
  return rows.length > 0;
}

interface TokenRow {
  readonly id: string;
  readonly hash: string;
  readonly organisation: string;
  readonly agreement: string | null;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly documents_only: boolean;
  readonly issued_by: string;
  readonly created: number;
  readonly expires: number;
  readonly revoked: number | null;
}

const selectTokens = `
  SELECT id, encode(hash, 'hex') AS hash, organisation, agreement, roles, scopes, claims, documents_only, issued_by,
    (extract(epoch FROM created_at) * 1000)::float8 AS created,
    (extract(epoch FROM expires_at) * 1000)::float8 AS expires,
    (extract(epoch FROM revoked_at) * 1000)::float8 AS revoked
  FROM governance.partner_token ORDER BY created_at, id`;

/** A claim that is not a list of texts is left out, and a claim that is absent matches no row. */
function claimsOf(stored: Readonly<Record<string, unknown>>): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(stored)) {
    const texts = z.array(text).safeParse(value);
    if (texts.success) claims.set(name, texts.data);
  }
  return claims;
}

function recordOf(row: TokenRow): TokenRecord {
  const { id, organisation, agreement, roles, scopes } = row;
  return {
    id,
    organisation,
    agreement,
    roles,
    // Written by hand, a scope could be anything; what is not one gives nothing.
    scopes: scopes.filter(isScope),
    claims: claimsOf(row.claims),
    documentsOnly: row.documents_only,
    createdAt: row.created,
    issuedBy: row.issued_by,
    expiresAt: row.expires,
    revokedAt: row.revoked,
  };
}

/** Every token ever issued, oldest first; the revoked and the expired too. @throws LEDGER_UNAVAILABLE */
export async function listTokens(database: ControlDatabase): Promise<readonly TokenRecord[]> {
  return (await run<TokenRow>(database, selectTokens)).map(recordOf);
}

/** Every token by its hash, in hex. */
export async function loadTokens(client: pg.ClientBase): Promise<ReadonlyMap<string, TokenRecord>> {
  const { rows } = await client.query<TokenRow>(selectTokens);
  return new Map(rows.map((row) => [row.hash, recordOf(row)]));
}
