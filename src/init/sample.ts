import { ident, integer, join, render, sql, type Sql } from '../base/index.js';
import { columnId, type CatalogClient, type Column, type PgKind, type Table } from '../catalog/index.js';
import type { SampledRow } from './evidence.js';

/** Some rows of a table, in memory only, or why there are none. */
export interface TableSample {
  readonly rows: readonly SampledRow[];
  /** What the rows hold: columns, and attributes within them by `pathId`. */
  readonly columns: readonly string[];
  /** Why columns are missing, to end a sentence; null where none is. */
  readonly missing: string | null;
}

export const SAMPLED_ROWS_MAX = 200;
const VALUE_CHARACTERS_MAX = 300;
const STATEMENT_TIMEOUT_MS = 3000;

const sampledKinds: ReadonlySet<PgKind> = new Set([
  ...([
    'int2',
    'int4',
    'int8',
    'numeric',
    'float4',
    'float8',
    'text',
    'varchar',
    'bpchar',
    'citext',
    'enum',
  ] as const),
]);

/** What an attribute is known by beside columns: the column's name, and those that lead to it. */
export function pathId(path: readonly string[]): string {
  return JSON.stringify(path);
}

/**
 * At most 200 rows, whichever come first, in a transaction that can write nothing and ends in seconds. A table that
 * cannot be read gives no rows and the reason; nothing is thrown but for a lost connection.
 */
export async function sampleTable(
  client: CatalogClient,
  table: Table,
  readable: ReadonlySet<string>,
): Promise<TableSample> {
  const wanted = [...table.columns.values()].filter((column) => sampledOf(column).length > 0);
  const columns = wanted.filter(({ name }) => readable.has(columnId(table.schema, table.name, name)));
  const forbidden = 'this role may not read them';
  if (columns.length === 0) return { rows: [], columns: [], missing: wanted.length === 0 ? null : forbidden };
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    await client.query(`SET LOCAL lock_timeout = ${STATEMENT_TIMEOUT_MS}`);
    const values = columns.flatMap((column) => sampledOf(column));
    const { rows } = await client.query(statementOf(table, values));
    const names = values.map(({ name }) => name);
    return {
      rows: rows.map((row) => rowOf(names, row as Readonly<Record<string, string | null>>)),
      columns: names,
      missing: columns.length < wanted.length ? forbidden : null,
    };
  } catch (error) {
    return { rows: [], columns: [], missing: reasonOf(error) };
  } finally {
    await client.query('ROLLBACK');
  }
}

/** A value to sample: a column, or an attribute within one. */
interface Sampled {
  readonly name: string;
  readonly value: Sql;
}

/** Of a composite its attributes, however deep; of what is not looked at nothing. */
function sampledOf(
  { name, type }: Column,
  above: { path: readonly string[]; value: Sql } | null = null,
): Sampled[] {
  const value = above === null ? sql`(${ident(name)})` : sql`(${above.value}.${ident(name)})`;
  const path = [...(above?.path ?? []), name];
  if (type.kind === 'composite')
    return [...type.attributes.values()].flatMap((attribute) => sampledOf(attribute, { path, value }));
  if (!sampledKinds.has(type.kind)) return [];
  return [{ name: above === null ? name : pathId(path), value }];
}

/** Columns are numbered, since what a path is called may be longer than a name. */
function statementOf(table: Table, values: readonly Sampled[]): string {
  const columns = values.map(
    ({ value }, i) =>
      sql`pg_catalog.left(${value}::pg_catalog.text, ${integer(VALUE_CHARACTERS_MAX)}) AS ${ident(String(i))}`,
  );
  const list = join(columns, sql`, `);
  return render(
    sql`SELECT ${list} FROM ${ident(table.schema, table.name)} LIMIT ${integer(SAMPLED_ROWS_MAX)}`,
  ).text;
}

function rowOf(names: readonly string[], row: Readonly<Record<string, string | null>>): SampledRow {
  return new Map(names.map((name, i) => [name, row[String(i)] ?? null]));
}

const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';
const OBJECT_NOT_IN_PREREQUISITE_STATE = '55000';
const INSUFFICIENT_PRIVILEGE = '42501';

/** Never the database's own words: they can hold a value. */
function reasonOf(error: unknown): string {
  switch ((error as { readonly code?: string }).code) {
    case QUERY_CANCELED:
    case LOCK_NOT_AVAILABLE:
      return `reading took longer than ${STATEMENT_TIMEOUT_MS / 1000} seconds`;
    case OBJECT_NOT_IN_PREREQUISITE_STATE:
      return 'it has never been filled';
    case INSUFFICIENT_PRIVILEGE:
      return 'this role may not read what is behind it';
    case undefined:
      throw error;
    default:
      return 'reading it failed';
  }
}
