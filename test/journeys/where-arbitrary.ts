import fc from 'fast-check';
import type { ColumnField } from '../../src/model/index.js';
import { partFilters } from './parts-arbitrary.js';
import { cellOf, compareStored, jsonOf, type StoredRow } from './stored.js';

/** A filter: as an argument, and what it holds of a row. */
export interface Filter {
  readonly argument: Readonly<Record<string, unknown>>;
  readonly holds: (row: StoredRow) => boolean;
}

/** An order: as an argument, and of rows that come in the order of their key. */
export interface Order {
  readonly argument: readonly Readonly<Record<string, 'ASC' | 'DESC'>>[];
  readonly sorted: (rows: readonly StoredRow[]) => StoredRow[];
}

/** Values that a column holds, and some near them. */
function literals(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<string> {
  const held = [...new Set(rows.map((row) => cellOf(row, field.column)))].filter((text) => text !== null);
  const some = held.length === 0 ? [other(field)] : held;
  return fc
    .tuple(fc.constantFrom(...some), fc.nat({ max: 5 }))
    .map(([text, change]) => (change === 0 ? near(field, text) : text));
}

type Kind = ColumnField['column']['type']['kind'];

const isText = (kind: Kind): boolean => kind === 'varchar' || kind === 'text' || kind === 'citext';
const isInteger = (kind: Kind): boolean => kind === 'int2' || kind === 'int4';

function other({ column }: ColumnField): string {
  return isText(column.type.kind) ? 'other' : '1';
}

/** A value beside one that is held: one more, half the text, the same number written otherwise. */
function near({ column }: ColumnField, text: string): string {
  const { kind } = column.type;
  if (isText(kind)) return text.slice(0, Math.ceil(text.length / 2));
  if (isInteger(kind)) return String(Number(text) + 1);
  if (kind === 'float4') return String(Number(text) * 1.5);
  return kind === 'numeric' ? `${text}0` : text;
}

const comparisons = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
} as const;

function comparison(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> {
  const names = Object.keys(comparisons) as (keyof typeof comparisons)[];
  return fc.tuple(fc.constantFrom(...names), literals(field, rows)).map(([name, literal]) => ({
    argument: { [field.name]: { [name]: jsonOf(field, literal) } },
    holds: (row) => {
      const value = cellOf(row, field.column);
      // Null is unequal to everything, and neither less nor greater.
      return value === null ? name === 'ne' : comparisons[name](compareStored(field.column, value, literal));
    },
  }));
}

function membership(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> {
  return fc.array(literals(field, rows), { maxLength: 4 }).map((list) => ({
    argument: { [field.name]: { in: list.map((literal) => jsonOf(field, literal)) } },
    holds: (row) => {
      const value = cellOf(row, field.column);
      return value !== null && list.some((literal) => compareStored(field.column, value, literal) === 0);
    },
  }));
}

const matchings = {
  startsWith: (text: string, part: string) => text.startsWith(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
  contains: (text: string, part: string) => text.includes(part),
} as const;

/** Parts of texts, of which `citext` asks for no case. */
function matching(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> {
  const names = Object.keys(matchings) as (keyof typeof matchings)[];
  const of = (text: string) => (field.column.type.kind === 'citext' ? text.toLowerCase() : text);
  return fc
    .tuple(fc.constantFrom(...names), literals(field, rows), fc.nat({ max: 3 }), fc.boolean())
    .map(([name, text, from, upper]) => {
      const characters = Array.from(text).slice(from).join('');
      const part = upper ? characters.toUpperCase() : characters;
      return {
        argument: { [field.name]: { [name]: part } },
        holds: (row) => {
          const value = cellOf(row, field.column);
          return value !== null && matchings[name](of(value), of(part));
        },
      };
    });
}

function nullTest(field: ColumnField): fc.Arbitrary<Filter> {
  return fc.boolean().map((isNull) => ({
    argument: { [field.name]: { isNull } },
    holds: (row) => (cellOf(row, field.column) === null) === isNull,
  }));
}

/**
 * Filters over the fields, nested by `and`, `or` and `not`.
 * @param related filters through relations, where there are any
 */
export function filters(
  fields: readonly ColumnField[],
  rows: readonly StoredRow[],
  related: fc.Arbitrary<Filter> | null = null,
): fc.Arbitrary<Filter> {
  const own = fc.constantFrom(...fields).chain((field) => {
    const within = partFilters(field, rows);
    if (within !== null) return fc.oneof({ weight: 3, arbitrary: within }, nullTest(field));
    const asText =
      isText(field.column.type.kind) && field.type.name === 'String' ? [matching(field, rows)] : [];
    return fc.oneof(comparison(field, rows), membership(field, rows), nullTest(field), ...asText);
  });
  const leaf =
    related === null ? own : fc.oneof({ weight: 2, arbitrary: own }, { weight: 1, arbitrary: related });
  return fc.letrec<{ filter: Filter }>((tie) => {
    const list = fc.array(tie('filter'), { maxLength: 3 });
    return {
      filter: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        list.map((terms) => ({
          argument: { and: terms.map(({ argument }) => argument) },
          holds: (row: StoredRow) => terms.every(({ holds }) => holds(row)),
        })),
        list.map((terms) => ({
          argument: { or: terms.map(({ argument }) => argument) },
          holds: (row: StoredRow) => terms.some(({ holds }) => holds(row)),
        })),
        tie('filter').map((term) => ({
          argument: { not: term.argument },
          holds: (row: StoredRow) => !term.holds(row),
        })),
      ),
    };
  }).filter;
}

/** Up to three fields to sort by, each either way. */
export function orders(fields: readonly ColumnField[]): fc.Arbitrary<Order> {
  const term = fc.tuple(fc.constantFrom(...fields), fc.constantFrom('ASC' as const, 'DESC' as const));
  return fc.array(term, { maxLength: 3 }).map((terms) => {
    // A field that is named twice counts where it is named first.
    const counted = terms.filter(([field], i) => terms.findIndex((each) => each[0] === field) === i);
    const compare = (a: StoredRow, b: StoredRow): number => {
      for (const [{ column }, direction] of counted) {
        const ascending = compareNullable(column, cellOf(a, column), cellOf(b, column));
        if (ascending !== 0) return direction === 'ASC' ? ascending : -ascending;
      }
      return 0;
    };
    return {
      argument: terms.map(([field, direction]) => ({ [field.name]: direction })),
      // The sort is stable: ties stay in the order of the key, which goes the way of the last term.
      sorted: (rows) => (counted.at(-1)?.[1] === 'DESC' ? [...rows].reverse() : [...rows]).sort(compare),
    };
  });
}

/** Null after everything. */
function compareNullable(column: ColumnField['column'], a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareStored(column, a, b);
}
