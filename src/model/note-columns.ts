import { problemAt } from '../../directives/index.js';
import type { BoundRows } from './bind-rows.js';
import { tableName, type BoundTable, type FieldsDraft } from './draft.js';
import type { Report } from './report.js';

const idOf = ({ source, table }: BoundTable): string => JSON.stringify([source, table.schema, table.name]);

/** Columns of bound tables that the schema does not name: those that came since, and those that were left out on purpose. */
export function noteColumns(
  types: ReadonlyMap<string, FieldsDraft>,
  rows: ReadonlyMap<string, readonly BoundRows[]>,
  report: Report,
): void {
  const named = new Map<string, Set<string>>();
  const name = (
    bound: BoundTable | null | undefined,
    columns: readonly { readonly name: string }[],
  ): void => {
    if (bound == null) return;
    const found = named.get(idOf(bound)) ?? new Set();
    named.set(idOf(bound), found);
    for (const column of columns) found.add(column.name);
  };
  for (const type of types.values()) {
    for (const { binding } of rows.get(type.name) ?? [])
      if (binding.kind === 'column') name(type.bound, [binding.column]);
    for (const { field } of type.fields.values()) {
      if (field?.kind === 'column') name(type.bound, [field.column]);
      if (field?.kind !== 'relation') continue;
      name(type.bound, field.from);
      name(types.get(field.target)?.bound, field.to);
      for (const link of field.through?.types ?? [])
        name(types.get(link)?.bound, [...(field.through?.from ?? []), ...(field.through?.to ?? [])]);
    }
  }
  const told = new Set<string>();
  for (const { node, bound } of types.values()) {
    if (bound === null || told.has(idOf(bound))) continue;
    told.add(idOf(bound));
    const left = [...bound.table.columns.keys()].filter(
      (column) => named.get(idOf(bound))?.has(column) !== true,
    );
    if (left.length === 0) continue;
    const message = `No field gives ${left.map((column) => `"${column}"`).join(', ')} of ${tableName(bound)}; nobody reads it until one does, with a mark.`;
    report.note(problemAt(node, 'COLUMNS_NOT_EXPOSED', message));
  }
}
