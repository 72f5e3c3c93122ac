import type { Column, Table } from './catalog.js';
import { noGuarantees, queryGuarantees, type Guarantees } from './query-guarantees.js';
import type { ColumnRow, ViewRow } from './statements.js';

/** Columns of each relation, by PostgreSQL's number of it. */
type Columns = ReadonlyMap<number, readonly ColumnRow[]>;

/**
 * The tables in their order, with what the queries of database views prove of these: keys that they pass on, columns that are
 * never null, and columns that are computed. A view over views has what holds of them.
 */
export function withViewGuarantees(
  tables: ReadonlyMap<number, Table>,
  columns: Columns,
  views: readonly ViewRow[],
): readonly Table[] {
  const queries = new Map(views.map(({ table, query }) => [table, query]));
  const known = new Map<number, Guarantees>();
  const guarantees = (number: number): Guarantees => {
    const found = known.get(number);
    if (found !== undefined) return found;
    // Nothing, until it is known: no view ends in itself, but nothing here should depend on that.
    known.set(number, noGuarantees);
    const table = tables.get(number);
    const query = queries.get(number);
    const made =
      query !== undefined
        ? queryGuarantees(query, guarantees)
        : table === undefined || table.kind === 'view'
          ? noGuarantees
          : ofTable(table, columns.get(number) ?? []);
    known.set(number, made);
    return made;
  };
  return [...tables].map(([number, table]) =>
    table.kind === 'view' ? viewWith(table, columns.get(number) ?? [], guarantees(number)) : table,
  );
}

function ofTable(table: Table, columns: readonly ColumnRow[]): Guarantees {
  const numbers = new Map(columns.map(({ name, number }) => [name, number]));
  const key = (names: readonly string[]) => names.map((name) => numbers.get(name) ?? 0);
  return {
    notNull: new Set(columns.filter(({ not_null }) => not_null).map(({ number }) => number)),
    keys: table.uniqueKeys.map(key),
    primaryKey: table.primaryKey === null ? null : key(table.primaryKey),
    stored: new Set(numbers.values()),
  };
}

function viewWith(
  view: Table,
  rows: readonly ColumnRow[],
  { notNull, keys, primaryKey, stored }: Guarantees,
): Table {
  const numbers = new Map(rows.map(({ name, number }) => [name, number]));
  const names = new Map(rows.map(({ name, number }) => [number, name]));
  const key = (columns: readonly number[]) => columns.map((number) => names.get(number) ?? '');
  const columns = [...view.columns].map(([name, column]): [string, Column] => {
    const number = numbers.get(name) ?? 0;
    const known = { ...column, notNull: notNull.has(number) };
    return [name, stored.has(number) ? known : { ...known, computed: true }];
  });
  // Two tables may be told apart by the same columns.
  const distinct = new Map(keys.map((each) => [JSON.stringify(each), key(each)]));
  return {
    ...view,
    columns: new Map(columns),
    primaryKey: primaryKey === null ? null : key(primaryKey),
    uniqueKeys: [...distinct.values()],
  };
}
