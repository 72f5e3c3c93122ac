import type pg from 'pg';
import { ident, join, render, sha256, sql, type Sql } from '../../base/index.js';

/** A value in the form in which PostgreSQL reads it, and for most kinds prints it. */
export type Cell = string | null;
export type DataRow = Readonly<Record<string, Cell>>;

/** The rows of every table that the model reads, in the order in which they are stored. */
export interface Dataset {
  /** By `tableKey`. */
  readonly tables: ReadonlyMap<string, readonly DataRow[]>;
}

/** What a table is called in a `Dataset`. */
export function tableKey(source: string, schema: string, table: string): string {
  return JSON.stringify([source, schema, table]);
}

/** The parts of a key. */
export function readTableKey(key: string): {
  readonly source: string;
  readonly schema: string;
  readonly table: string;
} {
  const [source = '', schema = '', table = ''] = JSON.parse(key) as readonly string[];
  return { source, schema, table };
}

/**
 * Where the rows are that a database view gives, as schema and table: a view has none of its own.
 */
export function rowsBehind(schema: string, name: string): readonly [schema: string, table: string] {
  return [
    'rows behind views',
    sha256(JSON.stringify([schema, name]))
      .toString('hex')
      .slice(0, 32),
  ];
}

interface Values {
  readonly id: string;
}

/** One parameter a column: an array of texts, each of which the column's type reads. */
function insertOf(
  schema: string,
  table: string,
  columns: readonly string[],
  types: ReadonlyMap<string, string>,
): string {
  const names = columns.map((name) => ident(name));
  const items = columns.map((_, i) => ident(`c${i}`));
  // The type is PostgreSQL's own print of the column's, so it is what a cast reads; it comes from the catalogue.
  const values = items.map((item, i) => ({ item, type: types.get(columns[i] ?? '') ?? 'text' }));
  const selected = values.map(({ item, type }) => `${render(item).text}::${type}`).join(', ');
  const unnest = columns.map((_, i) => `$${i + 1}::text[]`).join(', ');
  const head = render<Values>(
    sql`INSERT INTO ${ident(schema, table)} (${join(names as readonly Sql<Values>[], sql`, `)})`,
  ).text;
  const aliases = items.map((item) => render(item).text).join(', ');
  return `${head} SELECT ${selected} FROM unnest(${unnest}) WITH ORDINALITY AS u (${aliases}, place) ORDER BY place`;
}

interface ColumnTypeRow {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

const typesStatement = `
  SELECT n.nspname::text AS schema, c.relname::text AS table, a.attname::text AS name,
    -- Without its length: a cast would cut off what is too long, and storing it fails.
    pg_catalog.format_type(a.atttypid, -1) AS type
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')`;

interface NameRow {
  readonly schema: string;
  readonly table: string;
}

const materializedStatement = `
  SELECT n.nspname::text AS schema, c.relname::text AS table
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm'`;

async function readTypes(client: pg.ClientBase): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { rows } = await client.query<ColumnTypeRow>(typesStatement);
  const tables = new Map<string, Map<string, string>>();
  for (const { schema, table, name, type } of rows) {
    const key = JSON.stringify([schema, table]);
    const found = tables.get(key) ?? new Map<string, string>();
    tables.set(key, found.set(name, type));
  }
  return tables;
}

/**
 * Replaces what a source's tables hold, in one transaction. Constraints of a single table hold it to its catalogue;
 * foreign keys are not checked, which is dear: whoever makes the data keeps them.
 * @param client of a superuser of that source's database, as `tableStatements` built it
 * @param options.analyze whether the planner is to know the data
 */
export async function load(
  client: pg.ClientBase,
  source: string,
  dataset: Dataset,
  options: { readonly analyze?: boolean } = {},
): Promise<void> {
  const tables = [...dataset.tables]
    .map(([key, rows]) => ({ ...readTableKey(key), rows }))
    .filter((table) => table.source === source);
  if (tables.length === 0) return;
  await client.query(
    "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = pg_catalog; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'",
  );
  try {
    const types = await readTypes(client);
    const stored = tables.map(({ schema, table, rows }) => {
      const behind = rowsBehind(schema, table);
      return { name: types.has(JSON.stringify(behind)) ? behind : ([schema, table] as const), rows };
    });
    const all = join(
      stored.map(({ name }) => ident(...name)),
      sql`, `,
    );
    // Not truncated: of a few rows that takes three times as long, since each table and index is given a new file.
    const emptied = stored.map(({ name }) => sql`DELETE FROM ${ident(...name)}`);
    await client.query(render(join(emptied, sql`; `)).text);
    for (const { name, rows } of stored) {
      const columns = Object.keys(rows[0] ?? {});
      if (columns.length === 0) continue;
      const text = insertOf(...name, columns, types.get(JSON.stringify(name)) ?? new Map());
      await client.query(
        text,
        columns.map((column) => rows.map((row) => row[column] ?? null)),
      );
    }
    const { rows: views } = await client.query<NameRow>(materializedStatement);
    for (const { schema, table } of views)
      await client.query(render(sql`REFRESH MATERIALIZED VIEW ${ident(schema, table)}`).text);
    if (options.analyze === true) await client.query(render(sql`ANALYZE ${all}`).text);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
