import type { Catalog, Column, ForeignKey, Table } from './catalog.js';
import {
  columnsStatement,
  encodingStatement,
  foreignKeysStatement,
  indexesStatement,
  tablesStatement,
  typesStatement,
  type ColumnRow,
  type ForeignKeyRow,
  type IndexRow,
  type TableRow,
  type TypeRow,
  type ViewRow,
  viewsStatement,
} from './statements.js';
import { Types } from './types.js';
import { withViewGuarantees } from './view-guarantees.js';

/** A connection to a source, or a pool of them; `pg`'s are. */
export interface CatalogClient {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * What a source's catalogue says of its tables, partitioned tables, database views, materialized views and foreign tables.
 * Any role may read a catalogue, whatever it may read of the tables.
 * @param source the source's name in the configuration
 * @throws the client's error when the source cannot be asked
 */
export async function readCatalog(client: CatalogClient, source: string): Promise<Catalog> {
  const ask = async <Row>(statement: string): Promise<readonly Row[]> =>
    (await client.query(statement)).rows as readonly Row[];

  const [{ encoding } = { encoding: '' }] = await ask<{ encoding: string }>(encodingStatement);
  const tables = await ask<TableRow>(tablesStatement);
  const columns = byTable(await ask<ColumnRow>(columnsStatement));
  const types = new Types(await ask<TypeRow>(typesStatement));
  const indexes = byTable(await ask<IndexRow>(indexesStatement));
  const foreignKeys = byTable(await ask<ForeignKeyRow>(foreignKeysStatement));
  const views = await ask<ViewRow>(viewsStatement);
  const found = new Map(
    tables.map((table) => [
      table.oid,
      tableOf(
        table,
        columns.get(table.oid) ?? [],
        types,
        indexes.get(table.oid) ?? [],
        foreignKeys.get(table.oid) ?? [],
      ),
    ]),
  );
  return { source, encoding, tables: withViewGuarantees(found, columns, views) };
}

function byTable<Row extends { readonly table: number }>(rows: readonly Row[]): ReadonlyMap<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.table);
    if (group === undefined) groups.set(row.table, [row]);
    else group.push(row);
  }
  return groups;
}

const tableKinds = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized',
  f: 'foreign',
} as const satisfies Record<TableRow['relkind'], Table['kind']>;

function tableOf(
  { schema, name, relkind, comment }: TableRow,
  columns: readonly ColumnRow[],
  types: Types,
  indexes: readonly IndexRow[],
  foreignKeys: readonly ForeignKeyRow[],
): Table {
  const uniqueIndexes = indexes.filter((index) => index.is_unique);
  return {
    schema,
    name,
    kind: tableKinds[relkind],
    columns: new Map(columns.map((column) => [column.name, columnOf(column, types)])),
    primaryKey: uniqueIndexes.filter((index) => index.is_primary).map(wholly)[0] ?? null,
    uniqueKeys: uniqueIndexes.map(wholly).filter((key) => key !== null),
    foreignKeys: foreignKeys.map(foreignKeyOf),
    indexes: indexes.map(leading).filter((names) => names.length > 0),
    comment,
  };
}

/** The columns of an index that has no expression, else null. */
function wholly({ columns }: IndexRow): readonly string[] | null {
  return columns.every((name) => name !== null) ? columns : null;
}

/** The columns of an index before its first expression. */
function leading({ columns }: IndexRow): readonly string[] {
  const names: string[] = [];
  for (const name of columns) {
    if (name === null) break;
    names.push(name);
  }
  return names;
}

function foreignKeyOf({ columns, to_schema, to_table, to_columns }: ForeignKeyRow): ForeignKey {
  return { columns, schema: to_schema, table: to_table, toColumns: to_columns };
}

function columnOf(row: ColumnRow, types: Types): Column {
  return { name: row.name, type: types.of(row), notNull: row.not_null, comment: row.comment };
}
