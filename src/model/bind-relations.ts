import type { FieldDefinitionNode } from 'graphql';
import { readColumn, readRelation, type RelationDirective } from '../../directives/index.js';
import type { Column } from '../catalog/index.js';
import {
  findColumn,
  tableName,
  takeApart,
  type BoundTable,
  type Loading,
  type TypeDraft,
  type WrittenType,
} from './draft.js';
import { joinable } from './joinable.js';
import { relationMark } from './marks.js';
import type { RelationField } from './model.js';

/** A relation whose both ends are known, on its way into the model. */
interface Ends {
  readonly node: FieldDefinitionNode;
  readonly coordinate: string;
  readonly written: WrittenType;
  readonly says: RelationDirective;
  readonly here: BoundTable;
  readonly there: BoundTable;
}

/** A field that leads to another type; null where something about it is wrong, all of which is reported. */
export function bindRelation(
  node: FieldDefinitionNode,
  type: TypeDraft,
  target: TypeDraft,
  loading: Loading,
): RelationField | null {
  const coordinate = `${type.name}.${node.name.value}`;
  const mark = relationMark(node, type, loading);
  const written = takeApart(node.type);
  const shapely = checkShape(node, coordinate, written, loading);
  const says = readJoin(node, coordinate, target.name, loading);
  if (says === null || type.bound === null || target.bound === null) return null;

  const ends: Ends = { node, coordinate, written, says, here: type.bound, there: target.bound };
  const join = joinColumns(ends, loading);
  if (join === null || mark === null || !shapely) return null;
  const many = written.list !== null;
  const guaranteed = !many && isGuaranteed(ends, join);
  if (!many) checkToOne(ends, guaranteed, loading);
  return {
    kind: 'relation',
    name: node.name.value,
    coordinate,
    description: node.description?.value ?? null,
    mark,
    target: target.name,
    many,
    list: says.list,
    from: join.map(([from]) => from),
    to: join.map(([, to]) => to),
    crossSource: ends.here.source !== ends.there.source,
    guaranteed,
  };
}

function checkShape(
  node: FieldDefinitionNode,
  coordinate: string,
  { name, list, nonNull }: WrittenType,
  { report }: Loading,
): boolean {
  if (list === null || (nonNull && list.itemsNonNull && list.depth === 1)) return true;
  const message = `${coordinate}: a relation to many is written [${name}!]!, since neither the list nor its records are ever null.`;
  report.problem(node, 'RELATION_SHAPE', message);
  return false;
}

function readJoin(
  node: FieldDefinitionNode,
  coordinate: string,
  target: string,
  { report }: Loading,
): RelationDirective | null {
  const column = readColumn(node);
  if (column !== null) {
    report.problem(
      node,
      'COLUMN_ON_RELATION',
      `${coordinate} is a relation; its columns stand in @relation, remove @column.`,
    );
  }
  const reading = readRelation(node);
  if (reading === null) {
    const message = `${coordinate}: say by which columns it leads to ${target}: @relation(from: ["…"], to: ["…"]).`;
    report.problem(node, 'MISSING_RELATION', message);
    return null;
  }
  if ('problems' in reading) {
    report.add(...reading.problems);
    return null;
  }
  if (reading.says.list && takeApart(node.type).list === null) {
    const message = `${coordinate} leads to one ${target}; "list" is for relations to many.`;
    report.problem(reading.node, 'RELATION_SHAPE', message);
  }
  return reading.says;
}

type Join = readonly (readonly [from: Column, to: Column])[];

/** The join columns in pairs, each pair comparable; null is reported. */
function joinColumns({ node, coordinate, says, here, there }: Ends, { report }: Loading): Join | null {
  const crossSource = here.source !== there.source;
  const pairs = says.from.map((name, i) => {
    const from = findColumn(here, name);
    const to = findColumn(there, says.to[i] ?? '');
    for (const end of [from, to]) {
      if ('problem' in end) report.problem(node, 'UNKNOWN_COLUMN', `${coordinate}: ${end.problem}`);
    }
    if ('problem' in from || 'problem' in to) return null;
    const unfit = joinable(from.column.type, to.column.type, crossSource);
    if (unfit === null) return [from.column, to.column] as const;
    const message = `${coordinate}: "${from.column.name}" (${from.column.type.display}) and "${to.column.name}" (${to.column.type.display}) cannot be joined: ${unfit}.`;
    report.problem(node, 'JOIN_MISMATCH', message);
    return null;
  });
  const sound = pairs.filter((pair) => pair !== null);
  return sound.length === pairs.length ? sound : null;
}

/** A record for every row: a foreign key over just these columns, none of which can be null. */
function isGuaranteed({ here, there }: Ends, join: Join): boolean {
  if (here.source !== there.source || join.some(([from]) => !from.notNull)) return false;
  const wanted = new Set(join.map(([from, to]) => JSON.stringify([from.name, to.name])));
  return here.table.foreignKeys.some(
    (key) =>
      key.schema === there.table.schema &&
      key.table === there.table.name &&
      key.columns.length === wanted.size &&
      key.columns.every((name, i) => wanted.has(JSON.stringify([name, key.toColumns[i]]))),
  );
}

function checkToOne(
  { node, coordinate, written, says, there }: Ends,
  guaranteed: boolean,
  { report }: Loading,
): void {
  const unique = there.table.uniqueKeys.some((key) => key.every((name) => says.to.includes(name)));
  if (!unique) {
    const message = `${coordinate} leads to one ${written.name}, but ${tableName(there)} has no unique key within (${says.to.join(', ')}); write [${written.name}!]!, or join by a unique key.`;
    report.problem(node, 'RELATION_NOT_UNIQUE', message);
  }
  if (written.nonNull && !guaranteed) {
    const message = `${coordinate} is written with "!", but no foreign key over NOT NULL columns guarantees one ${written.name} for every row; remove the "!".`;
    report.problem(node, 'NON_NULL_NOT_GUARANTEED', message);
  }
}
