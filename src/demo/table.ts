/** A demo database as data: what `build.ts` makes tables, rows, comments and grants of. */

export interface DemoColumn {
  /** Type and constraints, as in CREATE TABLE. */
  readonly type: string;
  readonly comment: string;
  /** Whether the gateway's role may read it: schema/*.graphql names it, or a row rule does. */
  readonly granted: boolean;
}

/** A column of ciphertexts, sealed before the rows are made, so that no value in clear is ever stored. */
export interface DemoSealed {
  readonly column: string;
  /** The field that gives it out, to which values are bound. */
  readonly coordinate: string;
  /** Name of the key in the configuration. */
  readonly key: string;
  /** A SELECT of the record's number and its value. */
  readonly values: string;
}

export interface DemoTable {
  readonly name: string;
  readonly comment: string;
  /** In the order of `rows`. */
  readonly columns: Readonly<Record<string, DemoColumn>>;
  /** Column that numbers itself once the rows are there, for those who go on writing. */
  readonly identity: string | null;
  /**
   * A SELECT of every column in order, with the functions of `generator`, of which `sealed(record)` gives what was sealed;
   * may read tables that come before.
   */
  readonly rows: string;
  /** Absent where nothing of the table is stored encrypted. */
  readonly sealed?: DemoSealed;
  /** Keys and checks. */
  readonly constraints: readonly string[];
  /** Foreign keys: column → table of the same schema. */
  readonly references: Readonly<Record<string, string>>;
  /** Column lists of indexes. */
  readonly indexes: readonly string[];
}

export interface DemoDatabase {
  /** Of the database, and of the one schema in it. */
  readonly name: string;
  readonly comment: string;
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** In the order in which they are filled. */
  readonly tables: readonly DemoTable[];
}

/** A column that the gateway's role may read. */
export function granted(type: string, comment: string): DemoColumn {
  return { type, comment, granted: true };
}

/** A column that never leaves the database: not in the SDL, and not granted. */
export function kept(type: string, comment: string): DemoColumn {
  return { type, comment, granted: false };
}
