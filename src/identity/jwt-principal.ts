import { readSeconds, readText, readTexts, type Claims } from './claims.js';
import type { IssuerConfig } from './issuer-config.js';
import type { Principal } from './principal.js';
import { unauthenticated } from './refusal.js';
import { knownAmong } from './roles.js';
import { isScope, unrestricted } from './scope.js';
import type { VerifiedJwt } from './verify-jwt.js';

/**
 * A person as the ledger, agreements and training name them: `https://issuer.example#subject`. An issuer holds no `#`,
 * so no two pairs share a name.
 */
export function personIdOf(issuer: string, subject: string): string {
  return `${issuer}#${subject}`;
}

/** A claim absent gives no scope, and no scope gives nothing. */
function scopesOf(claims: Claims, scopes: IssuerConfig['scopes']): readonly string[] {
  if (scopes === null) return unrestricted;
  const entries = readTexts(claims, scopes.claim, 'scopes').flatMap((text) => text.split(' '));
  return [...new Set(entries.filter(isScope))];
}

/** A sign-in in the future would stay recent for as long as it likes; it counts as unknown. */
function signInTime(claims: Claims, latest: number): number | null {
  const seconds = readSeconds(claims, 'auth_time');
  return seconds !== null && seconds <= latest ? seconds : null;
}

function requireText(claims: Claims, path: IssuerConfig['claims']['subject'], what: string): string {
  const text = readText(claims, path, what);
  if (text === null) throw unauthenticated(`no claim of the ${what}`);
  return text;
}

/**
 * The principal of a verified token.
 * @param now milliseconds since 1970
 * @throws UNAUTHENTICATED where a configured claim is missing or malformed, FORBIDDEN where no role is known
 */
export function jwtPrincipal(jwt: VerifiedJwt, knownRoles: ReadonlySet<string>, now: number): Principal {
  const { claims, expiresAt } = jwt;
  const { issuer, claims: paths, scopes, clockToleranceSeconds } = jwt.issuer.config;
  const subject = requireText(claims, paths.subject, 'subject');
  const principalId = personIdOf(issuer, subject);
  const assertedRoles = readTexts(claims, paths.roles, 'roles');
  const rows = Object.entries(paths.rows).map(
    ([name, path]) => [name, readTexts(claims, path, `row claim ${name}`)] as const,
  );
  return Object.freeze({
    personId:
      paths.person === null ? principalId : personIdOf(issuer, requireText(claims, paths.person, 'person')),
    principalId,
    subject,
    organisation: paths.organisation === null ? null : readText(claims, paths.organisation, 'organisation'),
    roles: knownAmong(assertedRoles, knownRoles),
    assertedRoles,
    scopes: scopesOf(claims, scopes),
    claims: new Map(rows),
    documentsOnly: false,
    tokenId: readText(claims, ['jti'], 'token id'),
    client: readText(claims, paths.client, 'client'),
    session: readText(claims, paths.session, 'session'),
    authTime: signInTime(claims, now / 1000 + clockToleranceSeconds),
    authMethods: readTexts(claims, ['amr'], 'authentication methods'),
    expiresAt,
  });
}
