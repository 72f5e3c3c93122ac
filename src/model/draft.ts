import type { FieldDefinitionNode, ObjectTypeDefinitionNode, TypeNode } from 'graphql';
import { Kind } from 'graphql';
import type { Catalog, Column, Table } from '../catalog/index.js';
import { didYouMean } from '../base/index.js';
import type { Policy } from '../policy/index.js';
import type { CompositeModel, FieldModel } from './model.js';
import type { WrittenMark } from './marks.js';
import type { Report } from './report.js';

/** What every step of loading works with. */
export interface Loading {
  readonly policy: Policy;
  readonly catalogs: readonly Catalog[];
  /** Names of the keys that columns may be encrypted with. */
  readonly encryptionKeys: readonly string[];
  readonly report: Report;
}

/** The table of a type, as its source's catalogue has it. */
export interface BoundTable {
  readonly source: string;
  readonly table: Table;
  /** Columns of `@table(key:)`, or null. */
  readonly key: readonly string[] | null;
  /** Why the author vouches for it, where no catalogue guarantees it; else null. */
  readonly keyBecause: string | null;
  readonly plural: string | null;
}

/** A type on its way into the model. What could not be read is null, and reported; the rest goes on being checked. */
export interface TypeDraft {
  readonly name: string;
  readonly node: ObjectTypeDefinitionNode;
  readonly bound: BoundTable | null;
  readonly mark: WrittenMark | null;
}

/** A field with the SDL it comes from; `field` null where it could not be bound, and that is reported. */
export interface FieldDraft {
  readonly node: FieldDefinitionNode;
  readonly field: FieldModel | null;
}

/** A type whose fields have been bound. */
export interface FieldsDraft extends TypeDraft {
  readonly fields: ReadonlyMap<string, FieldDraft>;
}

/** Types by their fields, as far as these could be bound to columns: for what looks into composites. */
export function boundFields(
  composites: ReadonlyMap<string, FieldsDraft>,
): ReadonlyMap<string, Pick<CompositeModel, 'fields'>> {
  const bound = [...composites].map(([name, { fields }]) => {
    const columns = [...fields.values()].flatMap(({ field }) =>
      field?.kind === 'column' ? [[field.name, field] as const] : [],
    );
    return [name, { fields: new Map(columns) }] as const;
  });
  return new Map(bound);
}

/** `crm."sales"."customers"`, for messages. */
export function tableName({ source, table }: Pick<BoundTable, 'source' | 'table'>): string {
  return `${source}."${table.schema}"."${table.name}"`;
}

/** The column of that name; else null, and the sentence that says so. */
export function findColumn(
  bound: Pick<BoundTable, 'source' | 'table'>,
  name: string,
): { readonly column: Column } | { readonly problem: string } {
  const column = bound.table.columns.get(name);
  if (column !== undefined) return { column };
  const mend = didYouMean(name, bound.table.columns.keys());
  return { problem: `${tableName(bound)} has no column "${name}".${mend}` };
}

/** A field's type as written, taken apart. */
export interface WrittenType {
  readonly name: string;
  readonly nonNull: boolean;
  /** Of a list: whether its items are written with `!`, how deep it is, and whether anything within has a `!`. */
  readonly list: {
    readonly itemsNonNull: boolean;
    readonly depth: number;
    readonly nonNullWithin: boolean;
  } | null;
}

export function takeApart(type: TypeNode): WrittenType {
  const nonNull = type.kind === Kind.NON_NULL_TYPE;
  const inner = nonNull ? type.type : type;
  if (inner.kind === Kind.NAMED_TYPE) return { name: inner.name.value, nonNull, list: null };
  const item = takeApart(inner.type);
  const list = {
    itemsNonNull: item.nonNull,
    depth: 1 + (item.list?.depth ?? 0),
    nonNullWithin: item.nonNull || item.list?.nonNullWithin === true,
  };
  return { name: item.name, nonNull, list };
}
