import { sql, type Sql } from '../base/index.js';

/**
 * Operators by their full name: which one a bare sign means is for the search path to say, and a type of an extension
 * would silently be compared as the text it is like. Each is total over the types that may be compared with it.
 */
export const operators = {
  eq: sql`operator(pg_catalog.=)`,
  lt: sql`operator(pg_catalog.<)`,
  lte: sql`operator(pg_catalog.<=)`,
  gt: sql`operator(pg_catalog.>)`,
  gte: sql`operator(pg_catalog.>=)`,
  /** LIKE and ILIKE: total for patterns that do not end in an escape, under collations that tell all texts apart. */
  like: sql`operator(pg_catalog.~~)`,
  ilike: sql`operator(pg_catalog.~~*)`,
  /** Of arrays, whatever their dimensions: an item in common, every item of the other. */
  overlaps: sql`operator(pg_catalog.&&)`,
  includes: sql`operator(pg_catalog.@>)`,
} as const satisfies Readonly<Record<string, Sql<never>>>;
