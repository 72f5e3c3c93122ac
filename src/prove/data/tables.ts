import { ident, join, render, sql, type Sql } from '../../base/index.js';
import type { Catalog, Table } from '../../catalog/index.js';
import type { Model } from '../../model/index.js';
import { layOut, type Layout, type TableLayout } from './layout.js';
import { readTableKey, rowsBehind } from './dataset.js';
import { TypeStatements } from './type-statements.js';

/** What builds the databases of a run. */
export interface TableStatements {
  /** For an empty database of each source, in order. */
  readonly statements: ReadonlyMap<string, readonly string[]>;
  /** What is not built as it is in the source, and what stands there instead; a sentence each. */
  readonly reasons: readonly string[];
}

const textOf = (fragment: Sql): string => render(fragment).text;
const names = (columns: readonly string[]): Sql =>
  join(
    columns.map((name) => ident(name)),
    sql`, `,
  );

/**
 * Statements that build what the model reads of each source: tables with the columns that it names, what is certain about
 * them, and the indexes that order and join. A database view gives the rows of a table behind it, one by one; a partitioned
 * table is a plain one, and a foreign one such a view, which guarantees as little.
 */
export function tableStatements(model: Model, catalogs: readonly Catalog[]): TableStatements {
  const layout = layOut(model, catalogs);
  const statements = new Map<string, readonly string[]>();
  const reasons: string[] = [];
  for (const source of model.sources) {
    const tables = [...layout.values()].filter((table) => table.source === source);
    const types = new TypeStatements();
    const created = tables.flatMap((table) => createTable(table, types, reasons));
    const built = [
      ...created,
      ...tables.flatMap(keyStatements),
      ...tables.flatMap((table) => referenceStatements(table, layout)),
      ...tables.flatMap(indexStatements),
    ];
    statements.set(source, [...types.statements, ...built]);
    reasons.push(...types.reasons.map((reason) => `${source}: ${reason}`));
  }
  return { statements, reasons };
}

type Name = readonly [schema: string, name: string];

const isView = ({ table: { kind } }: TableLayout): boolean => kind !== 'table' && kind !== 'partitioned';

/** What stands in the place of something else, so that a reader knows what was not tried. */
const standIns: Partial<Readonly<Record<Table['kind'], string>>> = {
  partitioned: 'a partitioned table there, and a plain table here',
  foreign: 'a foreign table there, and a view here',
  view: 'a database view there with a query of its own, and here one that gives the rows of a table',
  materialized: 'a materialized view there with a query of its own, and here one of the rows of a table',
};

function createTable(layout: TableLayout, types: TypeStatements, reasons: string[]): readonly string[] {
  const { source, schema, name, table, columns } = layout;
  const stored: Name = isView(layout) ? rowsBehind(schema, name) : [schema, name];
  types.schema(schema);
  types.schema(stored[0]);
  const standIn = standIns[table.kind];
  if (standIn !== undefined) reasons.push(`${source}: ${schema}.${name} is ${standIn}.`);
  const lines = [...columns.values()].map(
    (column) => `${textOf(ident(column.name))} ${types.declare(column)}${column.notNull ? ' NOT NULL' : ''}`,
  );
  // Statistics come when a run wants them, and not in between.
  const created = `CREATE TABLE ${textOf(ident(...stored))} (${lines.join(', ')}) WITH (autovacuum_enabled = off)`;
  return isView(layout) ? [created, ...viewStatements(layout, stored)] : [created];
}

/** A view behind whose keys, where it has any, are those of a table. */
function viewStatements(layout: TableLayout, stored: Name): readonly string[] {
  const { schema, name, table, columns } = layout;
  const given = [...columns.values()].map((column) => {
    const own = ident(column.name);
    // An expression that cannot fail, where the view has one that might.
    return column.computed === true ? sql`CASE WHEN true THEN ${own} ELSE ${own} END AS ${own}` : own;
  });
  const query = sql`SELECT ${join(given, sql`, `)} FROM ${ident(...stored)}`;
  if (table.kind === 'materialized')
    return [textOf(sql`CREATE MATERIALIZED VIEW ${ident(schema, name)} AS ${query}`)];
  return [...uniqueStatements(stored, layout), textOf(sql`CREATE VIEW ${ident(schema, name)} AS ${query}`)];
}

function uniqueStatements(name: Name, { table, uniqueKeys }: TableLayout): string[] {
  return uniqueKeys.map((columns) =>
    textOf(
      columns === table.primaryKey
        ? sql`ALTER TABLE ${ident(...name)} ADD PRIMARY KEY (${names(columns)})`
        : sql`CREATE UNIQUE INDEX ON ${ident(...name)} (${names(columns)})`,
    ),
  );
}

/** Of what is no view, and of materialized ones; others have those of what is behind them. */
function keyStatements(layout: TableLayout): string[] {
  const isOwn = !isView(layout) || layout.table.kind === 'materialized';
  return isOwn ? uniqueStatements([layout.schema, layout.name], layout) : [];
}

function referenceStatements({ schema, name, references }: TableLayout, layout: Layout): string[] {
  return references
    .filter(({ to }) => layout.has(to))
    .map(({ columns, to, toColumns }) => {
      const { schema: thereSchema, table } = readTableKey(to);
      return textOf(
        sql`ALTER TABLE ${ident(schema, name)} ADD FOREIGN KEY (${names(columns)}) REFERENCES ${ident(thereSchema, table)} (${names(toColumns)})`,
      );
    });
}

/** Indexes as far as their columns are there, once each. */
function indexStatements(layout: TableLayout): string[] {
  const { schema, name, table, columns, uniqueKeys } = layout;
  if (isView(layout) && table.kind !== 'materialized') return [];
  const made = new Set(uniqueKeys.map((key) => JSON.stringify(key)));
  return table.indexes.flatMap((index) => {
    const missing = index.findIndex((column) => !columns.has(column));
    const kept = missing < 0 ? index : index.slice(0, missing);
    const id = JSON.stringify(kept);
    if (kept.length === 0 || made.has(id)) return [];
    made.add(id);
    if (kept.some((column) => !indexable.has(columns.get(column)?.type.kind ?? ''))) return [];
    return [textOf(sql`CREATE INDEX ON ${ident(schema, name)} (${names(kept)})`)];
  });
}

/** Kinds that a B-tree orders; an index of another method is for searches that nobody makes here. */
const indexable: ReadonlySet<string> = new Set([
  ...[
    'bool',
    'int2',
    'int4',
    'int8',
    'oid',
    'numeric',
    'money',
    'float4',
    'float8',
    'text',
    'varchar',
    'bpchar',
  ],
  ...[
    'name',
    'char',
    'date',
    'timestamp',
    'timestamptz',
    'time',
    'timetz',
    'interval',
    'uuid',
    'bytea',
    'bit',
  ],
  ...['varbit', 'inet', 'cidr', 'macaddr', 'macaddr8', 'enum', 'citext', 'jsonb', 'range', 'array'],
]);
