import { ident, join, render, sql, type Sql } from '../base/index.js';
import type { Catalog } from '../catalog/index.js';
import type { Model } from '../model/index.js';
import { layOut, type Layout, type TableLayout } from './layout.js';
import { readTableKey } from './dataset.js';
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
 * them, and the indexes that order and join. Of a database view, a partitioned or a foreign table there is a plain one.
 */
export function tableStatements(model: Model, catalogs: readonly Catalog[]): TableStatements {
  const layout = layOut(model, catalogs);
  const statements = new Map<string, readonly string[]>();
  const reasons: string[] = [];
  for (const source of model.sources) {
    const tables = [...layout.values()].filter((table) => table.source === source);
    const types = new TypeStatements();
    const created = tables.map((table) => createTable(table, types, reasons));
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

function createTable(
  { source, schema, name, table, columns }: TableLayout,
  types: TypeStatements,
  reasons: string[],
): string {
  types.schema(schema);
  if (table.kind !== 'table')
    reasons.push(`${source}: ${schema}.${name} is a ${table.kind} there, and a plain table here.`);
  const lines = [...columns.values()].map(
    (column) => `${textOf(ident(column.name))} ${types.declare(column)}${column.notNull ? ' NOT NULL' : ''}`,
  );
  // Statistics come when a run wants them, and not in between.
  return `CREATE TABLE ${textOf(ident(schema, name))} (${lines.join(', ')}) WITH (autovacuum_enabled = off)`;
}

function keyStatements({ schema, name, table, uniqueKeys }: TableLayout): string[] {
  return uniqueKeys.map((columns) =>
    textOf(
      columns === table.primaryKey
        ? sql`ALTER TABLE ${ident(schema, name)} ADD PRIMARY KEY (${names(columns)})`
        : sql`CREATE UNIQUE INDEX ON ${ident(schema, name)} (${names(columns)})`,
    ),
  );
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
function indexStatements({ schema, name, table, columns, uniqueKeys }: TableLayout): string[] {
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
