/** What a source's own catalogue says. Pure data; `read.ts` fills it. */

/** The built-in types that the gateway can give out and compare totally; any other is `unsupported`. */
export type PgKind =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'numeric'
  | 'float4'
  | 'float8'
  | 'text'
  | 'varchar'
  | 'bpchar'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
  | 'uuid'
  | 'json'
  | 'jsonb'
  | 'bytea'
  | 'enum'
  | 'unsupported';

export interface PgType {
  readonly kind: PgKind;
  /** As `format_type` prints it, for messages: `character varying(40)`. */
  readonly display: string;
  /** What a parameter is cast to, schema-qualified and quoted, without length: `pg_catalog.int4`, `"crm"."mood"`. */
  readonly cast: string;
  /** Labels in their order; empty unless `kind` is `enum`. */
  readonly enumLabels: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: PgType;
  /** What the catalogue guarantees: NOT NULL or part of a primary key; never assumed for a database view. */
  readonly notNull: boolean;
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
  /** Every valid, non-partial unique index over plain columns, the primary key included. */
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
