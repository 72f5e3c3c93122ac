import type { Column, PgType, Table } from '../catalog/index.js';
import type { SuggestedMask } from './mask-for.js';
import type { Judgement } from './judgement.js';

/** A deployment on its way into files: what of the databases is served, and how. */
export interface Draft {
  readonly sources: readonly string[];
  readonly types: readonly TypeDraft[];
  readonly enums: readonly EnumDraft[];
  readonly composites: readonly CompositeDraft[];
  readonly notServed: readonly NotServed[];
}

export interface TypeDraft {
  readonly name: string;
  readonly source: string;
  readonly table: Table;
  readonly key: readonly string[];
  /** Name of the list, where the type's plural is not it. */
  readonly plural: string | null;
  readonly columns: readonly ColumnDraft[];
  readonly relations: readonly RelationDraft[];
  /** Relations that names suggest and no foreign key says. */
  readonly maybe: readonly RelationDraft[];
  /** Why there was no sample, or not of every column; null where all was seen. */
  readonly unsampled: string | null;
}

/** A composite type of a source: one type for all columns that are of it. */
export interface CompositeDraft {
  readonly name: string;
  readonly source: string;
  readonly type: PgType;
  readonly attributes: readonly ColumnDraft[];
}

/** A column, or an attribute of a composite. */
export interface ColumnDraft {
  readonly column: Column;
  /** Null where it cannot be served. */
  readonly field: { readonly name: string; readonly type: string } | null;
  /** Of an enum: its name, to find which file it belongs to. */
  readonly enumName: string | null;
  /** Of a composite: its name, whose attributes bear the marks. */
  readonly compositeName: string | null;
  /** Of an enum: its GraphQL values, else none. */
  readonly enumValues: readonly EnumValueDraft[];
  /** Why it is secret; null for what is open. */
  readonly judgement: Judgement | null;
  readonly mask: SuggestedMask | null;
  /** Why it may be grouped by; null where it should not, or is secret. */
  readonly dimension: string | null;
  /** A key is open whatever is thought of it, for the ledger and every cursor name it. */
  readonly isKey: boolean;
  /** Why it is not served, or where to look for its marks. */
  readonly note: string | null;
}

export interface RelationDraft {
  readonly name: string;
  /** As written: `Customer!`, `[Order!]!`. */
  readonly type: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Many to many: the table between, with its columns for `from` and for `to`; else null. */
  readonly through: LinkDraft | null;
  /** Why it stands as a comment; null for one that is served. */
  readonly note: string | null;
}

export interface LinkDraft {
  readonly schema: string;
  readonly name: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface EnumDraft {
  readonly name: string;
  readonly values: readonly EnumValueDraft[];
}

export interface EnumValueDraft {
  readonly name: string;
  /** The label that `@label` names; null where the name leads to it. */
  readonly label: string | null;
}

/** A table that no type can be bound to, with what its columns would be marked. */
export interface NotServed {
  readonly source: string;
  readonly table: Table;
  readonly reason: string;
  readonly marks: ReadonlyMap<string, Judgement>;
}

/** Whether the written mark is a secret: a key's is not, whatever is suggested. */
export function isMarkedSecret({ judgement, isKey }: ColumnDraft): boolean {
  return judgement !== null && !isKey;
}
