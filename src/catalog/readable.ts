import type { CatalogClient } from './read.js';

interface ReadableRow {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

const statement = `
  SELECT n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS table,
    a.attname::pg_catalog.text AS column
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')`;

/** The columns that the client's role may read, by their ids. */
export async function readableColumns(client: CatalogClient): Promise<ReadonlySet<string>> {
  const { rows } = await client.query(statement);
  return new Set((rows as readonly ReadableRow[]).map((row) => columnId(row.schema, row.table, row.column)));
}

/** `[schema, table, column]`, as JSON. */
export function columnId(schema: string, table: string, column: string): string {
  return JSON.stringify([schema, table, column]);
}
