import type { Column } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { FieldAccess } from '../view/index.js';

/**
 * What stands in an order, in a cursor and in the permitted rows for a field that is compared: its column; or where the
 * caller reads it masked, one of the field's own, whose space keeps it apart from any that SDL could bind by default.
 */
export function comparedColumn({ field, compared }: FieldAccess<ColumnField>): Column {
  return compared === 'READ' ? { ...field.column, name: `${field.name} read`, notNull: false } : field.column;
}
