import { ident, join, sql, type Slot, type Sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';

const signs = {
  eq: sql`=`,
  lt: sql`<`,
  lte: sql`<=`,
  gt: sql`>`,
  gte: sql`>=`,
  /** LIKE and ILIKE: total for patterns that do not end in an escape, under collations that tell all texts apart. */
  like: sql`~~`,
  ilike: sql`~~*`,
  /** Of arrays, whatever their dimensions: an item in common, every item of the other. Of ranges: a value of both. */
  overlaps: sql`&&`,
  /** Of arrays every item of the other; of ranges a value. */
  includes: sql`@>`,
  /** Of ranges: all values are of the other. */
  within: sql`<@`,
} as const satisfies Readonly<Record<string, Sql<never>>>;

export type Operator = keyof typeof signs;

/** Where the operators of a type live: those of arrays and ranges are of any, and ask for those of their items themselves. */
export function operatorSchema({ kind, schema }: PgType): string {
  return kind === 'citext' ? schema : 'pg_catalog';
}

/**
 * An operator by its full name: which one a bare sign means is for the search path to say, and under one without the schema
 * of its extension, `citext` would silently be compared as the text it is like. Each is total over the types that may be
 * compared with it.
 */
export function operatorOf(operator: Operator, type: PgType): Sql<never> {
  const schema = operatorSchema(type);
  const place = schema === 'pg_catalog' ? sql`pg_catalog` : ident(schema);
  return sql`operator(${place}.${signs[operator]})`;
}

/**
 * The sign of equality in joins and row rules. Of types of `pg_catalog` it is the bare one, which the search path of each
 * session is verified to find there: those joins are most of a statement, and it is to stay readable.
 */
export function equalsOf(type: PgType): Sql<never> {
  return operatorSchema(type) === 'pg_catalog' ? sql`=` : operatorOf('eq', type);
}

/** A value with its type, and what it is compared with. */
interface Pair<S extends Slot> {
  readonly type: PgType;
  readonly left: Sql<S>;
  readonly right: Sql<S>;
}

/** Whether a tuple comes behind another; a row comparison, which an index serves, where one operator compares all of it. */
export function tupleBehind<S extends Slot>(pairs: readonly Pair<S>[]): Sql<S> {
  const [lead, ...rest] = pairs;
  if (lead === undefined) return sql`false`;
  const greater = operatorOf('gt', lead.type);
  if (rest.every(({ type }) => operatorSchema(type) === operatorSchema(lead.type))) {
    const [left, right] = (['left', 'right'] as const).map((side) =>
      join(
        pairs.map((pair) => pair[side]),
        sql`, `,
      ),
    );
    return sql<S>`(${left ?? sql``}) ${greater} (${right ?? sql``})`;
  }
  const { left, right, type } = lead;
  return sql<S>`(${left} ${greater} ${right} or (${left} ${operatorOf('eq', type)} ${right} and ${tupleBehind(rest)}))`;
}
