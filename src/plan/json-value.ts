import { join, param, sql } from '../base/index.js';
import { masks, type MaskSpec } from '../masks/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import { jsonForm } from './json-form.js';
import { textOf, type JsonText } from './json-text.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import { packTuple } from './record-keys.js';
import type { Given } from './selection.js';

/** The two halves of a mask's key. A coordinate has a key of its own, so that equal values in two columns look unlike. */
function maskKey(coordinate: string, pad: 'inner' | 'outer'): PlanSql {
  const slot: PlanSlot = { id: `mask:${pad}:${coordinate}`, kind: 'mask', coordinate, pad };
  return param(slot, 'pg_catalog.bytea');
}

function maskedValue(
  field: ColumnField,
  type: TypeModel,
  rows: PermittedRows,
): { readonly value: PlanSql; readonly nullable: boolean } {
  if (field.mark.kind === 'open') throw new Error(`${field.coordinate} has no mask`);
  const spec: MaskSpec = field.mark.mask;
  const target = { type: field.column.type, nullable: !field.column.notNull };
  const mask = masks[spec.name];
  const value = mask.toSql<PlanSlot>(spec, target, {
    value: rows.column(field.column),
    record: packTuple(type.key, (column) => rows.column(column)),
    innerKey: maskKey(field.coordinate, 'inner'),
    outerKey: maskKey(field.coordinate, 'outer'),
  });
  return { value, nullable: mask.nullable(spec, target) };
}

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
    const { value, nullable } = maskedValue(field, type, rows);
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
