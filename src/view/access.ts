import { isComparableMask } from '../masks/index.js';
import type { ColumnField, FieldModel, Mark, Model, RelationField, TypeModel } from '../model/index.js';
import {
  coversRows,
  type ClassGrant,
  type Decision,
  type Policy,
  type Role,
  type RowCondition,
  type RowMatch,
} from '../policy/index.js';
import { guardedFields, type GuardedField } from './guarded.js';
import {
  agreeOnAttributes,
  noAttributes,
  resolveAttributes,
  withAttributes,
  type Attributes,
} from './attributes.js';

/**
 * The resolved matrix of one set of roles and scopes: which cells are given, and how. A cell is given at a usage if and
 * only if one single role grants both its row and its coordinate there, so every grant keeps the rows it came with.
 */

/** One role's word on one coordinate. */
export interface Arm {
  /** Position of the granting role among the caller's roles; names stay out, so that equal rights share a view. */
  readonly grantor: number;
  readonly when: RowCondition;
  readonly decision: 'CLEAR' | 'MASKED' | 'DENIED';
}

export interface FieldAccess<Field extends FieldModel = FieldModel> {
  readonly field: Field;
  /** Never empty: a coordinate without an arm is hidden. */
  readonly arms: readonly Arm[];
  /** Clear on every row the caller may see, conditions of the class aside. */
  readonly clearEverywhere: boolean;
  /**
   * What filters, orders and groups act on: the value, where it is clear everywhere, or what the caller reads, row by row, where
   * the class allows for that (`masked_use`). Null: they are not offered.
   */
  readonly compared: 'VALUE' | 'READ' | null;
  /** For a relation: the fields that expose its join columns, on both sides. It tells that they are equal (usage RELATE). */
  readonly relates: readonly FieldAccess[];
  /** For a relation through a table: the types bound to it, whose rows a link must be among. */
  readonly links: readonly TypeAccess[];
  /** For a field of a composite type: what is visible of it. */
  readonly attributes: Attributes;
}

export interface TypeAccess {
  readonly type: TypeModel;
  /** Rows the caller may see: those of any grantor. */
  readonly rows: readonly { readonly grantor: number; readonly when: RowCondition }[];
  readonly allRows: boolean;
  /** Visible fields in SDL order. */
  readonly fields: ReadonlyMap<string, FieldAccess>;
  /** Fields that are not given, but computed over in groups. */
  readonly guarded: ReadonlyMap<string, GuardedField>;
}

/** Visible types in SDL order. */
export type Access = ReadonlyMap<string, TypeAccess>;

/** Whether some scope covers the coordinate: `read:*`, `read:Type` or `read:Type.field`. */
export function inScope(scopes: readonly string[], typeName: string, coordinate: string): boolean {
  return scopes.some(
    (scope) => scope === 'read:*' || scope === `read:${typeName}` || scope === `read:${coordinate}`,
  );
}

/** Whether the type binds its rows by every key of the match. */
function canMatch(type: TypeModel, match: RowMatch): boolean {
  return match.every(({ by }) =>
    type.rows.some((binding) => binding.by === by || (binding.kind === 'shared' && binding.by === null)),
  );
}

/** The rows of the type that the role grants, or null for none. */
function rowsOf(role: Role, type: TypeModel): RowCondition | null {
  if (type.typeClass !== null && !role.classes.has(type.typeClass)) return null;
  switch (role.rows.kind) {
    case 'all':
      return [];
    case 'none':
      return null;
    case 'limited':
      return canMatch(type, role.rows.match) ? [role.rows.match] : null;
  }
}

function shown(decision: Decision): decision is 'MASKED' | 'DENIED' {
  return decision === 'MASKED' || decision === 'DENIED';
}

/** The arms that one class grant gives on rows `when`. */
function armsOf(grant: ClassGrant, type: TypeModel, grantor: number, when: RowCondition): Arm[] {
  const arms: Arm[] = [];
  const { clear, otherwise } = grant;
  if (clear.kind === 'all') return [{ grantor, when, decision: 'CLEAR' }];
  if (clear.kind === 'limited' && canMatch(type, clear.match)) {
    arms.push({ grantor, when: [...when, clear.match], decision: 'CLEAR' });
  }
  if (shown(otherwise)) arms.push({ grantor, when, decision: otherwise });
  return arms;
}

function markArms(mark: Mark, role: Role, type: TypeModel, grantor: number, when: RowCondition): Arm[] {
  if (mark.kind === 'open') return [{ grantor, when, decision: 'CLEAR' }];
  const grant = role.classes.get(mark.secretClass);
  return grant === undefined ? [] : armsOf(grant, type, grantor, when);
}

function clearEverywhere(arms: readonly Arm[], rows: TypeAccess['rows']): boolean {
  return coversRows(
    arms.filter((arm) => arm.decision === 'CLEAR'),
    rows,
  );
}

function comparedAs(
  field: FieldModel,
  arms: readonly Arm[],
  everywhere: boolean,
  policy: Policy,
): FieldAccess['compared'] {
  // Ciphertexts compare with nothing.
  if (field.kind === 'relation' || field.encryption !== undefined) return null;
  if (everywhere) return 'VALUE';
  // A list is compared item by item and a document path by path, which nobody would expect of masks.
  if (field.lists > 0 || field.type.name === 'JSON') return null;
  const { mark } = field;
  if (mark.kind === 'open' || policy.classes.get(mark.secretClass)?.maskedUse !== true) return null;
  return isComparableMask(mark.mask) && arms.some(({ decision }) => decision !== 'DENIED') ? 'READ' : null;
}

/** The roles that grant rows of the type. */
function grantedBy(roles: readonly Role[], type: TypeModel) {
  return roles.flatMap((role, grantor) => {
    const when = rowsOf(role, type);
    return when === null ? [] : [{ role, grantor, when }];
  });
}

/** A type's own fields, neither its relations yet held against their targets, nor what is guarded against its entities. */
function accessType(
  type: TypeModel,
  roles: readonly Role[],
  scopes: readonly string[],
  model: Model,
): TypeAccess | null {
  const granted = grantedBy(roles, type);
  const rows = granted.map(({ grantor, when }) => ({ grantor, when }));
  const resolve = (mark: Mark) => {
    const arms = granted.flatMap(({ role, grantor, when }) => markArms(mark, role, type, grantor, when));
    return { arms, clearEverywhere: clearEverywhere(arms, rows) };
  };
  const fields = new Map<string, FieldAccess>();
  for (const field of type.fields.values()) {
    if (!inScope(scopes, type.name, field.coordinate)) continue;
    const attributes: Attributes =
      field.kind === 'column'
        ? resolveAttributes(field, field.mark, model.composites, resolve)
        : noAttributes;
    const found = resolve(field.mark);
    const compared = comparedAs(field, found.arms, found.clearEverywhere, model.policy);
    if (found.arms.length > 0)
      fields.set(field.name, { field, ...found, compared, relates: [], links: [], attributes });
  }
  if (fields.size === 0) return null;
  const allRows = rows.some((row) => row.when.length === 0);
  return { type, rows, allRows, fields, guarded: new Map() };
}

/** Fields of a type that expose these columns; a column that no field exposes has no mark, and the relation's own decides. */
function exposing(type: TypeModel, columns: RelationField['from']): ColumnField[] {
  return [...type.fields.values()].filter(
    (field): field is ColumnField =>
      field.kind === 'column' && columns.some((column) => column.name === field.column.name),
  );
}

/**
 * The relation with the join columns it depends on, or null where one of them is not clear, or a type at one of its ends
 * or between them is not there: then it is hidden.
 */
function relate(
  access: FieldAccess,
  relation: RelationField,
  from: TypeAccess,
  types: Access,
): FieldAccess | null {
  const to = types.get(relation.target);
  const { through } = relation;
  const links = (through?.types ?? []).map((name) => types.get(name)).filter((link) => link !== undefined);
  if (to === undefined || links.length < (through?.types.length ?? 0)) return null;
  const sides = [
    ...sidesOf(from, relation.from),
    ...sidesOf(to, relation.to),
    ...links.flatMap((link) => sidesOf(link, [...(through?.from ?? []), ...(through?.to ?? [])])),
  ];
  const relates = sides.filter((side) => side !== undefined);
  return relates.length === sides.length && relates.every((side) => side.clearEverywhere)
    ? { ...access, relates, links }
    : null;
}

function sidesOf({ type, fields }: TypeAccess, columns: RelationField['from']): (FieldAccess | undefined)[] {
  return exposing(type, columns).map((field) => fields.get(field.name));
}

/** Keeps the relations that hold against these types, and the types that have a field left. */
function prune(types: Access): Access {
  const kept = new Map<string, TypeAccess>();
  for (const [name, access] of types) {
    const fields = new Map<string, FieldAccess>();
    for (const field of access.fields.values()) {
      const related = field.field.kind === 'column' ? field : relate(field, field.field, access, types);
      if (related !== null) fields.set(field.field.name, related);
    }
    if (fields.size > 0) kept.set(name, { ...access, fields });
  }
  return kept;
}

const countFields = (types: Access): number =>
  [...types.values()].reduce((sum, { fields }) => sum + [...withAttributes(fields.values())].length, 0);

/**
 * Resolves what roles and scopes give.
 * @param roles the caller's roles as the policy has them, in the order of their names
 */
export function resolveAccess(model: Model, roles: readonly Role[], scopes: readonly string[]): Access {
  let types: Access = new Map(
    [...model.types.values()].flatMap((type) => {
      const access = accessType(type, roles, scopes, model);
      return access === null ? [] : [[type.name, access] as const];
    }),
  );
  // A type that loses its last relation is gone, and so are the relations into it: until nothing changes.
  for (;;) {
    const pruned = prune(agreeOnAttributes(types));
    const settled = countFields(pruned) === countFields(types);
    types = pruned;
    if (settled) break;
  }
  return new Map(
    [...types].map(([name, access]): [string, TypeAccess] => {
      const { type } = access;
      const within = (coordinate: string) => inScope(scopes, name, coordinate);
      return [
        name,
        { ...access, guarded: guardedFields(type, grantedBy(roles, type), within, model, types) },
      ];
    }),
  );
}
