import { param } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import { fixedText, keyAudience, maskIsNullable, maskSql, type MaskSpec } from '../masks/index.js';
import type { ColumnField, TypeModel } from '../model/index.js';
import type { PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import { packTuple } from './record-keys.js';

/** The two halves of a mask's key. A coordinate has a key of its own, so that equal values in two columns look unlike. */
function maskKey(coordinate: string, spec: MaskSpec, pad: 'inner' | 'outer'): PlanSql {
  const shared = keyAudience(spec) === 'everyone';
  const slot: PlanSlot = { id: `mask:${pad}:${coordinate}`, kind: 'mask', coordinate, shared, pad };
  return param(slot, 'pg_catalog.bytea');
}

/** The text that every value of a field looks like masked, without anything that JSON escapes; null where there is none. */
export function maskedText({ mark, column, type }: ColumnField): string | null {
  // Of a GraphQL enum, what is given out is a name and not the text.
  if (mark.kind === 'open' || type.kind === 'enum') return null;
  return fixedText(mark, { type: column.type, nullable: !column.notNull });
}

/**
 * How a value looks masked: that of a column, or of an attribute of one.
 * @param type of the record that the value is in
 * @param read gives the record's columns
 */
export function maskedValue(
  { mark, column, coordinate }: ColumnField,
  value: PlanSql,
  type: TypeModel,
  read: (column: Column) => PlanSql,
): { readonly value: PlanSql; readonly nullable: boolean } {
  if (mark.kind === 'open') throw new Error(`${coordinate} has no mask`);
  const target = { type: column.type, nullable: !column.notNull };
  const masked = maskSql<PlanSlot>(mark, target, {
    value,
    record: packTuple(type.key, read),
    innerKey: maskKey(coordinate, mark.mask, 'inner'),
    outerKey: maskKey(coordinate, mark.mask, 'outer'),
  });
  return { value: masked, nullable: maskIsNullable(mark, target) };
}
