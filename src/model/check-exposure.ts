import type { FieldsDraft, Loading } from './draft.js';
import type { ColumnField } from './model.js';

/** A column that one field gives away and another guards: the guard would be for show. */
export function checkExposure(types: readonly FieldsDraft[], { report }: Loading): void {
  const opened = new Map<string, ColumnField>();
  for (const { id, field } of columnFields(types)) if (field.mark.kind === 'open') opened.set(id, field);
  for (const { id, field, node } of columnFields(types)) {
    const open = opened.get(id);
    if (open === undefined || field.mark.kind === 'open') continue;
    const message = `${field.coordinate} is secret, but ${open.coordinate} gives the same column to everyone; mark both alike.`;
    report.problem(node, 'OPEN_AND_SECRET', message);
  }
}

function* columnFields(types: readonly FieldsDraft[]) {
  for (const { bound, fields } of types) {
    if (bound === null) continue;
    for (const { field, node } of fields.values()) {
      if (field?.kind !== 'column') continue;
      const id = JSON.stringify([bound.source, bound.table.schema, bound.table.name, field.column.name]);
      yield { id, field, node };
    }
  }
}
