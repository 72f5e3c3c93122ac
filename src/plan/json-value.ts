import { ident, join, sql } from '../base/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import { jsonForm, listForm } from './json-form.js';
import { jsonObject, textOf, type JsonText } from './json-text.js';
import { maskedText, maskedValue } from './masked-value.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { ValueItem } from './selection.js';

/** The record that a value is of. */
export interface OfRecord {
  readonly type: TypeModel;
  readonly rows: PermittedRows;
  readonly enums: ReadonlyMap<string, EnumModel>;
}

/** The field as its values are: of ciphertexts, what is within. */
function inClear(field: ColumnField): ColumnField {
  const { column, encryption } = field;
  return encryption === undefined ? field : { ...field, column: { ...column, type: encryption.plainType } };
}

/** A composite as an object; one whose attributes are all null is not null itself. */
function compositeJson(
  value: PlanSql,
  { items }: Extract<ValueItem, { kind: 'composite' }>,
  record: OfRecord,
  within: number,
): JsonText {
  const members = items.map((item) => ({
    name: item.name,
    value:
      item.kind === 'typename'
        ? [`"${item.typeName}"`]
        : valueJson(item, () => sql`(${value}).${ident(item.field.column.name)}`, record, within),
  }));
  return [sql`case when ${value} is distinct from null then ${textOf(jsonObject(members))} else 'null' end`];
}

/**
 * What the response holds for a value: itself, its mask, or null, by the decision and nothing else.
 * @param read gives the column, or the attribute of one; what is not asked for is not in the statement
 * @param within how many lists the value is in
 * @param opened what stands for the value where the database cannot read it
 */
export function valueJson(
  item: ValueItem,
  read: () => PlanSql,
  record: OfRecord,
  within = 0,
  opened: (() => JsonText) | null = null,
): JsonText {
  const { field, cell } = item;
  const clear = () => {
    if (opened !== null) return opened();
    const value = read();
    const nullable = !field.column.notNull;
    return item.kind === 'column'
      ? jsonForm(value, nullable, field, within, record.enums)
      : listForm(value, nullable, field, within, (one) =>
          compositeJson(one, item, record, within + field.lists),
        );
  };
  const masked = () => {
    // No mask of a composite gives anything but null.
    if (item.kind === 'composite') return ['null'];
    const shown = inClear(field);
    const text = maskedText(shown);
    if (text !== null) return [`"${text}"`];
    // Of ciphertexts not even the column is named.
    const result = maskedValue(
      shown,
      field.encryption === undefined ? read() : sql`null`,
      record.type,
      (column) => record.rows.column(column),
    );
    return jsonForm(result.value, result.nullable, shown, within, record.enums);
  };
  switch (cell.kind) {
    case 'CLEAR':
      return clear();
    case 'MASKED':
      return masked();
    case 'DENIED':
      return ['null'];
    case 'BY_ROW': {
      const { rows } = record;
      const arms: PlanSql[] = [];
      if (cell.clear.length > 0) arms.push(sql`when ${rows.condition(cell.clear)} then ${textOf(clear())}`);
      if (cell.masked.length > 0)
        arms.push(sql`when ${rows.condition(cell.masked)} then ${textOf(masked())}`);
      return [sql`case ${join(arms, sql` `)} else 'null' end`];
    }
  }
}
