import { didYouMean } from '../base/index.js';
import type { Policy, Role } from '../policy/index.js';
import { CommandError } from './failure.js';

/** The roles of these names, in their order. @throws CommandError for one that the policy does not know */
export function requireRoles({ roles }: Policy, names: readonly string[]): readonly Role[] {
  return names.map((name) => {
    const role = roles.get(name);
    if (role === undefined)
      throw new CommandError(`The policy has no role "${name}".${didYouMean(name, roles.keys())}`);
    return role;
  });
}
