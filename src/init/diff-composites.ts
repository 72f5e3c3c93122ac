import type { ColumnDraft, CompositeDraft, Draft } from './draft.js';
import type { Existing, ExistingComposite, ExistingType } from './existing.js';
import { neededBy } from './files.js';
import { targetOf } from './snapshot.js';

/** Composites as people have written them, each with what the fields of its type are of in the databases. */
export function bindComposites(
  draft: Pick<Draft, 'types' | 'composites'>,
  typeOf: ReadonlyMap<string, ExistingType>,
  { composites }: Existing,
): ReadonlyMap<ExistingComposite, CompositeDraft> {
  const bound = new Map<ExistingComposite, CompositeDraft>();
  const bind = (columns: readonly ColumnDraft[], { fields }: ExistingComposite): void => {
    for (const field of fields) {
      const name = columns.find(({ column }) => column.name === field.column)?.compositeName ?? null;
      const composite = draft.composites.find((each) => each.name === name);
      const written = composites.find((each) => each.name === targetOf(field));
      if (composite === undefined || written === undefined || bound.has(written)) continue;
      bound.set(written, composite);
      bind(composite.attributes, written);
    }
  };
  for (const { source, table, columns } of draft.types) {
    const written = typeOf.get(JSON.stringify([source, table.schema, table.name]));
    if (written !== undefined) bind(columns, written);
  }
  return bound;
}

/** A column of a composite with its type called as people have called it. */
export function renameComposite(draft: ColumnDraft, names: ReadonlyMap<string, string>): ColumnDraft {
  const { compositeName, field } = draft;
  const name = compositeName === null ? undefined : names.get(compositeName);
  if (field === null || name === undefined) return draft;
  return {
    ...draft,
    compositeName: name,
    field: { ...field, type: field.type.replace(/\w+/, name) },
    note: draft.note?.replace(compositeName ?? '', name) ?? null,
  };
}

/** The composites that columns are of and nobody has written, with the SDL of each and of what it needs. */
export function missingComposites(
  columns: readonly ColumnDraft[],
  draft: Pick<Draft, 'enums' | 'composites'>,
  { composites, enums }: Existing,
): readonly { readonly composite: CompositeDraft; readonly lines: readonly string[] }[] {
  const told = new Set([...composites.map(({ name }) => name), ...enums.keys()]);
  return columns.flatMap((column) => {
    const composite = draft.composites.find(({ name }) => name === column.compositeName);
    if (composite === undefined || told.has(composite.name)) return [];
    return [{ composite, lines: neededBy([column], draft, told).flatMap((text) => text.split('\n')) }];
  });
}
