import { itemType } from '../catalog/index.js';
import { enumValueOf, scalarsFor } from '../model/index.js';
import { placeOf, type Change } from './change.js';
import type { ColumnDraft, EnumValueDraft } from './draft.js';
import type { Existing, ExistingComposite, ExistingField } from './existing.js';
import { columnLines, enumValueSdl } from './sdl.js';
import { targetOf } from './snapshot.js';

/** A table, or a composite type. */
export interface Whole {
  readonly name: string;
  readonly columns: readonly ColumnDraft[];
  readonly what: 'column' | 'attribute';
}

/**
 * What has changed in the columns of a table, or the attributes of a composite.
 * @param seen names of columns that the last run knew
 * @param told columns that a change says to write; grows
 */
export function columnChanges(
  { name, columns, what }: Whole,
  written: ExistingComposite,
  seen: ReadonlySet<string>,
  existing: Existing,
  told: ColumnDraft[],
): readonly Change[] {
  const base = { table: name, at: placeOf(written) };
  const added = columns
    .filter(
      ({ column }) => !seen.has(column.name) && !written.fields.some((field) => field.column === column.name),
    )
    .map((draft): Change => {
      told.push(draft);
      const todo = draft.field === null ? 'it is not served' : `add the field to ${written.name}`;
      const message = `A new ${what} (${draft.column.type.display}); ${todo}.`;
      return { ...base, kind: 'new-column', column: draft.column.name, message, lines: columnLines(draft) };
    });
  const others = written.fields.flatMap((field): readonly Change[] => {
    const at = `${written.file}:${field.line}`;
    const draft = columns.find(({ column }) => column.name === field.column);
    if (draft === undefined) {
      const message = `The ${what} is gone; remove ${written.name}.${field.name}.`;
      return [{ ...base, kind: 'removed-column', column: field.column, at, message, lines: [] }];
    }
    const changes = changedColumn(draft, field, what, { ...base, column: field.column, at }, existing);
    if (changes.some(({ kind }) => kind === 'changed-column')) told.push(draft);
    return changes;
  });
  return [...added, ...others];
}

function changedColumn(
  draft: ColumnDraft,
  field: ExistingField,
  what: Whole['what'],
  change: Pick<Change, 'table' | 'column' | 'at'>,
  existing: Existing,
): readonly Change[] {
  const { type, notNull } = draft.column;
  const name = targetOf(field);
  const values = existing.enums.get(name);
  const { kind } = itemType(type);
  const isComposite = existing.composites.some((each) => each.name === name);
  const fitting = isComposite ? 'composite' : 'enum';
  const isScalar = values === undefined && !isComposite;
  const fits =
    draft.field !== null &&
    field.type.startsWith('[') === (type.kind === 'array') &&
    (isScalar ? scalarsFor(kind).some((scalar) => scalar === name) : kind === fitting);
  if (!fits || (field.type.endsWith('!') && !notNull)) {
    const message = `The ${what} is ${type.display}${notNull ? '' : ', and may be null,'} now; ${field.name} is ${field.type}.`;
    return [{ ...change, kind: 'changed-column', message, lines: columnLines(draft) }];
  }
  return values === undefined ? [] : changedEnum(draft, name, values, change);
}

function changedEnum(
  { column, enumValues }: ColumnDraft,
  name: string,
  values: readonly EnumValueDraft[],
  change: Pick<Change, 'table' | 'column' | 'at'>,
): readonly Change[] {
  const { enumLabels, display } = itemType(column.type);
  const bound = values.map((value) => labelOf(value, enumLabels));
  const missing = enumValues.filter((_, i) => !bound.includes(enumLabels[i] ?? ''));
  const gone = values.filter((_, i) => bound[i] === null).map((value) => value.name);
  if (missing.length === 0 && gone.length === 0) return [];
  const tooMany = gone.length === 0 ? '' : `; without a label are ${gone.join(', ')}`;
  const message = `The labels of ${display} have changed; ${name} lacks ${missing.length}${tooMany}.`;
  return [{ ...change, kind: 'changed-enum', message, lines: missing.map(enumValueSdl) }];
}

/** The label that a written value stands for, as the model finds it; null for none. */
function labelOf({ name, label }: EnumValueDraft, labels: readonly string[]): string | null {
  const wanted = label ?? name;
  const found = labels.find((each) => each === wanted);
  return found ?? (label === null ? labels.find((each) => enumValueOf(each) === name) : undefined) ?? null;
}
