import { constant, join, param, sql } from '../base/index.js';
import type { PgKind } from '../catalog/index.js';
import { keyAudience, maskIsNullable, maskSql, type MaskSpec } from '../masks/index.js';
import type { ColumnField, EnumModel, TypeModel } from '../model/index.js';
import { orNull, textOf, type JsonText } from './json-text.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import { packTuple } from './record-keys.js';
import type { Given } from './selection.js';

/** The two halves of a mask's key. A coordinate has a key of its own, so that equal values in two columns look unlike. */
function maskKey(coordinate: string, spec: MaskSpec, pad: 'inner' | 'outer'): PlanSql {
  const shared = keyAudience(spec) === 'everyone';
  const slot: PlanSlot = { id: `mask:${pad}:${coordinate}`, kind: 'mask', coordinate, shared, pad };
  return param(slot, 'pg_catalog.bytea');
}

function maskedValue(
  field: ColumnField,
  type: TypeModel,
  rows: PermittedRows,
): { readonly value: PlanSql; readonly nullable: boolean } {
  const { mark } = field;
  if (mark.kind === 'open') throw new Error(`${field.coordinate} has no mask`);
  const target = { type: field.column.type, nullable: !field.column.notNull };
  const value = maskSql<PlanSlot>(mark, target, {
    value: rows.column(field.column),
    record: packTuple(type.key, (column) => rows.column(column)),
    innerKey: maskKey(field.coordinate, mark.mask, 'inner'),
    outerKey: maskKey(field.coordinate, mark.mask, 'outer'),
  });
  return { value, nullable: maskIsNullable(mark, target) };
}

/** Kinds whose text needs no escape between quotation marks. */
const plain: ReadonlySet<PgKind> = new Set(['int2', 'int4', 'int8', 'numeric', 'uuid', 'date']);

function enumName(value: PlanSql, { values }: EnumModel): PlanSql {
  const labels = [...values];
  if (labels.every(([name, label]) => name === label)) return sql`${value}::pg_catalog.text`;
  const arms = labels.map(([name, label]) => sql`when ${constant(label)} then ${constant(name)}`);
  return sql`case ${value}::pg_catalog.text ${join(arms, sql` `)} end`;
}

const quoted = (text: PlanSql, nullable: boolean): JsonText =>
  nullable ? orNull(sql`'"' || ${text} || '"'`) : ['"', text, '"'];
const bare = (text: PlanSql, nullable: boolean): JsonText => (nullable ? orNull(text) : [text]);
const escaped = (value: PlanSql, nullable: boolean): JsonText =>
  bare(sql`pg_catalog.to_json(${value})::pg_catalog.text`, nullable);

/** A value in the JSON form of its GraphQL type. Exact numbers travel as text. */
function jsonForm(
  value: PlanSql,
  nullable: boolean,
  { type, column }: ColumnField,
  enums: ReadonlyMap<string, EnumModel>,
): JsonText {
  const text = sql`${value}::pg_catalog.text`;
  const { kind } = column.type;
  const labels = type.kind === 'enum' ? enums.get(type.name) : undefined;
  // A label that the database learnt after the start has no name here and is null.
  if (labels !== undefined) return escaped(enumName(value, labels), true);
  if (type.name === 'Int' || type.name === 'Boolean') return bare(text, nullable);
  if (plain.has(kind)) return quoted(text, nullable);
  if (kind === 'bytea')
    return quoted(
      sql`pg_catalog.replace(pg_catalog.encode(${value}, 'base64'), ${constant('\n')}, '')`,
      nullable,
    );
  return escaped(kind === 'bpchar' ? text : value, nullable);
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
