import type { Column, PgType } from '../catalog/index.js';
import type { Masking } from '../masks/index.js';
import type { Policy } from '../policy/index.js';

/**
 * SDL + policy + catalogues, checked against each other and frozen at start. Everything later is derived from this:
 * no stage reads SDL or a catalogue again.
 */

/** GraphQL scalars of the data schema. `Decimal` and `BigInt` travel as strings, exactly. */
export type ScalarName =
  | 'ID'
  | 'String'
  | 'Int'
  | 'Float'
  | 'Boolean'
  | 'BigInt'
  | 'Decimal'
  | 'Date'
  | 'DateTime'
  | 'LocalDateTime'
  | 'Time'
  | 'OffsetTime'
  | 'Interval'
  | 'UUID'
  | 'JSON'
  | 'XML'
  | 'Base64'
  | 'BitString'
  | 'Inet'
  | 'MacAddress'
  | 'Geometry'
  | 'Range';

export type Mark =
  | { readonly kind: 'open'; readonly dimension: boolean; readonly because: string | null }
  /** `mask` is what the SDL says, or the default of the type: redact for text, else nullify. */
  | ({ readonly kind: 'secret'; readonly secretClass: string } & Masking);

interface FieldBase {
  readonly name: string;
  /** `Type.field` */
  readonly coordinate: string;
  readonly mark: Mark;
  readonly description: string | null;
}

/** How a column is stored that only the gateway can read. */
export interface Encryption {
  /** The key, by its name in the configuration. */
  readonly key: string;
  /** The type of the values within: masks fit it, and values are given out as its. */
  readonly plainType: PgType;
}

export interface ColumnField extends FieldBase {
  readonly kind: 'column';
  readonly column: Column;
  /**
   * A scalar; or the name of a GraphQL enum in `Model.enums` whose values are the database's labels, or of a type in
   * `Model.composites`.
   */
  readonly type:
    | { readonly kind: 'scalar'; readonly name: ScalarName }
    | { readonly kind: 'enum' | 'composite'; readonly name: string };
  /** How many lists deep its values are: 0 for a single value, 1 for `[Int]`. */
  readonly lists: number;
  /** Where the column holds ciphertexts: how they are opened. */
  readonly encryption?: Encryption;
  /** As written: `!`, which the catalogue was seen to guarantee. */
  readonly nonNull: boolean;
}

/** A table whose rows link records of two types. What of it is not given out elsewhere is used in conditions alone. */
export interface RelationLink {
  readonly schema: string;
  readonly table: string;
  /** Its columns, pairwise with the relation's: to this type's, and to the target's. */
  readonly from: readonly Column[];
  readonly to: readonly Column[];
  /** The types that are bound to it: a link counts for whoever sees it as a record of each of them. */
  readonly types: readonly string[];
}

export interface RelationField extends FieldBase {
  readonly kind: 'relation';
  readonly target: string;
  readonly many: boolean;
  /** To-many as a plain bounded list (`list: true`) rather than a connection. */
  readonly list: boolean;
  /** Join columns: this type's and the target's, pairwise unless a table links them. */
  readonly from: readonly Column[];
  readonly to: readonly Column[];
  /** Many to many: the table between. Null where the join columns themselves are equal. */
  readonly through: RelationLink | null;
  /** Whether the target lives in another source. */
  readonly crossSource: boolean;
  /** To-one only: the catalogue guarantees a target for every row (NOT NULL columns under a foreign key). */
  readonly guaranteed: boolean;
}

export type FieldModel = ColumnField | RelationField;

/** How rows of a type belong to somebody. */
export type RowBinding =
  | { readonly kind: 'column'; readonly by: string; readonly column: Column }
  /** Through a to-one relation of the same source: the target's bindings of the same name decide. */
  | {
      readonly kind: 'via';
      readonly by: string;
      readonly relation: RelationField;
      readonly through: RowsThrough;
    }
  /** Shared with everyone; `by` null means for every key. */
  | { readonly kind: 'shared'; readonly by: string | null };

/** The table behind a `via`, and those of its type's bindings that are for the same `by`, or shared with everyone. */
export interface RowsThrough {
  readonly schema: string;
  readonly table: string;
  readonly bindings: readonly RowBinding[];
}

export interface TypeModel {
  readonly name: string;
  readonly description: string | null;
  readonly source: string;
  readonly schema: string;
  readonly table: string;
  /** Key columns in order; none is null and no two records share them, by the catalogue or by what is left out. */
  readonly key: readonly Column[];
  /** Those that the catalogue lets be null: rows in which one is are left out. */
  readonly keyNulls: readonly Column[];
  /** Where no catalogue tells that a key is a single row's: why its author says so. Rows that share one are left out. */
  readonly keyBecause: string | null;
  /** The fields that expose the key columns, in the same order: arguments of `customer(customerId:)`. */
  readonly keyFields: readonly ColumnField[];
  /** In SDL order. */
  readonly fields: ReadonlyMap<string, FieldModel>;
  readonly rows: readonly RowBinding[];
  /** The class of the type itself, where `@tradeSecret` stands on it: HIDDEN there hides the type. */
  readonly typeClass: string | null;
  /** Root fields: `customer` and `customers`. */
  readonly single: string;
  readonly plural: string;
}

/**
 * A composite type of the database: values within a record, whose attributes are fields with marks of their own. Where
 * the field that gives it out is a secret, all attributes are open: of the two one decides.
 */
export interface CompositeModel {
  readonly name: string;
  readonly description: string | null;
  /** In SDL order. */
  readonly fields: ReadonlyMap<string, ColumnField>;
}

export interface EnumModel {
  readonly name: string;
  readonly description: string | null;
  /** GraphQL value name → database label, in order. */
  readonly values: ReadonlyMap<string, string>;
}

export interface Model {
  readonly types: ReadonlyMap<string, TypeModel>;
  readonly enums: ReadonlyMap<string, EnumModel>;
  readonly composites: ReadonlyMap<string, CompositeModel>;
  readonly policy: Policy;
  /** Names of the sources that types are bound to. */
  readonly sources: readonly string[];
  /** All SDL, one text with a line naming each file; the ledger records it. */
  readonly sdl: string;
  /** SHA-256 of `sdl`. */
  readonly version: Buffer;
}

/** Which SQL kinds a GraphQL scalar can give out exactly. Held by `model` at start. */
export type ScalarFit = ReadonlyMap<ScalarName, readonly PgType['kind'][]>;
