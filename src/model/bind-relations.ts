import type { FieldDefinitionNode } from 'graphql';
import { readColumn, readRelation, type RelationDirective } from '../../directives/index.js';
import { bindThrough } from './bind-through.js';
import { tableName, takeApart, type Loading, type TypeDraft, type WrittenType } from './draft.js';
import { pairColumns, type Ends, type Join } from './join-columns.js';
import { relationMark } from './marks.js';
import type { RelationField } from './model.js';

/** A field that leads to another type; null where something about it is wrong, all of which is reported. */
export function bindRelation(
  node: FieldDefinitionNode,
  type: TypeDraft,
  target: TypeDraft,
  types: ReadonlyMap<string, TypeDraft>,
  loading: Loading,
): RelationField | null {
  const coordinate = `${type.name}.${node.name.value}`;
  const mark = relationMark(node, type, loading);
  const written = takeApart(node.type);
  const shapely = checkShape(node, coordinate, written, loading);
  const says = readJoin(node, coordinate, target.name, loading);
  if (says === null || type.bound === null || target.bound === null) return null;

  const ends: Ends = { node, coordinate, written, says, here: type.bound, there: target.bound };
  const join =
    says.through === null ? joinEnds(ends, loading) : bindThrough(ends, says.through, types, loading);
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
    ...join,
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
  const one = takeApart(node.type).list === null;
  if (reading.says.list && one) {
    const message = `${coordinate} leads to one ${target}; "list" is for relations to many.`;
    report.problem(reading.node, 'RELATION_SHAPE', message);
  }
  if (reading.says.through !== null && one) {
    const message = `${coordinate} goes through a table that links many to many; write [${target}!]!.`;
    report.problem(reading.node, 'RELATION_SHAPE', message);
    return null;
  }
  return reading.says;
}

function joinEnds(ends: Ends, loading: Loading): Join | null {
  const { says, here, there } = ends;
  const pairs = pairColumns(
    ends,
    { bound: here, names: says.from },
    { bound: there, names: says.to },
    loading,
  );
  return pairs === null ? null : { ...pairs, through: null };
}

/** A record for every row: a foreign key over just these columns, none of which can be null. */
function isGuaranteed({ here, there }: Ends, { from, to }: Join): boolean {
  if (here.source !== there.source || from.some(({ notNull }) => !notNull)) return false;
  const wanted = new Set(from.map(({ name }, i) => JSON.stringify([name, to[i]?.name])));
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
  // Of a key that is vouched for, rows that share it are left out.
  const vouched = there.keyBecause === null || there.key === null ? [] : [there.key];
  const unique = [...there.table.uniqueKeys, ...vouched].some((key) =>
    key.every((name) => says.to.includes(name)),
  );
  if (!unique) {
    const message = `${coordinate} leads to one ${written.name}, but ${tableName(there)} has no unique key within (${says.to.join(', ')}); write [${written.name}!]!, or join by a unique key.`;
    report.problem(node, 'RELATION_NOT_UNIQUE', message);
  }
  if (written.nonNull && !guaranteed) {
    const message = `${coordinate} is written with "!", but no foreign key over NOT NULL columns guarantees one ${written.name} for every row; remove the "!".`;
    report.problem(node, 'NON_NULL_NOT_GUARANTEED', message);
  }
}
