import { readEncrypted } from '../../directives/index.js';
import type { Column } from '../catalog/index.js';
import type { FieldDraft, FieldsDraft, Loading } from './draft.js';
import type { ColumnField, RelationField } from './model.js';

/** An encrypted field, and where it stands. */
interface EncryptedField {
  readonly field: ColumnField;
  readonly node: FieldDraft['node'];
  readonly column: string;
}

/**
 * What columns of ciphertexts cannot be: compared, and so joined; or given by a second field, for each value is bound to
 * one. (That keys and row rules are not of type bytea, `bind-key` and `bind-rows` see to.)
 */
export function checkEncryption(
  types: readonly FieldsDraft[],
  composites: readonly FieldsDraft[],
  { report }: Loading,
): void {
  for (const { field, node } of columnFields(composites)) {
    if (readEncrypted(node) === null) continue;
    const message = `${field.coordinate} is an attribute of a composite value, which is not bound to a record's key; remove @encrypted, and encrypt a column.`;
    report.problem(node, 'ENCRYPTED_ATTRIBUTE', message);
  }

  const encrypted = new Map<string, EncryptedField>();
  for (const { field, node, column } of columnFields(types))
    if (field.encryption !== undefined && !encrypted.has(column))
      encrypted.set(column, { field, node, column });

  for (const { field, node, column } of columnFields(types)) {
    const first = encrypted.get(column);
    if (first === undefined || first.field === field) continue;
    const message = `${field.coordinate} gives the column of ${first.field.coordinate}, whose values are bound to that field; keep one of them.`;
    report.problem(node, 'ENCRYPTED_TWICE', message);
  }

  const byName = new Map(types.map((type) => [type.name, type]));
  for (const type of types) {
    for (const { field, node } of type.fields.values()) {
      if (field?.kind !== 'relation') continue;
      if (readEncrypted(node) !== null) {
        const message = `${field.coordinate} is a relation, which stores nothing; remove @encrypted.`;
        report.problem(node, 'ENCRYPTED_RELATION', message);
      }
      const columns = [
        ...field.from.map((column) => columnId(type, column)),
        ...field.to.map((column) => columnId(byName.get(field.target) ?? type, column)),
        ...linkColumns(type, field),
      ];
      const joined = columns.map((id) => encrypted.get(id)).find((found) => found !== undefined);
      if (joined === undefined) continue;
      const message = `${field.coordinate} joins by the column of ${joined.field.coordinate}, which is stored encrypted: equal values have unlike ciphertexts. Join by another column.`;
      report.problem(node, 'ENCRYPTED_JOIN', message);
    }
  }
}

/** Columns of the table that a relation goes through. */
function linkColumns({ bound }: FieldsDraft, { through }: RelationField): readonly string[] {
  if (through === null) return [];
  return [...through.from, ...through.to].map(({ name }) =>
    JSON.stringify([bound?.source, through.schema, through.table, name]),
  );
}

function columnId({ bound }: FieldsDraft, { name }: Column): string {
  return JSON.stringify([bound?.source, bound?.table.schema, bound?.table.name, name]);
}

function* columnFields(types: readonly FieldsDraft[]): Generator<EncryptedField> {
  for (const type of types)
    for (const { field, node } of type.fields.values())
      if (field?.kind === 'column') yield { field, node, column: columnId(type, field.column) };
}
