import type { ASTNode } from 'graphql';
import { findTable, type Catalog, type Column } from '../catalog/index.js';
import { problemAt } from '../../directives/index.js';
import type { BoundRows } from './bind-rows.js';
import { tableName, type BoundTable, type FieldsDraft } from './draft.js';
import type { Key } from './bind-key.js';
import type { Report } from './report.js';

/** Kinds of tables whose catalogue tells of their indexes. */
const indexed: ReadonlySet<BoundTable['table']['kind']> = new Set(['table', 'partitioned', 'materialized']);

type Names = readonly string[];

/** Whether an index finds the rows of some values of these columns: it begins with them, in any order. */
function finds(index: Names, columns: Names): boolean {
  return index.slice(0, columns.length).every((name) => columns.includes(name));
}

/** Whether an index has the rows in this order, or in that of its first columns. */
function sorts(index: Names, columns: Names): boolean {
  return index.slice(0, columns.length).every((name, i) => name === columns[i]);
}

/** Warns of what reads a whole table where an index would find its rows: once for each table and its columns. */
class Indexes {
  readonly #report: Report;
  readonly #told = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  want(
    at: ASTNode,
    bound: Pick<BoundTable, 'source' | 'table'>,
    columns: Names,
    serves: typeof finds,
    why: string,
  ): void {
    const { schema, name, kind, indexes } = bound.table;
    if (!indexed.has(kind) || indexes.some((index) => serves(index, columns))) return;
    const id = JSON.stringify([bound.source, schema, name, columns]);
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const quoted = columns.map((column) => `"${column}"`).join(', ');
    const message = `${tableName(bound)} has no index on (${quoted}), so ${why} reads all of it: CREATE INDEX ON "${schema}"."${name}" (${quoted}).`;
    this.#report.warn(problemAt(at, 'INDEX_MISSING', message));
  }
}

const namesOf = (columns: readonly Column[]): Names => columns.map(({ name }) => name);

/** Indexes that are missing: for pages in the order of the key, for rows of somebody, and for the records of a relation. */
export function checkIndexes(
  types: ReadonlyMap<string, FieldsDraft>,
  keys: ReadonlyMap<string, Key | null>,
  rows: ReadonlyMap<string, readonly BoundRows[]>,
  catalogs: readonly Catalog[],
  report: Report,
): void {
  const indexes = new Indexes(report);
  for (const { name, node, bound, fields } of types.values()) {
    if (bound === null) continue;
    const key = keys.get(name)?.key ?? [];
    if (key.length > 0) indexes.want(node, bound, namesOf(key), sorts, 'every page in the order of its key');
    for (const { binding, node: at } of rows.get(name) ?? [])
      if (binding.kind === 'column')
        indexes.want(at, bound, [binding.column.name], finds, `whoever is limited by ${binding.by}`);
    for (const { field, node: at } of fields.values()) {
      if (field?.kind !== 'relation') continue;
      const target = types.get(field.target)?.bound;
      if (target != null) indexes.want(at, target, namesOf(field.to), finds, field.coordinate);
      if (field.through === null) continue;
      const { schema, table, from } = field.through;
      const catalog = catalogs.find(({ source }) => source === bound.source);
      const link = catalog === undefined ? undefined : findTable(catalog, schema, table);
      if (link !== undefined)
        indexes.want(at, { source: bound.source, table: link }, namesOf(from), finds, field.coordinate);
    }
  }
}
