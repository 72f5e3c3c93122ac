import type { FieldModel, Model, TypeModel } from '../model/index.js';
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

function usagesOf(decision: Decision, field: FieldAccess, type: TypeAccess): readonly Usage[] {
  if (!shown.includes(decision)) return [];
  const { field: column } = field;
  if (column.kind !== 'column') return ['READ'];
  const filtered: Usage[] = filterable(type).includes(column) ? ['FILTER'] : [];
  const sorted: Usage[] = sortable(type).includes(column) ? ['SORT'] : [];
  const { grouped, counted } = aggregatable(type);
  const computed: Usage[] = [
    ...(grouped.includes(column) ? (['GROUP'] as const) : []),
    ...(counted.includes(column) ? (['AGGREGATE'] as const) : []),
  ];
  const related: Usage[] = field.clearEverywhere && column.encryption === undefined ? ['RELATE'] : [];
  return ['READ', ...filtered, ...sorted, ...computed, ...related];
}

/** HIDDEN; or AGGREGATE, where a role sees the rows and may only compute over the class. */
function outOfView(field: FieldModel, type: TypeAccess | undefined, roles: readonly Role[]): Decision {
  const { mark } = field;
  const computes =
    type !== undefined &&
    mark.kind === 'secret' &&
    type.rows.some(({ grantor }) => {
      const role = roles[grantor];
      return role !== undefined && grantFor(role, mark.secretClass).otherwise === 'AGGREGATE';
    });
  return computes ? 'AGGREGATE' : 'HIDDEN';
}

function exposuresOf(
  field: FieldModel,
  { name }: TypeModel,
  access: Access,
  roles: readonly Role[],
  model: Model,
): Exposure[] {
  const { coordinate, mark } = field;
  const secretClass = mark.kind === 'secret' ? mark.secretClass : null;
  const conditions =
    (secretClass === null ? undefined : model.policy.classes.get(secretClass))?.conditions ?? null;
  const type = access.get(name);
  const given = type?.fields.get(field.name);
  const guarded = type?.guarded.has(field.name) === true;
  const computed: Exposure = {
    coordinate,
    secretClass,
    decision: guarded ? 'AGGREGATE' : outOfView(field, type, roles),
    usages: guarded ? ['AGGREGATE'] : [],
    rows: [],
    conditions: null,
  };
  if (type === undefined || given === undefined) return [computed];
  const arms = given.arms.map(({ decision, when }): Exposure => ({
    coordinate,
    secretClass,
    decision,
    usages: usagesOf(decision, given, type),
    rows: when,
    conditions: decision === 'CLEAR' ? conditions : null,
  }));
  return guarded ? [...arms, computed] : arms;
}

/** What these roles may do, coordinate by coordinate in the order of the SDL; hidden coordinates too. */
export function exposures(model: Model, roles: readonly Role[]): readonly Exposure[] {
  const access = resolveAccess(model, roles, ['read:*']);
  return [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].flatMap((field) => exposuresOf(field, type, access, roles, model)),
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
