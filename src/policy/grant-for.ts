import type { ClassGrant, Role } from './policy.js';

const hidden: ClassGrant = Object.freeze({ clear: Object.freeze({ kind: 'none' }), otherwise: 'HIDDEN' });

/** What a role may do with a class; a class that it does not list is HIDDEN for it. */
export function grantFor(role: Role, secretClass: string): ClassGrant {
  return role.classes.get(secretClass) ?? hidden;
}
