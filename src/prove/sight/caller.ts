import type { Model } from '../../model/index.js';
import type { Role } from '../../policy/index.js';
import { OWNERS, rowMatches } from '../data/owner-values.js';
import type { Random } from '../data/random.js';
import { linkText } from '../data/values.js';
import { builtInType, type PgType } from '../../catalog/index.js';

/** Somebody who asks in a run. */
export interface ProveCaller {
  /** For people: roles, and what is special. Unlike all others. */
  readonly name: string;
  readonly roles: readonly string[];
  readonly subject: string;
  readonly organisation: string;
  /** What `$claims.<name>` stands for. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Whether agreements, trainings and a second factor are there for every class, or for none. */
  readonly conditionsMet: boolean;
  /** What is declared as the purpose. A class that asks for one is clear only for a purpose that lists it. */
  readonly purpose: string | null;
}

/** Types of the columns that rows belong to somebody by. */
function ownerTypes(model: Model): readonly PgType[] {
  return [...model.types.values()].flatMap(({ rows }) =>
    rows.flatMap((binding) => (binding.kind === 'column' ? [binding.column.type] : [])),
  );
}

/** The i-th owner in each form that columns have them in. */
function ownerForms(types: readonly PgType[], i: number): readonly string[] {
  return [...new Set([builtInType('text'), ...types].map((type) => linkText(type, i)))];
}

const NOBODY = 'nobody';

/** Claims and subject for rows of the data that `makeTwins` makes: some of each, or none at all. */
function ownOf(model: Model, random: Random, somebody: boolean): Pick<ProveCaller, 'subject' | 'claims'> {
  const types = ownerTypes(model);
  const names = rowMatches(model).flatMap((match) =>
    match.flatMap(({ value }) => (value.kind === 'claim' ? [value.name] : [])),
  );
  const claims = [...new Set(names)].map((name) => {
    const own = random
      .shuffle(Array.from({ length: OWNERS }, (_, i) => i + 1))
      .slice(0, random.integer(2, 3));
    return [name, [...(somebody ? own.flatMap((i) => ownerForms(types, i)) : []), NOBODY]] as const;
  });
  const subject = somebody ? random.pick(ownerForms(types, random.integer(1, OWNERS - 1))) : NOBODY;
  return { subject, claims: Object.fromEntries(claims) };
}

function limited({ rows, classes }: Role): boolean {
  return rows.kind === 'limited' || [...classes.values()].some(({ clear }) => clear.kind === 'limited');
}

/** Purposes that make some class clear for one of the roles; null alone where there is none. */
function purposesFor(model: Model, roles: readonly Role[]): readonly (string | null)[] {
  const found = [...model.policy.purposes.values()].filter(
    ({ roles: allowed, classes }) =>
      roles.some(({ name }) => allowed.includes(name)) &&
      classes.some((name) => model.policy.classes.get(name)?.conditions.purpose === true),
  );
  return found.length === 0 ? [null] : found.map(({ code }) => code);
}

/** Whether some class that the roles see in clear asks for anything. */
function conditioned(model: Model, roles: readonly Role[]): boolean {
  return roles.some(({ classes }) =>
    [...classes].some(([name, { clear }]) => {
      const {
        agreement = null,
        training = null,
        purpose = false,
        mfaWithinSeconds = null,
      } = model.policy.classes.get(name)?.conditions ?? {};
      return (
        clear.kind !== 'none' && (agreement ?? training ?? mfaWithinSeconds ?? (purpose || null)) !== null
      );
    }),
  );
}

const PAIRS_MAX = 6;

/**
 * Each role that sees rows, alone: with every condition met, for each purpose that there is for it, and with none met;
 * as somebody to whom no row belongs, where that matters; and some pairs of roles.
 */
export function proveCallers(model: Model, random: Random): readonly ProveCaller[] {
  const roles = [...model.policy.roles.values()].filter(({ rows }) => rows.kind !== 'none');
  const pairs = roles.flatMap((a, i) => roles.slice(i + 1).map((b) => [a, b] as const));
  const groups = [...roles.map((role) => [role]), ...random.shuffle(pairs).slice(0, PAIRS_MAX)];
  return groups.flatMap((group): ProveCaller[] => {
    const who = group.map(({ name }) => name).join(' and ');
    const own = random.fork(who);
    const base = { roles: group.map(({ name }) => name).toSorted(), organisation: 'prove' };
    const met = purposesFor(model, group).map((purpose): ProveCaller => ({
      ...base,
      ...ownOf(model, own, true),
      name: purpose === null ? who : `${who} for ${purpose}`,
      conditionsMet: true,
      purpose,
    }));
    const others: ProveCaller[] = [];
    if (conditioned(model, group))
      others.push({
        ...base,
        ...ownOf(model, own, true),
        name: `${who}, conditions unmet`,
        conditionsMet: false,
        purpose: null,
      });
    if (group.length === 1 && group.some(limited))
      others.push({
        ...base,
        ...ownOf(model, own, false),
        name: `${who}, of no rows`,
        conditionsMet: true,
        purpose: null,
      });
    return [...met, ...others];
  });
}
