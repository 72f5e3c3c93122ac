import { ident, sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { ColumnField, Encryption, RelationField } from '../model/index.js';
import { levelDisclosures, sentDescriptor, type LevelDisclosure } from './disclosures.js';
import { jsonObject, orNull, textOf, type JsonText } from './json-text.js';
import { valueJson } from './json-value.js';
import type { PermittedRows, PlanSql } from './permitted-rows.js';
import { packedLayout, packTuple } from './record-keys.js';
import type { Given, Level, LevelItem, Records } from './selection.js';
import type { Gathered, StatementScope } from './statement-scope.js';

/** The rows a level stands on, and where it leaves what they bring along. */
interface Ground {
  readonly rows: PermittedRows;
  readonly gathered: Gathered;
  readonly scope: StatementScope;
}

/** The fields of a level as one object; adds the laterals and packs that its rows bring along. */
export function levelJson(
  level: Level,
  rows: PermittedRows,
  gathered: Gathered,
  scope: StatementScope,
): JsonText {
  const ground: Ground = { rows, gathered, scope };
  packRecords(level, ground);
  return jsonObject(level.items.map((item) => ({ name: item.name, value: itemJson(item, level, ground) })));
}

/** Hands up the keys of a level's rows, for the ledger: also of a level that shows no field of them but that they exist. */
export function packRecords(level: Level, { rows, gathered, scope }: Ground): void {
  const keys = packTuple(level.access.type.key, (column) => rows.column(column));
  for (const { descriptor, when } of levelDisclosures(level))
    gathered.values.push({
      output: scope.pack(descriptor, rows.distinct),
      value: whenHolds(keys, when, rows),
    });
}

/** The keys of rows for which a condition of a disclosure holds. */
function whenHolds(keys: PlanSql, when: LevelDisclosure['when'], rows: PermittedRows): PlanSql {
  if (when === null) return keys;
  if (when.masked === null) return sql`case when ${rows.condition(when.clear)} then ${keys} end`;
  const clear = when.clear.length === 0 ? sql`` : sql` when ${rows.condition(when.clear)} then null`;
  return sql`case${clear} when ${rows.condition(when.masked)} then ${keys} end`;
}

function itemJson(item: LevelItem, { access }: Level, ground: Ground): JsonText {
  if (item.kind === 'typename') return [`"${item.typeName}"`];
  if (item.kind === 'column' || item.kind === 'composite') {
    const { rows, scope } = ground;
    const record = { type: access.type, rows, enums: scope.context.enums };
    const { encryption } = item.field;
    const opened =
      item.kind === 'composite' || encryption === undefined
        ? null
        : () => ciphertext(item.field, encryption, item.cell, ground);
    return valueJson(item, () => rows.column(item.field.column), record, 0, opened);
  }
  if (item.cell.kind === 'DENIED' || item.cell.kind === 'MASKED') return ['null'];
  const condition = item.cell.kind === 'BY_ROW' ? ground.rows.condition(item.cell.clear) : null;
  const relation = item.field.crossSource ? crossSource : sameSource;
  const value = relation(item.field, item.records, condition, ground);
  return condition === null ? value : [sql`case when ${condition} then ${textOf(value)} else 'null' end`];
}

/** Nested records of the same source are a lateral subselect. */
function sameSource(
  field: RelationField,
  records: Records,
  condition: PlanSql | null,
  { rows, gathered, scope }: Ground,
): JsonText {
  const isLinked = field.through !== null;
  const matching = isLinked
    ? []
    : field.to.map((column, i) => ({ column, value: rows.column(paired(field.from, i)) }));
  const linked = isLinked ? (found: PermittedRows) => found.linkedTo(rows, field) : null;
  const above = { access: rows.access, relation: field, distinct: rows.distinct };
  const name = scope.names.next('l');
  const inner = scope.build.records(records, { matching, above, linked, byKey: false, condition }, scope);
  gathered.from.push(sql` left join lateral (${inner.sql}) as ${ident(name)} on true`);
  for (const output of inner.outputs) gathered.values.push({ output, value: ident(name, output.name) });
  // A record may be missing; many are an array, if of none.
  const json = ident(name, 'j');
  return records.kind === 'record' ? orNull(json) : [json];
}

/** Records of another source are a hole: the gateway fetches them for all rows at once. */
function crossSource(
  field: RelationField,
  records: Records,
  condition: PlanSql | null,
  { rows, gathered, scope }: Ground,
): JsonText {
  const { output, marker } = scope.hole({
    kind: 'relation',
    layout: packedLayout(field.from),
    batch: scope.build.batch(field, records, scope.context),
    sent: sentDescriptor(records.access, field),
  });
  const inputs = packTuple(field.from, (column) => rows.column(column));
  gathered.values.push({
    output,
    value: condition === null ? inputs : sql`case when ${condition} then ${inputs} end`,
  });
  return marker;
}

/** A value that the database cannot read is a hole: the gateway opens it for the rows on which it is clear. */
function ciphertext(
  { coordinate, column }: ColumnField,
  encryption: Encryption,
  cell: Given,
  { rows, gathered, scope }: Ground,
): JsonText {
  const inputs = [...rows.access.type.key, column];
  const { output, marker } = scope.hole({
    kind: 'cipher',
    layout: packedLayout(inputs),
    coordinate,
    encryption,
  });
  const packed = packTuple(inputs, (each) => rows.column(each));
  gathered.values.push({
    output,
    value: cell.kind === 'BY_ROW' ? sql`case when ${rows.condition(cell.clear)} then ${packed} end` : packed,
  });
  return marker;
}

function paired(columns: readonly Column[], i: number): Column {
  const column = columns[i];
  if (column === undefined) throw new Error('join columns come in pairs');
  return column;
}
