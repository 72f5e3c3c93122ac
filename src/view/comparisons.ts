import type { ScalarName } from '../model/index.js';

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
  isNull: ['flag', 'Whether it is null.'],
} as const satisfies Readonly<Record<string, readonly [Operand, string]>>;

export type Comparison = keyof typeof table;

const equality = ['eq', 'ne', 'in', 'notIn'] as const;
const ordering = ['lt', 'lte', 'gt', 'gte', 'between'] as const;
const matching = ['startsWith', 'endsWith', 'contains', 'icontains', 'like', 'ilike'] as const;

const ordered = [...equality, ...ordering, 'isNull'] as const;
const text = [...equality, ...ordering, ...matching, 'isNull'] as const;

/** By scalar; what is not listed has no equality or order that users would expect of a filter. */
const byScalar: Readonly<Record<ScalarName, readonly Comparison[]>> & {
  readonly [leaf: string]: readonly Comparison[] | undefined;
} = {
  ID: ordered,
  String: text,
  Int: ordered,
  Float: ordered,
  Boolean: [...equality, 'isNull'],
  BigInt: ordered,
  Decimal: ordered,
  Date: ordered,
  DateTime: ordered,
  LocalDateTime: ordered,
  Time: ordered,
  OffsetTime: ordered,
  Interval: ordered,
  UUID: ordered,
  JSON: [],
  XML: [],
  Base64: [],
  BitString: ordered,
  Inet: ordered,
  MacAddress: ordered,
  Geometry: [],
  Range: [],
};

export interface OfferedComparison {
  readonly name: Comparison;
  readonly operand: Operand;
  readonly description: string;
}

/** The comparisons of a scalar, or of an enum, in the order they are offered. */
export function comparisonsOf(leaf: string): readonly OfferedComparison[] {
  const offered: readonly string[] = byScalar[leaf] ?? ordered;
  return Object.entries(table).flatMap(([name, [operand, description]]) =>
    offered.includes(name) ? [{ name: name as Comparison, operand, description }] : [],
  );
}
