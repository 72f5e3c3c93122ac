import type { Mark, Model, TypeModel } from '../../model/index.js';
import type { Role, RowMatch } from '../../policy/index.js';
import type { ProveCaller } from './caller.js';

/**
 * What the policy says of a caller's roles, read once more and apart from what the gateway makes of it: a run holds the
 * gateway to this. What is about rows is in `sight.ts`.
 */

/** What a cell comes to, from the least to the most. AGGREGATE and HIDDEN are both not read. */
export const decisions = ['HIDDEN', 'DENIED', 'MASKED', 'CLEAR'] as const;
export type Seen = (typeof decisions)[number];

export const better = (a: Seen, b: Seen): Seen => (decisions.indexOf(a) >= decisions.indexOf(b) ? a : b);

/** A role that gives rows of a type: all, or those that match. */
export interface Granting {
  readonly role: Role;
  /** Null: every row. */
  readonly rows: RowMatch | null;
}

/** Whether rows of the type say whose they are by every key. */
export function bindsAll(type: TypeModel, match: RowMatch): boolean {
  return match.every(({ by }) =>
    type.rows.some((binding) => binding.by === by || (binding.kind === 'shared' && binding.by === null)),
  );
}

export function rolesOf(model: Model, { roles }: ProveCaller): readonly Role[] {
  return roles.map((name) => model.policy.roles.get(name)).filter((role) => role !== undefined);
}

/** The roles that give rows of the type. */
export function grantingRoles(model: Model, caller: ProveCaller, type: TypeModel): readonly Granting[] {
  return rolesOf(model, caller).flatMap((role): Granting[] => {
    if (type.typeClass !== null && !role.classes.has(type.typeClass)) return [];
    if (role.rows.kind === 'none') return [];
    if (role.rows.kind === 'all') return [{ role, rows: null }];
    return bindsAll(type, role.rows.match) ? [{ role, rows: role.rows.match }] : [];
  });
}

/** Whether what a class asks for is there for a role. */
export function conditionsHold(model: Model, caller: ProveCaller, role: Role, secretClass: string): boolean {
  const conditions = model.policy.classes.get(secretClass)?.conditions;
  if (conditions === undefined) return false;
  const { agreement, training, purpose, mfaWithinSeconds } = conditions;
  const asks = agreement !== null || training !== null || mfaWithinSeconds !== null;
  if (asks && !caller.conditionsMet) return false;
  if (!purpose) return true;
  const declared = caller.purpose === null ? undefined : model.policy.purposes.get(caller.purpose);
  return (
    caller.conditionsMet &&
    declared?.classes.includes(secretClass) === true &&
    declared.roles.includes(role.name)
  );
}

/** What a role makes of a mark: on rows that match `clearOn` (null: on none; empty: on all), and elsewhere. */
export interface RoleDecision {
  readonly clearOn: RowMatch | null;
  /** What it is where it would be clear, given the conditions. */
  readonly there: Seen;
  readonly elsewhere: Seen;
}

/** What a class comes to where a condition is not met. */
const lowered = { mask: 'MASKED', deny: 'DENIED', refuse: 'DENIED' } as const;

export function decide(
  model: Model,
  caller: ProveCaller,
  role: Role,
  type: TypeModel,
  mark: Mark,
): RoleDecision {
  if (mark.kind === 'open') return { clearOn: [], there: 'CLEAR', elsewhere: 'CLEAR' };
  const grant = role.classes.get(mark.secretClass);
  if (grant === undefined) return { clearOn: null, there: 'HIDDEN', elsewhere: 'HIDDEN' };
  const { clear } = grant;
  const elsewhere: Seen =
    grant.otherwise === 'MASKED' || grant.otherwise === 'DENIED' ? grant.otherwise : 'HIDDEN';
  const otherwise = model.policy.classes.get(mark.secretClass)?.otherwise ?? 'deny';
  const there: Seen = conditionsHold(model, caller, role, mark.secretClass) ? 'CLEAR' : lowered[otherwise];
  if (clear.kind === 'none') return { clearOn: null, there: elsewhere, elsewhere };
  if (clear.kind === 'all') return { clearOn: [], there, elsewhere: there };
  return { clearOn: bindsAll(type, clear.match) ? clear.match : null, there, elsewhere };
}

const rowsText = (rows: RowMatch | null): string => JSON.stringify(rows ?? []);

/**
 * Whether what these roles give covers every row that the caller sees of the type, whatever is stored: some of them gives
 * all rows, or for each that gives rows one gives just the same.
 */
function covers(giving: readonly Granting[], all: readonly Granting[]): boolean {
  if (all.length === 0) return false;
  return (
    giving.some(({ rows }) => rows === null) ||
    all.every(({ rows }) => giving.some((other) => rowsText(other.rows) === rowsText(rows)))
  );
}

/** Whether a mark is clear on every row that the caller sees, whatever is stored. */
export function clearEverywhere(model: Model, caller: ProveCaller, type: TypeModel, mark: Mark): boolean {
  const all = grantingRoles(model, caller, type);
  const clear = all.flatMap((granting): Granting[] => {
    const { clearOn, there } = decide(model, caller, granting.role, type, mark);
    if (clearOn === null || there !== 'CLEAR') return [];
    if (clearOn.length === 0) return [granting];
    // Clear on some rows of all is as good as a role that has just these.
    return granting.rows === null ? [{ ...granting, rows: clearOn }] : [];
  });
  return covers(clear, all);
}

/** Whether a class may be computed over in groups: on every row that the caller sees, and clear on none. */
export function computedOnly(
  model: Model,
  caller: ProveCaller,
  type: TypeModel,
  secretClass: string,
): boolean {
  const all = grantingRoles(model, caller, type);
  const computing = all.filter(({ role }) => role.classes.get(secretClass)?.otherwise === 'AGGREGATE');
  const clear = all.some(({ role }) => (role.classes.get(secretClass)?.clear.kind ?? 'none') !== 'none');
  return !clear && covers(computing, all);
}
