import type { Catalog, Column, Table } from '../../catalog/index.js';
import { findTable } from '../../catalog/index.js';
import type {
  ColumnField,
  Model,
  RelationField,
  RelationLink,
  RowBinding,
  TypeModel,
} from '../../model/index.js';
import { readTableKey, tableKey } from './dataset.js';

/** A foreign key between two tables that the model reads. */
export interface Reference {
  readonly columns: readonly string[];
  /** Key of the other table. */
  readonly to: string;
  readonly toColumns: readonly string[];
}

/** Columns of a table, and those of another that they are joined to, pairwise. */
export interface Leading {
  readonly from: readonly string[];
  /** Key of the other table. */
  readonly to: string;
  readonly toColumns: readonly string[];
}

/** A table as far as the model reads it. */
export interface TableLayout {
  readonly key: string;
  readonly source: string;
  readonly schema: string;
  readonly name: string;
  readonly table: Table;
  /** Types that are bound to it; none of a table that only links others. */
  readonly types: readonly TypeModel[];
  /** Where its columns lead to, but for what relations of its own types do. */
  readonly leading: readonly Leading[];
  /** In the order of the table. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Those whose columns are all among `columns`, the primary key first. */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly references: readonly Reference[];
  /** Columns that lead from row to row, or tell rows apart: of keys, relations and references. */
  readonly links: ReadonlySet<string>;
  /** Columns by which rows belong to somebody, and the row keys that they are for. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** Columns of ciphertexts. */
  readonly encrypted: ReadonlySet<string>;
}

/** Every table that the model reads, in the order of the SDL. */
export type Layout = ReadonlyMap<string, TableLayout>;

export const keyOfType = ({ source, schema, table }: TypeModel): string => tableKey(source, schema, table);

/** The table between, of a relation through one. */
export const keyOfLink = ({ source }: TypeModel, { schema, table }: RelationLink): string =>
  tableKey(source, schema, table);

export function columnFields(type: TypeModel): readonly ColumnField[] {
  return [...type.fields.values()].filter((field) => field.kind === 'column');
}

export function relationFields(type: TypeModel): readonly RelationField[] {
  return [...type.fields.values()].filter((field) => field.kind === 'relation');
}

/** What is gathered of a table while the types are gone through. */
class Needs {
  readonly types: TypeModel[] = [];
  readonly leading: Leading[] = [];
  readonly columns = new Set<string>();
  readonly links = new Set<string>();
  readonly owners = new Map<string, Set<string>>();
  readonly encrypted = new Set<string>();

  link(columns: readonly Column[]): void {
    this.linkNames(columns.map(({ name }) => name));
  }

  /** Its columns hold what those of the other table do. */
  lead(from: readonly Column[], to: string, toColumns: readonly Column[]): void {
    this.link(from);
    const names = (columns: readonly Column[]) => columns.map(({ name }) => name);
    this.leading.push({ from: names(from), to, toColumns: names(toColumns) });
  }

  linkNames(names: readonly string[]): void {
    for (const name of names) {
      this.columns.add(name);
      this.links.add(name);
    }
  }

  own(by: string, { name }: Column): void {
    this.columns.add(name);
    this.owners.set(name, (this.owners.get(name) ?? new Set()).add(by));
  }
}

/** What the model needs of each table. */
function needsOf(model: Model): ReadonlyMap<string, Needs> {
  const found = new Map<string, Needs>();
  const of = (key: string): Needs => {
    const needs = found.get(key) ?? new Needs();
    found.set(key, needs);
    return needs;
  };
  const noteBindings = (key: string, source: string, bindings: readonly RowBinding[]): void => {
    for (const binding of bindings) {
      if (binding.kind === 'column') of(key).own(binding.by, binding.column);
      if (binding.kind !== 'via') continue;
      const { relation, through } = binding;
      const there = tableKey(source, through.schema, through.table);
      of(key).link(relation.from);
      of(there).link(relation.to);
      noteBindings(there, source, through.bindings);
    }
  };
  for (const type of model.types.values()) {
    const key = keyOfType(type);
    const needs = of(key);
    needs.types.push(type);
    needs.link(type.key);
    for (const { column, encryption } of columnFields(type)) {
      needs.columns.add(column.name);
      if (encryption !== undefined) needs.encrypted.add(column.name);
    }
    for (const { target, from, to, through } of relationFields(type)) {
      needs.link(from);
      const there = model.types.get(target);
      if (there === undefined) continue;
      of(keyOfType(there)).link(to);
      if (through === null) continue;
      const between = of(keyOfLink(type, through));
      between.lead(through.from, key, from);
      between.lead(through.to, keyOfType(there), to);
    }
    noteBindings(key, type.source, type.rows);
  }
  return found;
}

/** @throws where a catalogue lacks a table of the model, which was made from it */
export function layOut(model: Model, catalogs: readonly Catalog[]): Layout {
  const needs = needsOf(model);
  const tables = new Map<string, Table>();
  for (const catalog of catalogs) {
    for (const key of needs.keys()) {
      const { source, schema, table: name } = readTableKey(key);
      const table = source === catalog.source ? findTable(catalog, schema, name) : undefined;
      if (table !== undefined) tables.set(key, table);
    }
  }
  // What a foreign key leads to has to be there too.
  for (const [key, table] of tables) {
    for (const { columns, schema, table: name, toColumns } of table.foreignKeys) {
      const there = needs.get(tableKey(readTableKey(key).source, schema, name));
      if (columns.every((column) => needs.get(key)?.columns.has(column) === true))
        there?.linkNames(toColumns);
    }
  }
  return new Map([...needs].map(([key, need]) => [key, layoutOf(key, need, tables)]));
}

function layoutOf(key: string, needs: Needs, tables: ReadonlyMap<string, Table>): TableLayout {
  const { source, schema, table: name } = readTableKey(key);
  const table = tables.get(key);
  if (table === undefined) throw new Error(`the catalogue of ${source} has no table ${schema}.${name}`);
  const columns = new Map([...table.columns].filter(([column]) => needs.columns.has(column)));
  const has = (names: readonly string[]): boolean => names.every((each) => columns.has(each));
  const primary = table.primaryKey;
  const uniqueKeys = [
    ...(primary === null ? [] : [primary]),
    ...table.uniqueKeys.filter((names) => names.join('\0') !== primary?.join('\0')),
  ].filter(has);
  const references = table.foreignKeys.flatMap((reference): Reference[] => {
    const to = tableKey(source, reference.schema, reference.table);
    return tables.has(to) && has(reference.columns)
      ? [{ columns: reference.columns, to, toColumns: reference.toColumns }]
      : [];
  });
  return {
    key,
    source,
    schema,
    name,
    table,
    types: needs.types,
    leading: needs.leading,
    columns,
    uniqueKeys,
    references,
    links: new Set([...needs.links, ...references.flatMap((each) => each.columns)]),
    owners: new Map([...needs.owners].map(([column, by]) => [column, [...by]])),
    encrypted: needs.encrypted,
  };
}
