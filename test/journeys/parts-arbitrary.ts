import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { ColumnField } from '../../src/model/index.js';
import { cellOf, isRange, itemsOf, jsonOf, type StoredRow } from './stored.js';
import type { Filter } from './where-arbitrary.js';

/** Filters that look into a value: what is within a range, at a path of a document, among the items of a list. */

/** Whole numbers, or days as such: the first, and the one behind the last. Null for the empty range. */
type Span = readonly [from: number, to: number] | null;

const dayLength = 86_400_000;
const numberOf = (text: string): number =>
  text.includes('-', 1) ? Date.parse(text) / dayLength : Number(text);
const textOf = (number: number, days: boolean): string =>
  days ? new Date(number * dayLength).toISOString().slice(0, 10) : String(number);

/** Of a range in its one form, `[from,to)`. */
function spanOf(text: string): Span {
  if (text === 'empty') return null;
  const [from = '', to = ''] = text.slice(1, -1).split(',');
  return [from === '' ? -Infinity : numberOf(from), to === '' ? Infinity : numberOf(to)];
}

const rangeTests = {
  eq: (held: Span, given: Span) => isDeepStrictEqual(held, given),
  ne: (held: Span, given: Span) => !isDeepStrictEqual(held, given),
  overlaps: (held: Span, given: Span) =>
    held !== null && given !== null && Math.max(held[0], given[0]) < Math.min(held[1], given[1]),
  within: (held: Span, given: Span) =>
    held === null || (given !== null && held[0] >= given[0] && held[1] <= given[1]),
} as const;

/** Of a value, and nothing of null but that it is other. */
const holdsOf =
  ({ column }: ColumnField, holds: (text: string) => boolean, ofNull = false): Filter['holds'] =>
  (row) => {
    const text = cellOf(row, column);
    return text === null ? ofNull : holds(text);
  };

function rangeFilters(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> {
  const days = field.column.type.element?.kind === 'date';
  const held = rows.flatMap((row) => cellOf(row, field.column) ?? []);
  const places = held.flatMap((text) => (spanOf(text) ?? []).filter(Number.isFinite));
  const place = fc
    .tuple(fc.constantFrom(...places, 0), fc.integer({ min: -2, max: 2 }))
    .map(([at, by]) => at + by);
  const made = fc.tuple(place, place, fc.boolean()).map(([a, b, closed]) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)].map((each) => textOf(each, days));
    return `[${from!},${to!}${closed ? ']' : ')'}`;
  });
  /** What `[a,b]` and `[a,a)` are in their one form. */
  const canonical = (text: string): Span => {
    const span = spanOf(text);
    if (span === null) return null;
    const to = text.endsWith(']') ? span[1] + 1 : span[1];
    return span[0] === to ? null : [span[0], to];
  };
  const names = Object.keys(rangeTests) as (keyof typeof rangeTests)[];
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom('empty', ...held), made))
      .map(([name, text]) => ({
        argument: { [field.name]: { [name]: text } },
        holds: holdsOf(field, (each) => rangeTests[name](spanOf(each), canonical(text)), name === 'ne'),
      })),
    place.map((at) => ({
      argument: { [field.name]: { contains: days ? textOf(at, days) : at } },
      holds: holdsOf(field, (each) => {
        const span = spanOf(each);
        return span !== null && span[0] <= at && at < span[1];
      }),
    })),
    fc.boolean().map((isEmpty) => ({
      argument: { [field.name]: { isEmpty } },
      holds: holdsOf(field, (each) => (each === 'empty') === isEmpty),
    })),
  );
}

/** What is at a path; undefined where nothing is. */
function follow(value: unknown, [step, ...further]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value))
    return /^-?\d+$/.test(step) ? follow((value as unknown[]).at(Number(step)), further) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return follow((value as Readonly<Record<string, unknown>>)[step], further);
}

function documentFilters(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> {
  const documents = rows.map((row) => jsonOf(field, cellOf(row, field.column)));
  const path = fc.constantFrom<readonly string[]>(
    [],
    ['net'],
    ['to'],
    ['to', '0'],
    ['to', '-1'],
    ['1', 'net'],
    ['no'],
  );
  return path.chain((steps) => {
    const there = documents.map((each) => follow(each, steps)).filter((each) => each != null);
    const value = fc.constantFrom(...there, 7, 'new');
    const at = (row: StoredRow) => follow(jsonOf(field, cellOf(row, field.column)), steps) ?? null;
    return fc.oneof(
      value.map((eq) => ({
        argument: { [field.name]: { at: { path: steps, eq } } },
        holds: (row: StoredRow) => isDeepStrictEqual(at(row), eq),
      })),
      fc.array(value, { maxLength: 3 }).map((some) => ({
        argument: { [field.name]: { at: { path: steps, in: some } } },
        holds: (row: StoredRow) => some.some((each) => isDeepStrictEqual(at(row), each)),
      })),
      fc.boolean().map((isNull) => ({
        argument: { [field.name]: { at: { path: steps, isNull } } },
        holds: (row: StoredRow) => (at(row) === null) === isNull,
      })),
    );
  });
}

function listFilters(field: ColumnField): fc.Arbitrary<Filter> {
  const item = fc.constantFrom('new', 'NEW', 'sale', 'Sale', 'other');
  const folded = (text: string) => itemsOf(text).map((each) => each?.toLowerCase() ?? null);
  const filter = (
    given: object,
    holds: (items: readonly (string | null)[]) => boolean,
    ofNull = false,
  ): Filter => ({
    argument: { [field.name]: given },
    holds: holdsOf(field, (text) => holds(folded(text)), ofNull),
  });
  const has = (items: readonly (string | null)[]) => (one: string) => items.includes(one.toLowerCase());
  return fc.oneof(
    item.map((one) => filter({ has: one }, (items) => has(items)(one))),
    fc
      .array(item, { maxLength: 2 })
      .map((some) => filter({ hasAny: some }, (items) => some.some(has(items)))),
    fc
      .array(item, { maxLength: 2 })
      .map((some) => filter({ hasAll: some }, (items) => some.every(has(items)))),
    fc.boolean().map((isEmpty) => filter({ isEmpty }, (items) => (items.length === 0) === isEmpty)),
    fc.array(item, { maxLength: 2 }).map((some) => {
      const wanted = some.map((one) => one.toLowerCase());
      return filter({ ne: some }, (items) => !isDeepStrictEqual(items, wanted), true);
    }),
  );
}

/** Filters that look into the values of a field; null for one whose values have no parts. */
export function partFilters(field: ColumnField, rows: readonly StoredRow[]): fc.Arbitrary<Filter> | null {
  if (isRange(field)) return rangeFilters(field, rows);
  if (field.lists > 0) return listFilters(field);
  return field.type.name === 'JSON' ? documentFilters(field, rows) : null;
}
