import { getArgumentValues, getNamedType, GraphQLObjectType, Kind, visit, type ArgumentNode } from 'graphql';
import { CordonError, type Tuple } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { Comparison, Meaning, SortDirection, TypeAccess } from '../view/index.js';
import type { Collected, Variables } from './collect.js';
import { toPgText } from './input-value.js';

/**
 * The arguments of one field, taken apart into a *shape*, which decides the statement, and *literals*, which are bound
 * to it. Equal shapes share a plan whatever their literals; an `in` list is one literal.
 */

/** PostgreSQL text, or an array of it. */
export type Literal = string | readonly string[];

export type WhereShape =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly WhereShape[] }
  | { readonly kind: 'not'; readonly term: WhereShape }
  | {
      readonly kind: 'compare';
      readonly field: ColumnField;
      readonly comparison: Exclude<Comparison, 'isNull'>;
      readonly literal: number;
    }
  | { readonly kind: 'isNull'; readonly field: ColumnField; readonly isNull: boolean };

export interface OrderTerm {
  readonly column: Column;
  /** The field it was ordered by; null for a key column that breaks ties. */
  readonly field: ColumnField | null;
  readonly direction: SortDirection;
}

/** Arguments of a connection, a list or a record by key. Literal positions count from the field's first literal. */
export interface ArgumentShape {
  readonly key: readonly number[];
  readonly where: WhereShape | null;
  /** Total: ends in the key. */
  readonly order: readonly OrderTerm[];
  /** Position of the page size. */
  readonly first: number | null;
  /** The size class of the page: the statement says it in so many words, and the planner of PostgreSQL reckons with it. */
  readonly atMost: number | null;
  /** The cursor's values in the order's order; null marks the null ones. */
  readonly after: readonly (number | null)[] | null;
}

export interface FieldArguments {
  readonly shape: ArgumentShape;
  /** The shape as a string; equal shapes, equal strings. */
  readonly key: string;
  readonly literals: readonly Literal[];
  /** Records a page may hold; 1 for a record by key. */
  readonly page: number;
}

/** What arguments may ask for, from the limits of the deployment. */
export interface ArgumentLimits {
  readonly rootDefault: number;
  readonly nestedDefault: number;
  readonly max: number;
  /** Where no list is nested below. */
  readonly flatMax: number;
  /** Comparisons in one filter, and filters within it: each is a nesting of PostgreSQL's parser. */
  readonly filterTerms: number;
  /** Items of one list. */
  readonly listItems: number;
}

/** Opens a cursor for this caller at this place; null where it is not theirs or not from here. */
export type OpenCursor = (cursor: string, field: Collected, order: string) => Tuple | null;

export interface ArgumentReader {
  readonly limits: ArgumentLimits;
  readonly openCursor: OpenCursor;
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

/** What the field's type stands for. */
export function meaningOfField(field: Collected): Meaning | undefined {
  const type = getNamedType(field.definition.type);
  return type instanceof GraphQLObjectType ? (type.extensions['cordon'] as Meaning | undefined) : undefined;
}

/** The type of the records that the field gives, where it gives any. */
export function recordsOf(field: Collected): TypeAccess | null {
  const meaning = meaningOfField(field);
  return meaning?.kind === 'record' || meaning?.kind === 'connection' ? meaning.access : null;
}

class Reader {
  #terms = 0;
  readonly literals: Literal[] = [];
  readonly #field: Collected;
  readonly #limits: ArgumentLimits;

  constructor(field: Collected, limits: ArgumentLimits) {
    this.#field = field;
    this.#limits = limits;
  }

  add(literal: Literal): number {
    return this.literals.push(literal) - 1;
  }

  wrong(path: readonly string[], reason: string): CordonError {
    return new CordonError('BAD_USER_INPUT', {
      message: `Argument "${path.join('.')}" of "${this.#field.definition.name}" ${reason}.`,
    });
  }

  #tooLarge(limit: string): CordonError {
    return new CordonError('OPERATION_TOO_LARGE', {
      message: `Argument "where" of "${this.#field.definition.name}" is over the limit of ${limit}.`,
    });
  }

  /** Counts a comparison, or a filter within a filter, before anything is made of it. */
  #countTerm(): void {
    this.#terms += 1;
    const { filterTerms } = this.#limits;
    if (this.#terms > filterTerms) throw this.#tooLarge(`${filterTerms} terms`);
  }

  value(value: unknown, column: Column, path: readonly string[]): string {
    const text = toPgText(value, column.type);
    if (text === undefined) throw this.wrong(path, 'is not a value of its type');
    return text;
  }

  where(input: unknown, fields: TypeAccess['fields'], path: readonly string[]): WhereShape {
    const terms = Object.entries(input as object).map(([name, value]: [string, unknown]): WhereShape => {
      const here = [...path, name];
      if (value === null) throw this.wrong(here, 'is null; leave it out, or compare with isNull');
      if (name === 'and' || name === 'or') {
        const inner = (value as unknown[]).map((item, i) => this.#term(item, fields, [...here, String(i)]));
        return { kind: name, terms: inner };
      }
      if (name === 'not') return { kind: 'not', term: this.#term(value, fields, here) };
      const field = fields.get(name)?.field;
      if (field?.kind !== 'column') throw new Error(`${name} is not comparable; the view offered it`);
      return this.#filter(value, field, here);
    });
    return { kind: 'and', terms };
  }

  /** A filter within a filter. */
  #term(input: unknown, fields: TypeAccess['fields'], path: readonly string[]): WhereShape {
    this.#countTerm();
    return this.where(input, fields, path);
  }

  #filter(input: unknown, field: ColumnField, path: readonly string[]): WhereShape {
    const given = Object.entries(input as object) as [Comparison, unknown][];
    const terms = given.map(([comparison, value]): WhereShape => {
      const here = [...path, comparison];
      this.#countTerm();
      if (value === null || value === undefined) throw this.wrong(here, 'is null; compare with isNull');
      if (comparison === 'isNull') return { kind: 'isNull', field, isNull: value === true };
      const literal =
        comparison === 'in'
          ? this.#items(value as readonly unknown[], field.column, here)
          : this.value(value, field.column, here);
      return { kind: 'compare', field, comparison, literal: this.add(literal) };
    });
    return { kind: 'and', terms };
  }

  #items(items: readonly unknown[], column: Column, path: readonly string[]): readonly string[] {
    const { listItems } = this.#limits;
    if (items.length > listItems) throw this.#tooLarge(`${listItems} items in a list`);
    return items.map((item, i) => this.value(item, column, [...path, String(i)]));
  }
}

/** The order asked for, made total by the key. */
function readOrder(input: unknown, { type, fields }: TypeAccess): OrderTerm[] {
  const terms: OrderTerm[] = [];
  const add = (column: Column, field: ColumnField | null, direction: SortDirection) => {
    if (!terms.some((term) => term.column.name === column.name)) terms.push({ column, field, direction });
  };
  for (const item of (input ?? []) as Record<string, SortDirection>[]) {
    for (const [name, direction] of Object.entries(item)) {
      const field = fields.get(name)?.field;
      if (field?.kind === 'column') add(field.column, field, direction);
    }
  }
  for (const column of type.key) add(column, null, 'ASC');
  return terms;
}

function readFirst(reader: Reader, input: unknown, field: Collected, limits: ArgumentLimits): number {
  const nested = field.path.length > 1;
  const max = hasNestedLists(field) ? limits.max : Math.max(limits.flatMax, limits.max);
  if (input === undefined || input === null) return nested ? limits.nestedDefault : limits.rootDefault;
  const first = input as number;
  if (first < 0) throw reader.wrong(['first'], 'is negative');
  if (first > max) {
    throw new CordonError('OPERATION_TOO_LARGE', {
      message: `Argument "first" of "${field.definition.name}" is over the page limit of ${max}.`,
    });
  }
  return first;
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

function describe(shape: ArgumentShape): string {
  return JSON.stringify(shape, (key, value: unknown) =>
    key === 'field' || key === 'column' ? (value as { name: string } | null)?.name : value,
  );
}

/**
 * Reads the arguments of a field that gives records, or null for any other field.
 * @throws CordonError BAD_USER_INPUT, INVALID_CURSOR or OPERATION_TOO_LARGE, naming the argument and never its value
 */
export function readArguments(
  field: Collected,
  variables: Variables,
  { limits, openCursor }: ArgumentReader,
): FieldArguments | null {
  const access = recordsOf(field);
  if (access === null || field.definition.args.length === 0) return null;
  const values = getArgumentValues(field.definition, field.nodes[0], variables);
  const reader = new Reader(field, limits);
  if (!isPaged(field)) {
    const key = access.type.keyFields.map((keyField) =>
      reader.add(reader.value(values[keyField.name], keyField.column, [keyField.name])),
    );
    const shape: ArgumentShape = { key, where: null, order: [], first: null, atMost: null, after: null };
    return { shape, key: describe(shape), literals: reader.literals, page: 1 };
  }
  const where =
    values['where'] === undefined || values['where'] === null
      ? null
      : reader.where(values['where'], access.fields, ['where']);
  const order = readOrder(values['orderBy'], access);
  const page = readFirst(reader, values['first'], field, limits);
  const first = reader.add(String(page));
  const cursor = values['after'];
  let after: ArgumentShape['after'] = null;
  if (typeof cursor === 'string') {
    const tuple = openCursor(cursor, field, describeOrder(order));
    if (tuple?.length !== order.length) throw new CordonError('INVALID_CURSOR');
    after = tuple.map((value) => (value === null ? null : reader.add(value)));
  }
  const shape: ArgumentShape = { key: [], where, order, first, atMost: sizeClass(page), after };
  return { shape, key: describe(shape), literals: reader.literals, page };
}

/** The order as a string, to which a cursor is bound. */
export function describeOrder(order: readonly OrderTerm[]): string {
  return JSON.stringify(order.map(({ column, direction }) => [column.name, direction]));
}
