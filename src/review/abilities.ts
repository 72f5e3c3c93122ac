import type { Column } from '../catalog/index.js';
import type { Masking } from '../masks/index.js';
import {
  placesOf,
  type Mark,
  type Model,
  type Place,
  type RowBinding,
  type TypeModel,
} from '../model/index.js';
import type {
  Conditions,
  Otherwise,
  Role,
  RowCondition,
  RowValue,
  SecretClass,
  Usage,
} from '../policy/index.js';
import { exposures, type Exposure } from '../view/index.js';

/**
 * What a role is given at a coordinate, taken apart into what can be gained or lost by itself. A decision is a name for
 * several: masked is its name and the mask; clear under a condition is the value under it, and the mask without.
 */
export interface Ability {
  readonly kind:
    | 'NAME'
    | 'VALUE'
    | 'MASK'
    /** An answer to the operation where a condition is not met; `otherwise: refuse` gives none. */
    | 'ANSWER'
    | Exclude<Usage, 'READ'>;
  /** Which rows: all of these hold. */
  readonly rows: readonly RowAtom[];
  /** What must hold besides; null for nothing. */
  readonly conditions: AskedConditions | null;
  /** Which column it is, or which join. */
  readonly data: string;
  readonly mask: Masking | null;
  readonly aggregate: SecretClass['aggregate'];
}

/** One equation of a row condition, with what its key is bound to in the type: `shared` is every row. */
export interface RowAtom {
  readonly by: string;
  readonly value: RowValue;
  readonly binding: string;
  readonly shared: boolean;
}

export interface AskedConditions extends Conditions {
  /** An agreement is in force for some classes. */
  readonly secretClass: string;
  /** Codes of the purposes that the role can declare for the class. */
  readonly purposes: readonly string[];
}

/** What one role is given at one coordinate. */
export interface Standing {
  readonly lines: readonly Exposure[];
  readonly mask: Masking | null;
  /** What an unmet condition makes of a clear value; null where nothing is asked. */
  readonly otherwise: Otherwise | null;
  readonly abilities: readonly Ability[];
}

const quoted = (name: string): string => JSON.stringify(name);

/** What a row key is bound to. Names are quoted, so that different bindings have different words. */
function describeBinding(binding: RowBinding): string {
  switch (binding.kind) {
    case 'shared':
      return 'everybody';
    case 'column':
      return quoted(binding.column.name);
    case 'via': {
      const { relation, through } = binding;
      const pairs = relation.from.map(
        (from, i) => `${quoted(from.name)} = ${quoted(relation.to[i]?.name ?? '')}`,
      );
      const table = `${quoted(through.schema)}.${quoted(through.table)}`;
      return `${through.bindings.map(describeBinding).join(' or ')} of ${table} with ${pairs.join(', ')}`;
    }
  }
}

/** A role's condition on the rows of a type, with what the type says of its keys. */
function rowAtoms(condition: RowCondition, type: TypeModel): readonly RowAtom[] {
  return condition.flat().map(({ by, value }) => {
    const bindings = type.rows.filter(
      (binding) => binding.by === by || (binding.kind === 'shared' && binding.by === null),
    );
    return {
      by,
      value,
      binding: bindings.map(describeBinding).join(' or '),
      // A record that a via does not find is nobody's, so only what is shared as it stands is every row.
      shared: bindings.some((binding) => binding.kind === 'shared'),
    };
  });
}

const named = (...names: readonly string[]): string => names.join('.');

/** The column that a field gives, what an attribute gives of one, or the join that a relation follows. */
function dataOf({ field, chain }: Place, type: TypeModel, model: Model): string {
  const table = named(type.source, type.schema, type.table);
  if (field.kind === 'column')
    return named(table, ...chain.map((each) => (each.kind === 'column' ? each.column.name : each.name)));
  const target = model.types.get(field.target);
  const there = target === undefined ? '' : named(target.source, target.schema, target.table);
  const pairs = (from: readonly Column[], to: readonly Column[]): string =>
    from.map(({ name }, i) => `${name} = ${to[i]?.name ?? ''}`).join(' and ');
  const { from, to, through } = field;
  if (through === null) return `${table} to ${there} by ${pairs(from, to)}`;
  // Whose links count is for the types of that table to say: without one of them, more do.
  const seen = through.types.length === 0 ? '' : ` as ${through.types.toSorted().join(' and ')}`;
  return `${table} to ${there} through ${named(type.source, through.schema, through.table)}${seen} by ${pairs(from, through.from)} and ${pairs(through.to, to)}`;
}

function isAsked({ agreement, training, purpose, mfaWithinSeconds }: Conditions): boolean {
  return agreement !== null || training !== null || purpose || mfaWithinSeconds !== null;
}

/** What a clear line gives: the value under the conditions of its class, and what the class gives otherwise. */
function clearAbilities(
  line: Exposure,
  base: Ability,
  mask: Masking | null,
  role: Role,
  model: Model,
): Ability[] {
  const secret = line.secretClass === null ? undefined : model.policy.classes.get(line.secretClass);
  const usages = line.usages.filter((usage) => usage !== 'READ');
  const give = (conditions: AskedConditions | null): Ability[] =>
    (['VALUE', ...usages] as const).map((kind) => ({ ...base, kind, conditions }));
  if (secret === undefined || !isAsked(secret.conditions))
    return [...give(null), { ...base, kind: 'ANSWER' }];
  const purposes = [...model.policy.purposes.values()]
    .filter(({ roles, classes }) => roles.includes(role.name) && classes.includes(secret.name))
    .map(({ code }) => code);
  // A purpose that cannot be declared is a condition that is never met.
  const reachable = !secret.conditions.purpose || purposes.length > 0;
  return [
    ...(reachable ? give({ ...secret.conditions, secretClass: secret.name, purposes }) : []),
    ...(secret.otherwise === 'mask' && mask !== null ? [{ ...base, kind: 'MASK' as const, mask }] : []),
    ...(secret.otherwise === 'refuse' ? [] : [{ ...base, kind: 'ANSWER' as const }]),
  ];
}

function abilitiesOf(line: Exposure, type: TypeModel, role: Role, model: Model): Ability[] {
  const rows = rowAtoms(line.rows, type);
  const base: Ability = {
    kind: 'NAME',
    rows,
    conditions: null,
    data: dataOf(line.place, type, model),
    mask: null,
    aggregate: null,
  };
  // A name is in the schema or is not: on which rows says nothing of it.
  const name: Ability = { ...base, rows: [], data: '' };
  const mask = line.place.field.kind === 'column' ? maskingOf(line.place.mark) : null;
  switch (line.decision) {
    case 'HIDDEN':
      return [];
    case 'AGGREGATE': {
      const aggregate = model.policy.classes.get(line.secretClass ?? '')?.aggregate ?? null;
      return [{ ...base, kind: 'AGGREGATE', aggregate }];
    }
    case 'DENIED':
      return [name, { ...base, kind: 'ANSWER' }];
    case 'MASKED': {
      const masked = mask === null ? [] : [{ ...base, kind: 'MASK' as const, mask }];
      return [name, { ...base, kind: 'ANSWER' }, ...masked];
    }
    case 'CLEAR':
      return [name, ...clearAbilities(line, base, mask, role, model)];
  }
}

/** How a mark has its field look masked; null for one that is open. */
function maskingOf(mark: Mark): Masking | null {
  return mark.kind === 'secret' ? { mask: mark.mask, nulls: mark.nulls } : null;
}

/** What a role is given, coordinate by coordinate. */
export function standings(model: Model, role: Role): ReadonlyMap<string, Standing> {
  const lines = exposures(model, [role]);
  const found = new Map<string, Standing>();
  for (const type of model.types.values())
    for (const { coordinate, mark } of placesOf(type.fields.values(), model.composites)) {
      const own = lines.filter((line) => line.coordinate === coordinate);
      const secret = mark.kind === 'secret' ? model.policy.classes.get(mark.secretClass) : undefined;
      found.set(coordinate, {
        lines: own,
        mask: maskingOf(mark),
        otherwise: secret !== undefined && isAsked(secret.conditions) ? secret.otherwise : null,
        abilities: own.flatMap((line) => abilitiesOf(line, type, role, model)),
      });
    }
  return found;
}
