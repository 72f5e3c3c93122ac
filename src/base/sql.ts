/**
 * SQL as branded fragments: text enters only as a template literal written in this code base, identifiers only
 * through `ident` and values only through `param`. A string from a caller does not type-check into a statement.
 */

/** A value that is not known when the text is made. Slots with equal `id` share one parameter. */
export interface Slot {
  /** Identity within a statement, such as `literal:3` or `claim:accounts`. */
  readonly id: string;
}

type Part<S extends Slot> = string | { readonly slot: S; readonly type: string };

const brand: unique symbol = Symbol('sql');

/** An immutable piece of SQL. */
export interface Sql<S extends Slot = Slot> {
  readonly [brand]: readonly Part<S>[];
}

function make<S extends Slot>(parts: readonly Part<S>[]): Sql<S> {
  return Object.freeze({ [brand]: parts });
}

/** Template tag; every interpolation must itself be Sql. */
export function sql<S extends Slot = never>(
  strings: TemplateStringsArray,
  ...values: readonly Sql<S>[]
): Sql<S> {
  const parts: Part<S>[] = [];
  strings.forEach((text, i) => {
    if (text !== '') parts.push(text);
    const value = values[i];
    if (value !== undefined) parts.push(...value[brand]);
  });
  return make(parts);
}

export const empty: Sql<never> = make([]);

/** A quoted identifier: `ident('sales', 'Order "x"')` is `"sales"."Order ""x"""`. Names come from catalogue or model only. */
export function ident(...names: readonly string[]): Sql<never> {
  return make([names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')]);
}

/** A constant as a string literal. For names and fixed texts of the schema; what a caller sends is a `param`. */
export function constant(text: string): Sql<never> {
  if (text.includes('\0')) throw new Error('a constant cannot hold NUL');
  return make([
    text.includes('\\')
      ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
      : `'${text.replaceAll("'", "''")}'`,
  ]);
}

/** An integer constant. */
export function integer(value: number): Sql<never> {
  if (!Number.isSafeInteger(value)) throw new Error('not an integer');
  return make([value < 0 ? `(${value})` : String(value)]);
}

/**
 * A parameter with the type it is cast to. The cast is always written: an untyped parameter takes its type from its
 * surroundings, and so its operator too.
 * @param type as written in a cast, from the catalogue or this code base: `pg_catalog.int4`
 */
export function param<S extends Slot>(slot: S, type: string): Sql<S> {
  return make([{ slot, type }]);
}

/** Fragments with a separator between them. */
export function join<S extends Slot>(fragments: readonly Sql<S>[], separator: Sql<S>): Sql<S> {
  return make(
    fragments.flatMap((fragment, i) =>
      i === 0 ? fragment[brand] : [...separator[brand], ...fragment[brand]],
    ),
  );
}

/** The finished text with `$n` parameters, and the slot of each. */
export function render<S extends Slot>(
  fragment: Sql<S>,
): { readonly text: string; readonly slots: readonly S[] } {
  const slots: S[] = [];
  const positions = new Map<string, number>();
  let text = '';
  for (const part of fragment[brand]) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    let position = positions.get(part.slot.id);
    if (position === undefined) {
      position = slots.push(part.slot);
      positions.set(part.slot.id, position);
    }
    text += `$${position}::${part.type}`;
  }
  return { text, slots };
}
