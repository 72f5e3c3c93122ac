import type { FieldDefinitionNode } from 'graphql';
import { readColumn } from '../../directives/index.js';
import { itemType, type Column, type PgType } from '../catalog/index.js';
import {
  findColumn,
  tableName,
  takeApart,
  type BoundTable,
  type Loading,
  type TypeDraft,
  type WrittenType,
} from './draft.js';
import { columnMark } from './marks.js';
import type { ColumnField } from './model.js';
import { columnNameOf } from './names.js';
import { isScalarName, scalarFits, scalarsFor } from './scalars.js';

/** A field that gives a column; null where something about it is wrong, all of which is reported. */
export function bindColumn(
  node: FieldDefinitionNode,
  type: TypeDraft,
  isEnum: boolean,
  loading: Loading,
): ColumnField | null {
  const coordinate = `${type.name}.${node.name.value}`;
  const column = columnOf(node, type.bound, loading);
  const mark = columnMark(node, type, column, loading);
  if (column === null || type.bound === null) return null;
  const written = takeApart(node.type);

  if (!checkType(node, coordinate, written, isEnum, column, loading)) return null;
  if (written.list !== null && !checkList(node, coordinate, written.list, written, loading)) return null;
  if (written.nonNull && !column.notNull) {
    const message = `${coordinate} is written with "!", but ${tableName(type.bound)} does not guarantee that "${column.name}" is not null; remove the "!", or constrain the column.`;
    loading.report.problem(node, 'NON_NULL_NOT_GUARANTEED', message);
  }
  if (mark === null) return null;
  return {
    kind: 'column',
    name: node.name.value,
    coordinate,
    description: node.description?.value ?? null,
    mark,
    column,
    type: isScalarName(written.name)
      ? { kind: 'scalar', name: written.name }
      : { kind: itemType(column.type).kind === 'enum' ? 'enum' : 'composite', name: written.name },
    lists: written.list?.depth ?? 0,
    nonNull: written.nonNull,
  };
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
  { name: written, list }: WrittenType,
  isEnum: boolean,
  { name, type: whole }: Column,
  { report }: Loading,
): boolean {
  const type = itemType(whole);
  if (type.kind === 'unsupported') {
    const message = `${coordinate}: columns of type ${type.display} are not served yet; leave the field out.`;
    report.problem(node, 'UNSUPPORTED_TYPE', message);
    return false;
  }
  const fits = isScalarName(written)
    ? scalarFits(written, type.kind)
    : type.kind === (isEnum ? 'enum' : 'composite');
  const isArray = whole.kind === 'array';
  if (fits && isArray === (list !== null)) return true;
  const shown = list === null ? written : `a list of ${written}`;
  const ofWhat = writeFor(type);
  const wanted = isArray ? `a list, ${ofWhat} in brackets, as deep as the array` : ofWhat;
  const message = `${coordinate} is ${shown}, but "${name}" is ${whole.display}; write ${wanted}.`;
  report.problem(node, 'TYPE_MISMATCH', message);
  return false;
}

/** PostgreSQL has no arrays of more dimensions. */
const DEPTH_MAX = 6;

/** A list says no more than an array holds to: any item may be null, and any value may be of other dimensions. */
function checkList(
  node: FieldDefinitionNode,
  coordinate: string,
  { depth, nonNullWithin }: NonNullable<WrittenType['list']>,
  { name, nonNull }: WrittenType,
  { report }: Loading,
): boolean {
  const written = `${'['.repeat(depth)}${name}${']'.repeat(depth)}`;
  if (nonNull || nonNullWithin) {
    const message = `${coordinate}: arrays hold nulls and have any number of dimensions, whatever is declared, so neither the list nor its items are certain; write ${written}.`;
    report.problem(node, 'NON_NULL_NOT_GUARANTEED', message);
    return false;
  }
  if (depth <= DEPTH_MAX) return true;
  const message = `${coordinate}: arrays have at most ${DEPTH_MAX} dimensions; write fewer brackets.`;
  report.problem(node, 'TYPE_MISMATCH', message);
  return false;
}

/** What a type is written as in SDL. */
function writeFor({ kind, enumLabels }: PgType): string {
  if (kind === 'enum') return `an enum with its labels: ${labels(enumLabels)}`;
  if (kind === 'composite') return 'a type without @table, whose fields are its attributes';
  return scalarsFor(kind).join(' or ');
}

function labels(all: readonly string[]): string {
  return all.map((label) => `"${label}"`).join(', ');
}
