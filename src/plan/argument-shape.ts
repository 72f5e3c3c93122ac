import type { Column } from '../catalog/index.js';
import type { ColumnField, RelationField } from '../model/index.js';
import type { SortDirection, TypeAccess } from '../view/index.js';
import type { Operator } from './operators.js';

/**
 * The arguments of one field, taken apart into a *shape*, which decides the statement, and *literals*, which are bound
 * to it. Equal shapes share a plan whatever their literals; an `in` list is one literal.
 */

/** PostgreSQL text, or an array of it. */
export type Literal = string | readonly string[];

/** What a statement compares with. The other comparisons that are offered are made of these. */
export type SqlComparison = Operator | 'in';

/** Of the records of a relation: the one, at least one, each, or none. */
export type Quantifier = 'one' | 'some' | 'every' | 'none';

/** A relation that a filter or an order leads through, and the type that it leads to. */
export interface Step {
  readonly field: RelationField;
  readonly target: TypeAccess;
}

export type WhereShape =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly WhereShape[] }
  | { readonly kind: 'not'; readonly term: WhereShape }
  | {
      readonly kind: 'compare';
      readonly field: ColumnField;
      readonly comparison: SqlComparison;
      readonly literal: number;
    }
  | { readonly kind: 'isEmpty'; readonly field: ColumnField; readonly isEmpty: boolean }
  /** What is at a path of a JSON document: equal to a value, to one of some, or null or not there. */
  | {
      readonly kind: 'at';
      readonly field: ColumnField;
      readonly path: number;
      readonly comparison: 'eq' | 'in';
      readonly literal: number;
    }
  | { readonly kind: 'at'; readonly field: ColumnField; readonly path: number; readonly comparison: 'isNull' }
  | { readonly kind: 'isNull'; readonly field: ColumnField; readonly isNull: boolean }
  | (Step & { readonly kind: 'related'; readonly quantifier: Quantifier; readonly term: WhereShape });

export interface OrderTerm {
  /** As it is met here: what is reached through a relation may be null. */
  readonly column: Column;
  /** The field it was ordered by; null for a key column that breaks ties. */
  readonly field: ColumnField | null;
  readonly direction: SortDirection;
  /** The relations to one that lead to the field's record; none where it is the row's own. */
  readonly through: readonly Step[];
}

/** A cursor's values in the order's order: their positions; null marks the null ones. */
export type CursorShape = readonly (number | null)[];

/** Arguments of a connection, a list or a record by key. Literal positions count from the field's first literal. */
export interface ArgumentShape {
  readonly key: readonly number[];
  readonly where: WhereShape | null;
  /** Total: ends in the key. */
  readonly order: readonly OrderTerm[];
  /** Position of the page size; null for a record by key. */
  readonly size: number | null;
  /** The size class of the page: the statement says it in so many words, and the planner of PostgreSQL reckons with it. */
  readonly atMost: number | null;
  /** Whether the page is the last records between the cursors rather than the first. */
  readonly backward: boolean;
  readonly after: CursorShape | null;
  readonly before: CursorShape | null;
}

export interface FieldArguments {
  readonly shape: ArgumentShape;
  /** The shape as a string; equal shapes, equal strings. */
  readonly key: string;
  readonly literals: readonly Literal[];
  /** Records a page may hold; 1 for a record by key. */
  readonly page: number;
}

/** The shape of a record by key. */
export function keyShape(key: readonly number[]): ArgumentShape {
  return {
    key,
    where: null,
    order: [],
    size: null,
    atMost: null,
    backward: false,
    after: null,
    before: null,
  };
}

function describeWhere(shape: WhereShape): string {
  switch (shape.kind) {
    case 'and':
    case 'or':
      return `${shape.kind}(${shape.terms.map(describeWhere).join()})`;
    case 'not':
      return `not(${describeWhere(shape.term)})`;
    case 'compare':
      return `${shape.field.name} ${shape.comparison} ${shape.literal}`;
    case 'isEmpty':
      return `${shape.field.name} isEmpty ${shape.isEmpty}`;
    case 'at':
      return `${shape.field.name} at ${shape.path} ${shape.comparison} ${'literal' in shape ? shape.literal : ''}`;
    case 'isNull':
      return `${shape.field.name} isNull ${shape.isNull}`;
    case 'related':
      return `${shape.quantifier} ${describeStep(shape)}(${describeWhere(shape.term)})`;
  }
}

const describeStep = ({ field, target }: Step) => `${field.name}:${target.type.name}`;

/** A column's name may hold any character. */
const describeTerm = ({ column, field, direction, through }: OrderTerm) =>
  `${through.map(describeStep).join('.')} ${JSON.stringify(column.name)} ${field?.name ?? ''} ${direction}`;

/**
 * A shape as a string, made for every request: equal shapes, equal strings. Fields, columns and types stand in it by name,
 * which is theirs alone where they stand.
 */
export function describeShape(shape: ArgumentShape): string {
  const { key, where, order, size, atMost, backward, after, before } = shape;
  return [
    key.join(),
    where === null ? '' : describeWhere(where),
    order.map(describeTerm).join(),
    `${size} ${atMost} ${backward} ${JSON.stringify([after, before])}`,
  ].join('|');
}

/** The order as a string, to which a cursor is bound. */
export function describeOrder(order: readonly OrderTerm[]): string {
  return JSON.stringify(
    order.map(({ column, direction, through }) => [
      [...through.map(({ field }) => field.name), column.name].join('.'),
      direction,
    ]),
  );
}
