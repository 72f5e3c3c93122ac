import { getArgumentValues } from 'graphql';
import { CordonError } from '../base/index.js';
import type { TypeAccess } from '../view/index.js';
import { keyShape, type ArgumentShape, type FieldArguments, type OrderTerm } from './argument-shape.js';
import { readArguments, type ArgumentReader } from './arguments.js';
import type { Collected, Variables } from './collect.js';

/** The type whose records the field gives in groups; null for any other field. */
export function groupsOf({ meaning }: Collected): TypeAccess | null {
  return meaning?.kind === 'group' ? meaning.access : null;
}

/** Reads the arguments of a field, whatever it gives. @throws CordonError as `readArguments` does */
export function readSite(
  field: Collected,
  variables: Variables,
  reader: ArgumentReader,
): FieldArguments | null {
  const access = groupsOf(field);
  return access === null
    ? readArguments(field, variables, reader)
    : readGroups(field, access, variables, reader);
}

/** The arguments of `groupBy`: a page of groups whose order is that of its keys. */
function readGroups(
  field: Collected,
  { fields }: TypeAccess,
  variables: Variables,
  { limits }: ArgumentReader,
): FieldArguments {
  const values = getArgumentValues(field.definition, field.nodes[0], variables);
  const by = values['by'] as readonly string[];
  if (by.length === 0) throw wrong('by', 'is empty; name a field, or ask for "aggregate" beside it');
  if (new Set(by).size < by.length) throw wrong('by', 'names a field twice');
  const order = by.map((name): OrderTerm => {
    const column = fields.get(name)?.field;
    if (column?.kind !== 'column') throw new Error(`${name} cannot be grouped by; the view offered it`);
    return { column: column.column, field: column, direction: 'ASC', through: [] };
  });
  const page = readFirst(values['first'], field, limits);
  const shape: ArgumentShape = { ...keyShape([]), order, size: 0 };
  return { shape, key: JSON.stringify(['groups', by]), literals: [String(page)], page };
}

function readFirst(input: unknown, field: Collected, limits: ArgumentReader['limits']): number {
  // The connection itself is the first part of a root field's path.
  const nested = field.path.length > 2;
  if (input === undefined || input === null) return nested ? limits.nestedDefault : limits.rootDefault;
  const first = input as number;
  if (first < 0) throw wrong('first', 'is negative');
  if (first > limits.max) {
    throw new CordonError('OPERATION_TOO_LARGE', {
      message: `Argument "first" of "groupBy" is over the page limit of ${limits.max}.`,
    });
  }
  return first;
}

function wrong(argument: string, reason: string): CordonError {
  return new CordonError('BAD_USER_INPUT', { message: `Argument "${argument}" of "groupBy" ${reason}.` });
}
