import { ident, integer, join, render, sql } from '../base/index.js';
import { columnId, type CatalogClient, type Column, type PgKind, type Table } from '../catalog/index.js';
import type { SampledRow } from './evidence.js';

/** Some rows of a table, in memory only, or why there are none. */
export interface TableSample {
  readonly rows: readonly SampledRow[];
  /** Columns that the rows hold. */
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

/**
 * At most 200 rows, whichever come first, in a transaction that can write nothing and ends in seconds. A table that
 * cannot be read gives no rows and the reason; nothing is thrown but for a lost connection.
 */
export async function sampleTable(
  client: CatalogClient,
  table: Table,
  readable: ReadonlySet<string>,
): Promise<TableSample> {
  const wanted = [...table.columns.values()].filter(({ type }) => sampledKinds.has(type.kind));
  const columns = wanted.filter(({ name }) => readable.has(columnId(table.schema, table.name, name)));
  const forbidden = 'this role may not read them';
  if (columns.length === 0) return { rows: [], columns: [], missing: wanted.length === 0 ? null : forbidden };
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    await client.query(`SET LOCAL lock_timeout = ${STATEMENT_TIMEOUT_MS}`);
    const { rows } = await client.query(statementOf(table, columns));
    return {
      rows: rows.map((row) => new Map(Object.entries(row as Readonly<Record<string, string | null>>))),
      columns: columns.map(({ name }) => name),
      missing: columns.length < wanted.length ? forbidden : null,
    };
  } catch (error) {
    return { rows: [], columns: [], missing: reasonOf(error) };
  } finally {
    await client.query('ROLLBACK');
  }
}

function statementOf(table: Table, columns: readonly Column[]): string {
  const values = columns.map(
    ({ name }) =>
      sql`pg_catalog.left((${ident(name)})::pg_catalog.text, ${integer(VALUE_CHARACTERS_MAX)}) AS ${ident(name)}`,
  );
  const list = join(values, sql`, `);
  return render(
    sql`SELECT ${list} FROM ${ident(table.schema, table.name)} LIMIT ${integer(SAMPLED_ROWS_MAX)}`,
  ).text;
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
