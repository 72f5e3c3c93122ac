import { itemType, type Column, type PgKind } from '../catalog/index.js';
import { columnNameOf, scalarsFor } from '../model/index.js';
import type { CompositeMarks } from './composite-marks.js';
import type { CompositeDrafts } from './composites.js';
import type { ColumnDraft } from './draft.js';
import { enumValuesOf, type EnumNames } from './enums.js';
import type { Evidence } from './evidence.js';
import { fieldNameFrom, takeName } from './identifiers.js';
import type { Judgement } from './judgement.js';
import { maskFor } from './mask-for.js';

/** The types of a draft beside those of its tables, each made when a column asks for it. */
export interface Naming {
  readonly enums: EnumNames;
  readonly composites: CompositeDrafts;
}

/** Where a column, or an attribute of a composite, stands. */
interface Place {
  readonly source: string;
  /** Of the source's composites. */
  readonly marks: CompositeMarks;
  readonly naming: Naming;
  /** Names of the type's fields; grows. */
  readonly taken: Set<string>;
  readonly isKey: boolean;
  /** Whether a foreign key leads from it. */
  readonly isPointing: boolean;
}

interface Said {
  readonly judgement: Judgement | null;
  readonly evidence: Evidence | null;
}

/** A column as a field with its mark. Whether it may be grouped by is not asked here. */
export function draftColumn(column: Column, { judgement, evidence }: Said, place: Place): ColumnDraft {
  const { taken, isKey } = place;
  const type = fieldTypeOf(column, place);
  const field = 'type' in type ? { name: takeName(taken, fieldNames(column.name)), type: type.type } : null;
  const compositeName = 'compositeName' in type ? type.compositeName : null;
  // Of a composite that is served the attributes bear the marks.
  const own = compositeName === null ? judgement : null;
  return {
    column,
    field,
    enumName: 'enumName' in type ? type.enumName : null,
    compositeName,
    enumValues: enumValuesOf(itemType(column.type).enumLabels),
    judgement: own,
    mask: own === null || isKey ? null : maskFor(own, column, evidence),
    dimension: null,
    isKey,
    note: noteOf(type, judgement),
  };
}

type FieldType =
  | { readonly type: string }
  | { readonly type: string; readonly enumName: string }
  | { readonly type: string; readonly compositeName: string }
  | { readonly note: string };

function noteOf(type: FieldType, judgement: Judgement | null): string | null {
  if ('note' in type) return type.note;
  if (!('compositeName' in type) || judgement === null) return null;
  return `open as a whole; ${type.compositeName} marks what is secret in it`;
}

/** The GraphQL type that gives a column out exactly. Keys are IDs where they can be. */
function fieldTypeOf({ type, notNull }: Column, place: Place): FieldType {
  const { source, marks, naming, isKey, isPointing } = place;
  const item = itemType(type);
  // Arrays hold nulls and have any number of dimensions, so that nothing of a list is certain.
  const written = (name: string): string =>
    type.kind === 'array' ? `[${name}]` : `${name}${notNull ? '!' : ''}`;
  if (item.kind === 'enum') {
    const enumName = naming.enums.nameOf(item);
    return { type: written(enumName), enumName };
  }
  const scalar = scalarOf(item.kind, isKey || isPointing);
  if (scalar !== undefined) return { type: written(scalar) };
  if (item.kind !== 'composite')
    return {
      note: 'columns of this type are not served yet; leave it out, or add a column of another type that holds the same',
    };
  const compositeName = naming.composites.nameOf(source, item, marks, naming);
  return compositeName === null
    ? { note: 'no attribute of this type is served; leave it out' }
    : { type: written(compositeName), compositeName };
}

/** The scalar that says most about a kind: a key's is ID, and text is what nothing else says. */
function scalarOf(kind: PgKind, isKey: boolean): string | undefined {
  const scalars = scalarsFor(kind);
  if (isKey && scalars.includes('ID')) return 'ID';
  return (
    scalars.find((name) => name !== 'ID' && name !== 'String') ?? scalars.find((name) => name === 'String')
  );
}

function fieldNames(column: string): readonly string[] {
  const name = fieldNameFrom(column);
  return [name, `${name}Value`];
}

/** Whether the field's own name leads to the column, without `@column`. */
export function namesItself(field: string, column: string): boolean {
  return columnNameOf(field) === column;
}
