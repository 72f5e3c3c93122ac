import { CordonError } from '../base/index.js';

/**
 * The asserted roles that the policy knows, sorted and without duplicates.
 * @throws FORBIDDEN when there is none: such a caller has nothing to see here
 */
export function knownAmong(asserted: readonly string[], known: ReadonlySet<string>): readonly string[] {
  const roles = [...new Set(asserted)].filter((role) => known.has(role)).sort();
  if (roles.length === 0) throw new CordonError('FORBIDDEN', { detail: 'none of the roles is known' });
  return roles;
}
