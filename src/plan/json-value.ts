import { constant, join, param, sql } from '../base/index.js';
import { masks, type MaskSpec } from '../masks/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import { packTuple } from './record-keys.js';
import type { Given } from './selection.js';

const nothing: PlanSql = sql`null::pg_catalog.text`;

/** The two halves of a mask's key. A coordinate has a key of its own, so that equal values in two columns look unlike. */
function maskKey(coordinate: string, pad: 'inner' | 'outer'): PlanSql {
  const slot: PlanSlot = { id: `mask:${pad}:${coordinate}`, kind: 'mask', coordinate, pad };
  return param(slot, 'pg_catalog.bytea');
}

function masked(field: ColumnField, type: TypeModel, rows: PermittedRows): PlanSql {
  if (field.mark.kind === 'open') throw new Error(`${field.coordinate} has no mask`);
  const spec: MaskSpec = field.mark.mask;
  const target = { type: field.column.type, nullable: !field.column.notNull };
  return masks[spec.name].toSql<PlanSlot>(spec, target, {
    value: rows.column(field.column),
    record: packTuple(type.key, (column) => rows.column(column)),
    innerKey: maskKey(field.coordinate, 'inner'),
    outerKey: maskKey(field.coordinate, 'outer'),
  });
}

/** A value in the JSON form of its GraphQL type. Exact numbers travel as text. */
function jsonForm(value: PlanSql, field: ColumnField, enums: ReadonlyMap<string, EnumModel>): PlanSql {
  const { type, column } = field;
  if (type.kind === 'enum') {
    const labels = [...(enums.get(type.name)?.values ?? [])];
    if (labels.every(([name, label]) => name === label)) return sql`${value}::pg_catalog.text`;
    const arms = labels.map(([name, label]) => sql`when ${constant(label)} then ${constant(name)}`);
    return sql`case ${value}::pg_catalog.text ${join(arms, sql` `)} end`;
  }
  if (type.name === 'Base64')
    return sql`pg_catalog.replace(pg_catalog.encode(${value}, 'base64'), ${constant('\n')}, '')`;
  const asText =
    type.name === 'ID' || type.name === 'BigInt' || type.name === 'Decimal' || column.type.kind === 'bpchar';
  return asText ? sql`${value}::pg_catalog.text` : value;
}

/** What the response holds for a column field: the value, its mask, or null, by the decision and nothing else. */
export function columnJson(
  field: ColumnField,
  cell: Given,
  type: TypeModel,
  rows: PermittedRows,
  enums: ReadonlyMap<string, EnumModel>,
): PlanSql {
  switch (cell.kind) {
    case 'CLEAR':
      return jsonForm(rows.column(field.column), field, enums);
    case 'MASKED':
      return jsonForm(masked(field, type, rows), field, enums);
    case 'DENIED':
      return nothing;
    case 'BY_ROW': {
      const arms: PlanSql[] = [];
      if (cell.clear.length > 0)
        arms.push(
          sql`when ${rows.condition(cell.clear)} then ${jsonForm(rows.column(field.column), field, enums)}`,
        );
      if (cell.masked.length > 0)
        arms.push(
          sql`when ${rows.condition(cell.masked)} then ${jsonForm(masked(field, type, rows), field, enums)}`,
        );
      return sql`case ${join(arms, sql` `)} end`;
    }
  }
}
