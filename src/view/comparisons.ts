import { isComparable, itemType, type PgKind } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';

/**
 * What a filter may compare, type by type. Each is total: there is no stored value that a comparison fails on, and no
 * literal that PostgreSQL is left to refuse. Plan makes the SQL of them.
 */

/** What a comparison takes: a value of the field's type, a list of them, or a yes or no. */
type Operand = 'value' | 'list' | 'flag';

/** In the order they are offered, with what introspection says of them. */
const table = {
  eq: ['value', 'Equal to.'],
  ne: ['value', 'Not equal to; null is not equal to any value.'],
  in: ['list', 'Equal to one of these.'],
  notIn: ['list', 'Equal to none of these; null is not equal to any value.'],
  lt: ['value', 'Less than.'],
  lte: ['value', 'Less than or equal to.'],
  gt: ['value', 'Greater than.'],
  gte: ['value', 'Greater than or equal to.'],
  between: ['list', 'Two values: not less than the first, and not greater than the second.'],
  startsWith: ['value', 'Begins with this text.'],
  endsWith: ['value', 'Ends with this text.'],
  contains: ['value', 'Has this text in it.'],
  icontains: ['value', 'Has this text in it, in upper or lower case.'],
  like: ['value', 'Matches a pattern: `%` is any text, `_` one character, `\\` takes either as it is.'],
  ilike: ['value', 'Matches a pattern, in upper or lower case.'],
  has: ['value', 'Has this item.'],
  hasAny: ['list', 'Has at least one of these items.'],
  hasAll: ['list', 'Has each of these items.'],
  isEmpty: ['flag', 'Whether it has no items; null has neither none nor any.'],
  isNull: ['flag', 'Whether it is null.'],
} as const satisfies Readonly<Record<string, readonly [Operand, string]>>;

export type Comparison = keyof typeof table;

const equality = ['eq', 'ne', 'in', 'notIn'] as const;
const ordering = ['lt', 'lte', 'gt', 'gte', 'between'] as const;
const matching = ['startsWith', 'endsWith', 'contains', 'icontains', 'like', 'ilike'] as const;

const ordered = [...equality, ...ordering] as const;
const text = [...ordered, ...matching] as const;
const list = ['eq', 'ne', 'has', 'hasAny', 'hasAll', 'isEmpty'] as const;

/** What is said otherwise of a list. */
const ofLists: Partial<Readonly<Record<Comparison, readonly [Operand, string]>>> = {
  eq: ['list', 'Has just these items, in this order.'],
  ne: ['list', 'Has other items, or another order of them; null is not equal to any list.'],
};

/** By kind. A kind that is not here has no comparison with what a caller could write, but whether there is a value. */
const byKind: Partial<Readonly<Record<PgKind, readonly Comparison[]>>> = {
  bool: equality,
  int2: ordered,
  int4: ordered,
  int8: ordered,
  numeric: ordered,
  float4: ordered,
  float8: ordered,
  text,
  varchar: text,
  bpchar: text,
  date: ordered,
  time: ordered,
  timestamp: ordered,
  timestamptz: ordered,
  uuid: ordered,
  enum: ordered,
};

interface OfferedComparison {
  readonly name: Comparison;
  readonly operand: Operand;
  readonly description: string;
}

/** A filter input by its name; equal names, equal comparisons. */
export interface OfferedFilter {
  readonly name: string;
  readonly comparisons: readonly OfferedComparison[];
}

function filterWith(
  name: string,
  offered: readonly Comparison[],
  otherwise: typeof ofLists = {},
): OfferedFilter {
  const comparisons = Object.entries(table).flatMap(([each, said]) => {
    const comparison = each as Comparison;
    const [operand, description] = otherwise[comparison] ?? said;
    return comparison === 'isNull' || offered.includes(comparison)
      ? [{ name: comparison, operand, description }]
      : [];
  });
  return { name, comparisons };
}

/** How a field may be filtered by; null where not even its absence means anything. */
export function filterOf({ column, type, lists }: ColumnField): OfferedFilter | null {
  // A composite value counts as null where its attributes are.
  if (itemType(column.type).kind === 'composite') return null;
  const comparisons = byKind[itemType(column.type).kind];
  if (comparisons === undefined || lists > 1) return filterWith('NullFilter', []);
  if (lists === 1) return filterWith(`${type.name}ListFilter`, list, ofLists);
  // An identifier is told apart and put in order, but not searched.
  const offered = type.name === 'ID' ? ordered : comparisons;
  return filterWith(`${type.name}Filter`, offered);
}

/** Whether records may be put in the order of a field: its type has one, and it is one that users would expect. */
export function isSortable({ column, type, lists }: ColumnField): boolean {
  return lists === 0 && isComparable(column.type) && type.name !== 'JSON' && type.name !== 'Base64';
}
