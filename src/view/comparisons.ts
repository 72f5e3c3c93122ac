import { isComparable, itemType, type PgKind, type PgType } from '../catalog/index.js';
import { scalarsFor, type ColumnField, type ScalarName } from '../model/index.js';

/**
 * What a filter may compare, type by type. Each is total: there is no stored value that a comparison fails on, and no
 * literal that PostgreSQL is left to refuse. Plan makes the SQL of them.
 */

/**
 * What a comparison takes: a value of the field's type, a list of them, a yes or no, a value of the type of a range's bounds,
 * or what is at a path of a document.
 */
type Operand = 'value' | 'list' | 'flag' | 'bound' | 'at';

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
  overlaps: ['value', 'Has a value in common with this range.'],
  within: ['value', 'All its values are in this range.'],
  at: ['at', 'What is at a path of it.'],
  isEmpty: ['flag', 'Whether it has no items; null has neither none nor any.'],
  isNull: ['flag', 'Whether it is null.'],
} as const satisfies Readonly<Record<string, readonly [Operand, string]>>;

export type Comparison = keyof typeof table;

const equality = ['eq', 'ne', 'in', 'notIn'] as const;
const ordering = ['lt', 'lte', 'gt', 'gte', 'between'] as const;
const matching = ['startsWith', 'endsWith', 'contains', 'icontains', 'like', 'ilike'] as const;

const ordered = [...equality, ...ordering] as const;
const text = [...ordered, ...matching] as const;
const ranges = [...equality, 'contains', 'overlaps', 'within', 'isEmpty'] as const;
const list = ['eq', 'ne', 'has', 'hasAny', 'hasAll', 'isEmpty'] as const;

type Otherwise = Partial<Readonly<Record<Comparison, readonly [Operand, string]>>>;

/** What is said otherwise of a list. */
const ofLists: Otherwise = {
  eq: ['list', 'Has just these items, in this order.'],
  ne: ['list', 'Has other items, or another order of them; null is not equal to any list.'],
};

/** What is said otherwise of a range. */
const ofRanges: Otherwise = {
  contains: ['bound', 'Has this value in it.'],
  isEmpty: ['flag', 'Whether it has no values in it.'],
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
  citext: text,
  bytea: equality,
  jsonb: ['at'],
  date: ordered,
  time: ordered,
  timestamp: ordered,
  timestamptz: ordered,
  timetz: ordered,
  interval: ordered,
  uuid: ordered,
  oid: ordered,
  name: ordered,
  inet: ordered,
  cidr: ordered,
  macaddr: ordered,
  macaddr8: ordered,
  bit: ordered,
  varbit: ordered,
  pg_lsn: ordered,
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
  /** What values are written as, where that is not the type of the field. */
  readonly scalar: ScalarName | null;
  /** What values within a range are written as. */
  readonly bound: ScalarName | null;
}

function filterWith(
  name: string,
  offered: readonly Comparison[],
  otherwise: Otherwise = {},
  written: Partial<Pick<OfferedFilter, 'scalar' | 'bound'>> = {},
): OfferedFilter {
  const comparisons = Object.entries(table).flatMap(([each, said]) => {
    const comparison = each as Comparison;
    const [operand, description] = otherwise[comparison] ?? said;
    return comparison === 'isNull' || offered.includes(comparison)
      ? [{ name: comparison, operand, description }]
      : [];
  });
  return { name, comparisons, scalar: null, bound: null, ...written };
}

/** Ranges of PostgreSQL itself, and all that can be written of them. */
function isKnownRange({ kind, schema }: PgType): boolean {
  return (kind === 'range' || kind === 'multirange') && schema === 'pg_catalog';
}

/** What values between the bounds are given out as: by a scalar of their own, where they have one; enums by their labels. */
function boundOf({ element }: PgType): ScalarName | null {
  if (element === null || !isComparable(element)) return null;
  return scalarsFor(element.kind).find((name) => name !== 'ID' && name !== 'String') ?? 'String';
}

/**
 * Of ranges that somebody made, only what is within is compared: what their making refuses is not known, so none is made of
 * what a caller writes. Ranges are written alike, whether they are given out as Range or as String.
 */
function rangeFilter(type: PgType): OfferedFilter {
  const bound = boundOf(type);
  if (bound === null) return filterWith('EmptyFilter', ['isEmpty'], ofRanges);
  if (!isKnownRange(type))
    return filterWith(`${bound}BoundsFilter`, ['contains', 'isEmpty'], ofRanges, { bound });
  return filterWith(`${bound}RangeFilter`, ranges, ofRanges, { scalar: 'Range', bound });
}

/** Of a field of a model, which every view asks for again and again; gone with the model. */
const filters = new WeakMap<ColumnField, OfferedFilter | null>();

/** How a field may be filtered by; null where not even its absence means anything. */
export function filterOf(field: ColumnField): OfferedFilter | null {
  let filter = filters.get(field);
  if (filter === undefined) {
    filter = makeFilter(field);
    filters.set(field, filter);
  }
  return filter;
}

function makeFilter({ column, type, lists }: ColumnField): OfferedFilter | null {
  const item = itemType(column.type);
  // A composite value counts as null where its attributes are.
  if (item.kind === 'composite') return null;
  if (lists === 0 && (item.kind === 'range' || item.kind === 'multirange')) return rangeFilter(item);
  const comparisons = isKnownRange(item) ? ranges : byKind[item.kind];
  if (comparisons === undefined || lists > 1) return filterWith('NullFilter', []);
  if (lists === 1) return filterWith(`${type.name}ListFilter`, list, ofLists);
  // An identifier is told apart and put in order, but not searched.
  const offered = type.name === 'ID' ? ordered : comparisons;
  // Some of what is given out as text is not searched as text is.
  const name = type.name === 'String' && offered !== text ? 'OrderedString' : type.name;
  return filterWith(`${name}Filter`, offered);
}

/** Whether records may be put in the order of a field: its type has one, and it is one that users would expect. */
export function isSortable({ column, type, lists }: ColumnField): boolean {
  return lists === 0 && isComparable(column.type) && type.name !== 'JSON' && type.name !== 'Base64';
}
