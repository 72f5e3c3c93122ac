import { join, sql } from '../base/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import { jsonForm } from './json-form.js';
import { textOf, type JsonText } from './json-text.js';
import { maskedValue } from './masked-value.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { Given } from './selection.js';

/** What the response holds for a column field: the value, its mask, or null, by the decision and nothing else. */
export function columnJson(
  field: ColumnField,
  cell: Given,
  type: TypeModel,
  rows: PermittedRows,
  enums: ReadonlyMap<string, EnumModel>,
): JsonText {
  const clear = () => jsonForm(rows.column(field.column), !field.column.notNull, field, enums);
  const masked = () => {
    const { value, nullable } = maskedValue(field, type, (column) => rows.column(column));
    return jsonForm(value, nullable, field, enums);
  };
  switch (cell.kind) {
    case 'CLEAR':
      return clear();
    case 'MASKED':
      return masked();
    case 'DENIED':
      return ['null'];
    case 'BY_ROW': {
      const arms: PlanSql[] = [];
      if (cell.clear.length > 0) arms.push(sql`when ${rows.condition(cell.clear)} then ${textOf(clear())}`);
      if (cell.masked.length > 0)
        arms.push(sql`when ${rows.condition(cell.masked)} then ${textOf(masked())}`);
      return [sql`case ${join(arms, sql` `)} else 'null' end`];
    }
  }
}
