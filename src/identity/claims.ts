import type { ClaimPath } from './issuer-config.js';
import { unauthenticated } from './refusal.js';

/** The payload of a verified token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The value at a path, or undefined; only own properties, so that no path reaches a prototype. */
function claimAt(claims: Claims, path: ClaimPath): unknown {
  const names = typeof path === 'string' ? path.split('.') : path;
  let value: unknown = claims;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}

/**
 * Text that a database and the ledger hold as it is. NUL cannot be stored, and unpaired surrogates all become U+FFFD in
 * UTF-8, which would make one person of two.
 */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/[\0\p{Surrogate}]/u.test(value);
}

/** A text claim; null where the token does not have it. @throws UNAUTHENTICATED where it is anything else */
export function readText(claims: Claims, path: ClaimPath, what: string): string | null {
  const value = claimAt(claims, path);
  if (value === undefined || value === null) return null;
  if (!isText(value)) throw unauthenticated(`claim of the ${what} is not a text`);
  return value;
}

/**
 * A claim of texts, a single one standing for a list; empty where the token does not have it. Whole numbers become
 * text; a number beyond the safe integers is refused, since JSON has already rounded it to somebody else's.
 * @throws UNAUTHENTICATED where it is anything else
 */
export function readTexts(claims: Claims, path: ClaimPath, what: string): readonly string[] {
  const value = claimAt(claims, path);
  if (value === undefined || value === null) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (isText(item)) return item;
    if (Number.isSafeInteger(item)) return String(item);
    throw unauthenticated(`claim of the ${what} is not a list of texts`);
  });
}

/** A claim in seconds since 1970; null where the token does not have it. @throws UNAUTHENTICATED where it is anything else */
export function readSeconds(claims: Claims, name: string): number | null {
  const value = claimAt(claims, [name]);
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(Math.floor(value * 1000))) {
    throw unauthenticated(`${name} is not a time`);
  }
  return value;
}
