import { isComparable } from '../catalog/index.js';
import { placesOf, type Model, type Place, type TypeModel } from '../model/index.js';
import {
  coversRows,
  grantFor,
  type Decision,
  type Role,
  type RowCondition,
  type SecretClass,
  type Usage,
} from '../policy/index.js';
import { resolveAccess, type Access, type FieldAccess, type TypeAccess } from './access.js';
import { aggregatable } from './aggregatable.js';
import { filterable, sortable } from './where.js';

/** What roles may do with a coordinate on some of the rows they see: one line of the exposure matrix. */
export interface Exposure {
  readonly coordinate: string;
  readonly place: Place;
  readonly secretClass: string | null;
  readonly decision: Decision;
  /** What is offered on these rows, conditions aside. */
  readonly usages: readonly Usage[];
  /** Which rows: every condition holds; none is every row that the roles see. */
  readonly rows: RowCondition;
  /** What must hold for the class to be clear; null where nothing must, or where the value is not clear anyway. */
  readonly conditions: SecretClass['conditions'] | null;
}

const shown: readonly Decision[] = ['CLEAR', 'MASKED'];

function usagesOf(
  decision: Decision,
  field: FieldAccess,
  { chain }: Place,
  type: TypeAccess,
): readonly Usage[] {
  if (!shown.includes(decision)) return [];
  const { field: column } = field;
  // Who follows a relation, or filters through it, is told which records belong together.
  if (column.kind !== 'column') return ['READ', 'RELATE'];
  // Nothing but reading looks into a composite.
  if (chain.length > 1) return ['READ'];
  const filtered: Usage[] = filterable(type).includes(column) ? ['FILTER'] : [];
  const sorted: Usage[] = sortable(type).includes(column) ? ['SORT'] : [];
  const { grouped, counted } = aggregatable(type);
  const computed: Usage[] = [
    ...(grouped.includes(column) ? (['GROUP'] as const) : []),
    ...(counted.includes(column) ? (['AGGREGATE'] as const) : []),
  ];
  const joined = column.encryption === undefined && isComparable(column.column.type);
  const related: Usage[] = field.clearEverywhere && joined ? ['RELATE'] : [];
  return ['READ', ...filtered, ...sorted, ...computed, ...related];
}

/** HIDDEN; or AGGREGATE, where a role sees the rows and may only compute over the class. */
function outOfView({ mark }: Place, type: TypeAccess | undefined, roles: readonly Role[]): Decision {
  const computes =
    type !== undefined &&
    mark.kind === 'secret' &&
    type.rows.some(({ grantor }) => {
      const role = roles[grantor];
      return role !== undefined && grantFor(role, mark.secretClass).otherwise === 'AGGREGATE';
    });
  return computes ? 'AGGREGATE' : 'HIDDEN';
}

/** What the caller has of a field, or of an attribute within one. */
function accessTo({ chain: [owner, ...within] }: Place, type: TypeAccess): FieldAccess | undefined {
  return within.reduce<FieldAccess | undefined>(
    (access, { name }) => access?.attributes.get(name),
    type.fields.get(owner?.name ?? ''),
  );
}

function exposuresOf(
  place: Place,
  { name }: TypeModel,
  access: Access,
  roles: readonly Role[],
  model: Model,
): Exposure[] {
  const { coordinate, mark } = place;
  const secretClass = mark.kind === 'secret' ? mark.secretClass : null;
  const conditions =
    (secretClass === null ? undefined : model.policy.classes.get(secretClass))?.conditions ?? null;
  const type = access.get(name);
  const given = type === undefined ? undefined : accessTo(place, type);
  const guarded = type !== undefined && place.chain.length === 1 && type.guarded.has(place.field.name);
  const computed: Exposure = {
    coordinate,
    place,
    secretClass,
    decision: guarded ? 'AGGREGATE' : outOfView(place, type, roles),
    usages: guarded ? ['AGGREGATE'] : [],
    rows: [],
    conditions: null,
  };
  if (type === undefined || given === undefined) return [computed];
  const arms = given.arms.map(({ decision, when }): Exposure => ({
    coordinate,
    place,
    secretClass,
    decision,
    usages: usagesOf(decision, given, place, type),
    rows: when,
    conditions: decision === 'CLEAR' ? conditions : null,
  }));
  return guarded ? [...arms, computed] : arms;
}

/** What these roles may do, coordinate by coordinate in the order of the SDL, attributes too; hidden coordinates too. */
export function exposures(model: Model, roles: readonly Role[]): readonly Exposure[] {
  const access = resolveAccess(model, roles, ['read:*']);
  return [...model.types.values()].flatMap((type) =>
    [...placesOf(type.fields.values(), model.composites)].flatMap((place) =>
      exposuresOf(place, type, access, roles, model),
    ),
  );
}

/** The decision that holds on every row the roles see, and the usages that some row offers: what policy tests are about. */
export function guaranteed(
  coordinate: string,
  model: Model,
  roles: readonly Role[],
): { readonly decision: Decision; readonly usages: readonly Usage[] } {
  const lines = exposures(model, roles).filter((line) => line.coordinate === coordinate);
  const [typeName = ''] = coordinate.split('.');
  const rows = resolveAccess(model, roles, ['read:*']).get(typeName)?.rows ?? [];
  const covered = (decisions: readonly Decision[]) =>
    coversRows(
      lines.filter(({ decision }) => decisions.includes(decision)).map((line) => ({ when: line.rows })),
      rows,
    );
  const [absent] = lines.every(({ decision }) => decision === 'HIDDEN' || decision === 'AGGREGATE')
    ? lines
    : [];
  const decision =
    absent?.decision ?? (covered(['CLEAR']) ? 'CLEAR' : covered(['CLEAR', 'MASKED']) ? 'MASKED' : 'DENIED');
  return { decision, usages: [...new Set(lines.flatMap(({ usages }) => usages))] };
}
