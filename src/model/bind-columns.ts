import type { FieldDefinitionNode } from 'graphql';
import { readColumn } from '../../directives/index.js';
import type { Column } from '../catalog/index.js';
import { findColumn, tableName, takeApart, type BoundTable, type Loading, type TypeDraft } from './draft.js';
import { checkEncryptedMark, readEncryption, type WrittenEncryption } from './encryption.js';
import { columnMark } from './marks.js';
import type { ColumnField } from './model.js';
import { columnNameOf } from './names.js';
import { isScalarName, scalarFits, scalarsFor } from './scalars.js';

/** A field that gives a column; null where something about it is wrong, all of which is reported. */
export function bindColumn(node: FieldDefinitionNode, type: TypeDraft, loading: Loading): ColumnField | null {
  const coordinate = `${type.name}.${node.name.value}`;
  const column = columnOf(node, type.bound, loading);
  const written = takeApart(node.type);
  const encrypted = readEncryption(node, coordinate, column, written.name, loading);
  const mark = columnMark(node, type, valueOf(column, encrypted), loading);
  if (mark !== null && encrypted !== null) checkEncryptedMark(encrypted, coordinate, mark, loading);
  if (column === null || type.bound === null) return null;

  if (written.list !== null) {
    const message = `${coordinate}: lists of values are not served yet; leave the field out, or relate a type.`;
    loading.report.problem(node, 'LIST_NOT_SUPPORTED', message);
    return null;
  }
  if (encrypted === null && !checkType(node, coordinate, written.name, column, loading)) return null;
  if (written.nonNull && !column.notNull) {
    const message = `${coordinate} is written with "!", but ${tableName(type.bound)} does not guarantee that "${column.name}" is not null; remove the "!", or constrain the column.`;
    loading.report.problem(node, 'NON_NULL_NOT_GUARANTEED', message);
  }
  if (mark === null || encrypted?.encryption === null) return null;
  return {
    kind: 'column',
    name: node.name.value,
    coordinate,
    description: node.description?.value ?? null,
    mark,
    column,
    type: isScalarName(written.name)
      ? { kind: 'scalar', name: written.name }
      : { kind: 'enum', name: written.name },
    nonNull: written.nonNull,
    ...(encrypted === null ? {} : { encryption: encrypted.encryption }),
  };
}

/** The column as its values are: those within, where it holds ciphertexts; null where that is not known. */
function valueOf(column: Column | null, encrypted: WrittenEncryption | null): Column | null {
  if (column === null || encrypted === null) return column;
  const { encryption } = encrypted;
  return encryption === null ? null : { ...column, type: encryption.plainType };
}

function columnOf(node: FieldDefinitionNode, bound: BoundTable | null, { report }: Loading): Column | null {
  const reading = readColumn(node);
  if (reading !== null && 'problems' in reading) {
    report.add(...reading.problems);
    return null;
  }
  if (bound === null) return null;
  const name = reading?.says.name ?? columnNameOf(node.name.value);
  const found = findColumn(bound, name);
  if ('column' in found) return found.column;
  const mend = reading === null ? ' A column that is called otherwise is named with @column(name: "…").' : '';
  report.problem(node, 'UNKNOWN_COLUMN', `${found.problem}${mend}`);
  return null;
}

/** Whether the GraphQL type gives out the column exactly. That an enum has the column's labels is checked in bind-enums. */
function checkType(
  node: FieldDefinitionNode,
  coordinate: string,
  written: string,
  { name, type }: Column,
  { report }: Loading,
): boolean {
  if (type.kind === 'unsupported') {
    const message = `${coordinate}: columns of type ${type.display} are not served yet; leave the field out.`;
    report.problem(node, 'UNSUPPORTED_TYPE', message);
    return false;
  }
  const fits = isScalarName(written) ? scalarFits(written, type.kind) : type.kind === 'enum';
  if (fits) return true;
  const wanted =
    type.kind === 'enum'
      ? `an enum with its labels: ${labels(type.enumLabels)}`
      : scalarsFor(type.kind).join(' or ');
  const message = `${coordinate} is ${written}, but "${name}" is ${type.display}; write ${wanted}.`;
  report.problem(node, 'TYPE_MISMATCH', message);
  return false;
}

function labels(all: readonly string[]): string {
  return all.map((label) => `"${label}"`).join(', ');
}
