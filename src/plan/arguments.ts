import { getArgumentValues, Kind, visit, type ArgumentNode } from 'graphql';
import { CordonError, type Tuple } from '../base/index.js';
import type { Access, TypeAccess } from '../view/index.js';
import {
  describeOrder,
  describeShape,
  keyShape,
  type ArgumentShape,
  type CursorShape,
  type FieldArguments,
} from './argument-shape.js';
import type { Collected, Variables } from './collect.js';
import { LiteralReader, type ArgumentLimits } from './literal-reader.js';
import { readOrder } from './read-order.js';
import { WhereReader } from './read-where.js';

/** Opens a cursor for this caller at this place; null where it is not theirs or not from here. */
export type OpenCursor = (cursor: string, field: Collected, order: string) => Tuple | null;

export interface ArgumentReader {
  readonly limits: ArgumentLimits;
  readonly openCursor: OpenCursor;
  /** The types of the caller's view, for filters and orders that go through relations. */
  readonly access: Access;
}

/** Whether any argument of the field reads a variable; if none does, its arguments are read once per document. */
export function readsVariables(field: Collected): boolean {
  let found = false;
  const look = (argument: ArgumentNode) =>
    visit(argument, {
      [Kind.VARIABLE]() {
        found = true;
      },
    });
  field.nodes[0].arguments?.forEach(look);
  return found;
}

/** Whether an argument is a cursor, which is some caller's. */
export function takesCursor(field: Collected): boolean {
  return (
    field.nodes[0].arguments?.some(({ name }) => name.value === 'after' || name.value === 'before') === true
  );
}

/** The type of the records that the field gives, where it gives any. */
export function recordsOf({ meaning }: Collected): TypeAccess | null {
  return meaning?.kind === 'record' || meaning?.kind === 'connection' ? meaning.access : null;
}

type Values = Readonly<Record<string, unknown>>;

/** How many records a page may hold, and from which end of what matches. */
function readPage(
  values: Values,
  field: Collected,
  literals: LiteralReader,
): { readonly page: number; readonly backward: boolean } {
  const { limits } = literals;
  const given = (name: string) => values[name] !== undefined && values[name] !== null;
  if (given('first') && given('last'))
    throw literals.wrong(['last'], 'stands beside "first"; ask for one end of the page or the other');
  // A cursor that stands alone is the one that the page lies next to.
  const backward = given('last') || (!given('first') && given('before') && !given('after'));
  const argument = given('last') ? 'last' : 'first';
  const nested = field.path.length > 1;
  if (!given(argument)) return { page: nested ? limits.nestedDefault : limits.rootDefault, backward };
  const page = values[argument] as number;
  const max = hasNestedLists(field) ? limits.max : Math.max(limits.flatMax, limits.max);
  if (page < 0) throw literals.wrong([argument], 'is negative');
  if (page > max) {
    throw new CordonError('OPERATION_TOO_LARGE', {
      message: `Argument "${argument}" of "${field.definition.name}" is over the page limit of ${max}.`,
    });
  }
  return { page, backward };
}

/** Pages are told apart by powers of four: few shapes, and none four times as large as what is asked for, but the least. */
function sizeClass(page: number): number {
  let size = 16;
  while (size < page) size *= 4;
  return size;
}

function hasNestedLists(field: Collected): boolean {
  return (field.children ?? []).some((child) => isPaged(child) || hasNestedLists(child));
}

function isPaged(field: Collected): boolean {
  return recordsOf(field) !== null && field.definition.args.some(({ name }) => name === 'first');
}

/**
 * Reads the arguments of a field that gives records, or null for any other field.
 * @throws CordonError BAD_USER_INPUT, INVALID_CURSOR or OPERATION_TOO_LARGE, naming the argument and never its value
 */
export function readArguments(
  field: Collected,
  variables: Variables,
  { limits, openCursor, access }: ArgumentReader,
): FieldArguments | null {
  const type = recordsOf(field);
  if (type === null || field.definition.args.length === 0) return null;
  const values: Values = getArgumentValues(field.definition, field.nodes[0], variables);
  const reader = new LiteralReader(field, limits);
  if (!isPaged(field)) {
    const key = type.type.keyFields.map((keyField) =>
      reader.add(reader.value(values[keyField.name], keyField, [keyField.name])),
    );
    const shape = keyShape(key);
    return { shape, key: describeShape(shape), literals: reader.literals, page: 1 };
  }
  const { where: filter } = values;
  const where =
    filter === undefined || filter === null
      ? null
      : new WhereReader(reader, access).read(filter, type, ['where']);
  const order = readOrder(values['orderBy'], type, access, reader);
  const { page, backward } = readPage(values, field, reader);
  const size = reader.add(String(page));
  const cursor = (value: unknown): CursorShape | null => {
    if (typeof value !== 'string') return null;
    const tuple = openCursor(value, field, describeOrder(order));
    if (tuple?.length !== order.length) throw new CordonError('INVALID_CURSOR');
    return tuple.map((each) => (each === null ? null : reader.add(each)));
  };
  const [after, before] = [cursor(values['after']), cursor(values['before'])];
  const atMost = sizeClass(page);
  const shape: ArgumentShape = { key: [], where, order, size, atMost, backward, after, before };
  return { shape, key: describeShape(shape), literals: reader.literals, page };
}
