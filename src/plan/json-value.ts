import { ident, join, param, sql } from '../base/index.js';
import { masks, type MaskSpec } from '../masks/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import { jsonForm, listForm } from './json-form.js';
import { jsonObject, textOf, type JsonText } from './json-text.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import { packTuple } from './record-keys.js';
import type { ValueItem } from './selection.js';

/** The two halves of a mask's key. A coordinate has a key of its own, so that equal values in two columns look unlike. */
function maskKey(coordinate: string, pad: 'inner' | 'outer'): PlanSql {
  const slot: PlanSlot = { id: `mask:${pad}:${coordinate}`, kind: 'mask', coordinate, pad };
  return param(slot, 'pg_catalog.bytea');
}

/** The record that a value is of. */
export interface OfRecord {
  readonly type: TypeModel;
  readonly rows: PermittedRows;
  readonly enums: ReadonlyMap<string, EnumModel>;
}

function maskedValue(
  field: ColumnField,
  value: PlanSql,
  { type, rows }: OfRecord,
): { readonly value: PlanSql; readonly nullable: boolean } {
  if (field.mark.kind === 'open') throw new Error(`${field.coordinate} has no mask`);
  const spec: MaskSpec = field.mark.mask;
  const target = { type: field.column.type, nullable: !field.column.notNull };
  const mask = masks[spec.name];
  const masked = mask.toSql<PlanSlot>(spec, target, {
    value,
    record: packTuple(type.key, (column) => rows.column(column)),
    innerKey: maskKey(field.coordinate, 'inner'),
    outerKey: maskKey(field.coordinate, 'outer'),
  });
  return { value: masked, nullable: mask.nullable(spec, target) };
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
 */
export function valueJson(item: ValueItem, read: () => PlanSql, record: OfRecord, within = 0): JsonText {
  const { field, cell } = item;
  const clear = () => {
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
    const result = maskedValue(field, read(), record);
    return jsonForm(result.value, result.nullable, field, within, record.enums);
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
