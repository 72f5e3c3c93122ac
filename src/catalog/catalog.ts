/** What a source's own catalogue says. Pure data; `read.ts` fills it. */

/** What the gateway tells types apart by. Those of `pg_catalog` are called as they are there; any other is `unsupported`. */
export type PgKind =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'oid'
  | 'numeric'
  | 'money'
  | 'float4'
  | 'float8'
  | 'text'
  | 'varchar'
  | 'bpchar'
  | 'name'
  | 'char'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
  | 'timetz'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'jsonb'
  | 'xml'
  | 'bytea'
  | 'bit'
  | 'varbit'
  | 'inet'
  | 'cidr'
  | 'macaddr'
  | 'macaddr8'
  | 'point'
  | 'line'
  | 'lseg'
  | 'box'
  | 'path'
  | 'polygon'
  | 'circle'
  | 'tsvector'
  | 'tsquery'
  | 'pg_lsn'
  | 'enum'
  /** Of the extension of that name; it compares by operators of its own schema. */
  | 'citext'
  /** Any other type of an extension that is known to give each of its values out as text. */
  | 'extension'
  | 'array'
  | 'range'
  | 'multirange'
  | 'composite'
  | 'unsupported';

/** A type, or what is under a domain. */
export interface PgType {
  readonly kind: PgKind;
  /** As `format_type` prints it, for messages: `character varying(40)`. */
  readonly display: string;
  /** What a parameter is cast to, schema-qualified and quoted, without length: `pg_catalog.int4`, `"crm"."mood"`. */
  readonly cast: string;
  /** Where the type and its operators live: `pg_catalog`, or the schema of an enum or an extension. */
  readonly schema: string;
  /** Labels in their order; empty unless `kind` is `enum`. */
  readonly enumLabels: readonly string[];
  /** Of an array its items' type, whatever its dimensions; of a range or multirange the type of its bounds, where that is no domain; else null. */
  readonly element: PgType | null;
  /** Attributes in their order, none of them certain to be not null; empty unless `kind` is `composite`. */
  readonly attributes: ReadonlyMap<string, Column>;
}

/** The type of a single value: of an array that of its items, else the type itself. */
export function itemType(type: PgType): PgType {
  return type.kind === 'array' && type.element !== null ? type.element : type;
}

const comparable: ReadonlySet<PgKind> = new Set<PgKind>([
  ...(['bool', 'int2', 'int4', 'int8', 'oid', 'numeric', 'float4', 'float8', 'enum', 'uuid'] as const),
  ...(['text', 'varchar', 'bpchar', 'name', 'bytea', 'jsonb', 'bit', 'varbit', 'pg_lsn'] as const),
  ...(['date', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'] as const),
  ...(['inet', 'cidr', 'macaddr', 'macaddr8', 'citext'] as const),
]);

/**
 * Whether operators of the type tell equal values apart from others and order them, and fail for none. Those of `citext`
 * are in its own schema; of all others they are in `pg_catalog`. Geometric types compare areas, and money is written as the
 * locale has it.
 */
export function isComparable({ kind }: PgType): boolean {
  return comparable.has(kind);
}

/** A type of `pg_catalog` that is called like its kind. */
export function builtInType(kind: PgKind, display: string = kind): PgType {
  return {
    kind,
    display,
    cast: kind === 'char' ? 'pg_catalog."char"' : `pg_catalog.${kind}`,
    schema: 'pg_catalog',
    enumLabels: [],
    element: null,
    attributes: new Map(),
  };
}

export interface Column {
  readonly name: string;
  readonly type: PgType;
  /** What the catalogue guarantees: NOT NULL or part of a primary key; of a database view, what its query proves. */
  readonly notNull: boolean;
  /** Of a database view: whether an expression makes its values, which may fail for some row. */
  readonly computed?: true;
  readonly comment: string | null;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly schema: string;
  readonly table: string;
  readonly toColumns: readonly string[];
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned' | 'view' | 'materialized' | 'foreign';
  readonly columns: ReadonlyMap<string, Column>;
  readonly primaryKey: readonly string[] | null;
  /**
   * Every valid, non-partial unique index over plain columns, the primary key included; of a database view the keys of its
   * tables that its query is seen to pass on.
   */
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Leading columns of every valid index, in order; for the hints of `check`. */
  readonly indexes: readonly (readonly string[])[];
  readonly comment: string | null;
}

export interface Catalog {
  readonly source: string;
  /** `server_encoding`; the gateway serves UTF8 only. */
  readonly encoding: string;
  readonly tables: readonly Table[];
}

/** The table of that schema and name, or undefined. */
export function findTable(catalog: Catalog, schema: string, name: string): Table | undefined {
  return catalog.tables.find((table) => table.schema === schema && table.name === name);
}
