import {
  Kind,
  parse,
  print,
  Source,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { readColumn, readLabel, readRelation, readTable } from '../../directives/index.js';
import { columnNameOf, type SdlFile } from '../model/index.js';
import type { EnumValueDraft, RelationDraft } from './draft.js';

/** A deployment's SDL as people have left it, as far as a comparison with the databases needs it. */
export interface Existing {
  readonly types: readonly ExistingType[];
  /** Types without `@table`. */
  readonly composites: readonly ExistingComposite[];
  /** Enum → its values. */
  readonly enums: ReadonlyMap<string, readonly EnumValueDraft[]>;
}

/** A type that stands for a composite type of a database; which one, the fields of its type tell. */
export interface ExistingComposite {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly fields: readonly ExistingField[];
}

export interface ExistingType extends ExistingComposite {
  readonly source: string;
  readonly schema: string;
  readonly table: string;
  readonly relations: readonly ExistingRelation[];
}

export interface ExistingField {
  readonly name: string;
  readonly line: number;
  readonly column: string;
  /** As written: `String!`. */
  readonly type: string;
}

export type ExistingRelation = Pick<RelationDraft, 'from' | 'to' | 'through' | 'type'>;

/** @throws GraphQLError for SDL that does not parse */
export function readExisting(files: readonly SdlFile[]): Existing {
  const types: ExistingType[] = [];
  const composites: ExistingComposite[] = [];
  const enums = new Map<string, readonly EnumValueDraft[]>();
  for (const { file, text } of files) {
    if (text.replaceAll(/#.*/g, '').trim() === '') continue;
    for (const node of parse(new Source(text, file)).definitions) {
      if (node.kind === Kind.ENUM_TYPE_DEFINITION) enums.set(node.name.value, valuesOf(node));
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      if (readTable(node) === null) composites.push(fieldsOf(node, file));
      else types.push(...typeOf(node, file));
    }
  }
  return { types, composites, enums };
}

function valuesOf({ values }: EnumTypeDefinitionNode): readonly EnumValueDraft[] {
  return (values ?? []).map((node) => {
    const label = readLabel(node);
    return { name: node.name.value, label: label !== null && 'says' in label ? label.says.is : null };
  });
}

function typeOf(node: ObjectTypeDefinitionNode, file: string): readonly ExistingType[] {
  const table = readTable(node);
  if (table === null || 'problems' in table) return [];
  const { source, schema, name } = table.says;
  const relations = (node.fields ?? []).flatMap(relationOf);
  return [{ ...fieldsOf(node, file), source, schema, table: name, relations }];
}

function fieldsOf({ name, fields = [] }: ObjectTypeDefinitionNode, file: string): ExistingComposite {
  return {
    name: name.value,
    file,
    line: name.loc?.startToken.line ?? 0,
    fields: fields.filter((field) => readRelation(field) === null).map(fieldOf),
  };
}

function fieldOf(node: FieldDefinitionNode): ExistingField {
  const column = readColumn(node);
  return {
    name: node.name.value,
    line: node.name.loc?.startToken.line ?? 0,
    column: column !== null && 'says' in column ? column.says.name : columnNameOf(node.name.value),
    type: print(node.type),
  };
}

function relationOf(node: FieldDefinitionNode): readonly ExistingRelation[] {
  const relation = readRelation(node);
  if (relation === null || 'problems' in relation) return [];
  const { from, to, through } = relation.says;
  return [{ from, to, through, type: print(node.type) }];
}
