import { parseNodeTree } from './node-tree.js';
import { queryColumns, type NumberedColumn } from './query-columns.js';
import type { CatalogClient } from './read.js';

/** A stored column, or a column of a database view. */
export interface ColumnName {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** A table with values that are those of others, or of its own others: a database view, a partition, generated columns. */
export interface Derived {
  readonly schema: string;
  readonly table: string;
  /** `partition` for children of inheritance too: each row is one of the table above as well. */
  readonly kind: 'view' | 'partition' | 'generated';
  /** Of a partition: the table above. */
  readonly parent: { readonly schema: string; readonly table: string } | null;
  /**
   * Column → the stored columns that its value is copied or computed from, through any number of views. A column whose
   * expression cannot be followed has every column that the view depends on. A generated column is a stored one, and has
   * an entry of its own. Counts have none, and what only decides
   * which rows there are is not followed.
   */
  readonly columns: ReadonlyMap<string, readonly ColumnName[]>;
}

/** Where the values of views, partitions and generated columns come from. */
export type Lineage = readonly Derived[];

const own = `c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')`;

interface NameRow {
  readonly relation: number;
  readonly number: number;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

const namesStatement = `
  SELECT c.oid AS relation, a.attnum AS number, n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS table, a.attname::pg_catalog.text AS column
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE ${own}
  ORDER BY n.nspname, c.relname, a.attnum`;

interface ViewRow {
  readonly relation: number;
  readonly query: string;
  readonly relations: readonly number[];
  readonly numbers: readonly number[];
}

/** Every view with its parsed query, and all columns that its rule depends on. */
const viewsStatement = `
  SELECT c.oid AS relation, r.ev_action::pg_catalog.text AS query,
    ARRAY(SELECT d.refobjid FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> c.oid
      ORDER BY d.refobjid, d.refobjsubid) AS relations,
    ARRAY(SELECT d.refobjsubid FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> c.oid
      ORDER BY d.refobjid, d.refobjsubid) AS numbers
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
  WHERE c.relkind IN ('v', 'm') AND ${own}
  ORDER BY n.nspname, c.relname`;

interface PartitionRow {
  readonly relation: number;
  readonly parent: number;
}

const partitionsStatement = `
  SELECT i.inhrelid AS relation, i.inhparent AS parent
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${own} AND i.inhseqno = 1
  ORDER BY n.nspname, c.relname`;

interface GeneratedRow {
  readonly relation: number;
  readonly number: number;
  readonly behind: readonly number[];
}

/** Generated columns. Before version 15 it is the column that depends, and since then its expression. */
const generatedStatement = `
  SELECT a.attrelid AS relation, a.attnum AS number,
    ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid
        AND d.refobjsubid > 0 AND d.refobjsubid <> a.attnum
        AND (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
          OR d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum)
      ORDER BY d.refobjsubid) AS behind
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attgenerated <> '' AND NOT a.attisdropped
  JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  WHERE ${own}
  ORDER BY n.nspname, c.relname, a.attnum`;

/**
 * Reads where the values of database views, materialized views, partitions and generated columns come from. Any role may.
 * @throws the client's error when the source cannot be asked
 */
export async function readLineage(client: CatalogClient): Promise<Lineage> {
  const ask = async <Row>(statement: string): Promise<readonly Row[]> =>
    (await client.query(statement)).rows as readonly Row[];
  const names = new Names(await ask<NameRow>(namesStatement));
  const views = new Map(
    (await ask<ViewRow>(viewsStatement)).map((row) => [row.relation, columnsOf(row, names)]),
  );
  const partitions = await ask<PartitionRow>(partitionsStatement);
  return [
    ...[...views.keys()].flatMap((relation) => names.derivedView(relation, views)),
    ...partitions.flatMap((row) => names.derivedPartition(row)),
    ...names.derivedGenerated(await ask<GeneratedRow>(generatedStatement)),
  ];
}

type ViewColumns = ReadonlyMap<number, readonly NumberedColumn[]>;

/** What is directly behind each column of a view; where that cannot be told, everything that the view depends on. */
function columnsOf({ query, relations, numbers, relation }: ViewRow, names: Names): ViewColumns {
  const everything = relations.map((each, i) => ({ relation: each, column: numbers[i] ?? 0 }));
  const traced = traceQuery(query);
  return new Map(names.numbersOf(relation).map((number) => [number, traced?.get(number) ?? everything]));
}

function traceQuery(query: string): ReturnType<typeof queryColumns> | null {
  try {
    return queryColumns(parseNodeTree(query));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The names behind PostgreSQL's numbers. */
class Names {
  readonly #relations = new Map<number, Map<number, ColumnName>>();

  constructor(rows: readonly NameRow[]) {
    for (const { relation, number, schema, table, column } of rows) {
      const columns = this.#relations.get(relation) ?? new Map<number, ColumnName>();
      this.#relations.set(relation, columns.set(number, { schema, table, column }));
    }
  }

  numbersOf(relation: number): readonly number[] {
    return [...(this.#relations.get(relation)?.keys() ?? [])];
  }

  derivedView(relation: number, views: ReadonlyMap<number, ViewColumns>): readonly Derived[] {
    const [first] = this.#relations.get(relation)?.values() ?? [];
    if (first === undefined) return [];
    const columns = [...(views.get(relation) ?? [])].map(([number, sources]) => {
      const stored = new Map<string, ColumnName>();
      for (const source of sources) this.#collect(source, views, stored);
      return [this.#relations.get(relation)?.get(number)?.column ?? '', [...stored.values()]] as const;
    });
    return [
      { schema: first.schema, table: first.table, kind: 'view', parent: null, columns: new Map(columns) },
    ];
  }

  derivedPartition({ relation, parent }: PartitionRow): readonly Derived[] {
    const [first] = this.#relations.get(relation)?.values() ?? [];
    const above = [...(this.#relations.get(parent)?.values() ?? [])];
    if (first === undefined || above[0] === undefined) return [];
    const { schema, table } = above[0];
    const columns = [...(this.#relations.get(relation)?.values() ?? [])].map(
      ({ column }) => [column, above.filter((each) => each.column === column)] as const,
    );
    return [
      {
        schema: first.schema,
        table: first.table,
        kind: 'partition',
        parent: { schema, table },
        columns: new Map(columns),
      },
    ];
  }

  derivedGenerated(rows: readonly GeneratedRow[]): readonly Derived[] {
    const tables = new Map<number, Map<string, readonly ColumnName[]>>();
    for (const { relation, number, behind } of rows) {
      const columns = this.#relations.get(relation);
      const generated = columns?.get(number);
      if (columns === undefined || generated === undefined) continue;
      const found = tables.get(relation) ?? new Map<string, readonly ColumnName[]>();
      tables.set(
        relation,
        found.set(
          generated.column,
          behind.flatMap((each) => columns.get(each) ?? []),
        ),
      );
    }
    return [...tables].flatMap(([relation, columns]) => {
      const [first] = this.#relations.get(relation)?.values() ?? [];
      if (first === undefined) return [];
      return [
        { schema: first.schema, table: first.table, kind: 'generated' as const, parent: null, columns },
      ];
    });
  }

  /** The stored columns behind a column, which may be a view's own. Relations of the system hold nobody's data. */
  #collect(
    { relation, column }: NumberedColumn,
    views: ReadonlyMap<number, ViewColumns>,
    into: Map<string, ColumnName>,
  ): void {
    const numbers = column === 0 ? this.numbersOf(relation) : [column];
    for (const number of numbers) {
      const behind = views.get(relation)?.get(number);
      if (behind !== undefined) for (const each of behind) this.#collect(each, views, into);
      else {
        const name = this.#relations.get(relation)?.get(number);
        if (name !== undefined) into.set(`${relation}.${number}`, name);
      }
    }
  }
}
