import type { ConstDirectiveNode } from 'graphql';
import { readRows, type RowsDirective } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import type { PgKind } from '../catalog/index.js';
import { findColumn, type FieldsDraft, type Loading } from './draft.js';
import type { RelationField, RowBinding } from './model.js';

/** A binding before what lies behind its relation is known. */
type RowsDraft =
  | Exclude<RowBinding, { kind: 'via' }>
  | { readonly kind: 'via'; readonly by: string; readonly relation: RelationField };

/** A row binding with the directive it comes from. */
export interface BoundRows {
  readonly binding: RowsDraft;
  readonly node: ConstDirectiveNode;
}

/** Kinds that are compared with what a token says: each value has one text. */
const ownerKinds: ReadonlySet<PgKind> = new Set([
  ...(['int2', 'int4', 'int8', 'text', 'varchar', 'bpchar', 'uuid', 'enum'] as const),
]);

/** How the rows of a type belong to somebody, one binding for a row key. What is wrong is reported and left out. */
export function bindRows(type: FieldsDraft, loading: Loading): readonly BoundRows[] {
  const bindings: BoundRows[] = [];
  for (const reading of readRows(type.node)) {
    if ('problems' in reading) {
      loading.report.add(...reading.problems);
      continue;
    }
    const { says, node } = reading;
    if (!isKnownKey(says, node, loading)) continue;
    const binding = bind(says, node, type, loading);
    if (binding === null) continue;
    const rival = bindings.find(
      ({ binding: { by } }) => by === binding.by || by === null || binding.by === null,
    );
    if (rival === undefined) bindings.push({ binding, node });
    else {
      const message = `${type.name} says twice whose its rows are by ${binding.by ?? rival.binding.by ?? 'every key'}; keep one, for which of them holds would be a guess.`;
      loading.report.problem(node, 'DUPLICATE_ROWS', message);
    }
  }
  return bindings;
}

function isKnownKey({ by }: RowsDirective, node: ConstDirectiveNode, { policy, report }: Loading): boolean {
  if (by === null || policy.rowKeys.includes(by)) return true;
  const message = `No role of the policy limits rows by "${by}".${didYouMean(by, policy.rowKeys)}`;
  report.problem(node, 'UNKNOWN_ROW_KEY', message);
  return false;
}

function bind(
  says: RowsDirective,
  node: ConstDirectiveNode,
  type: FieldsDraft,
  { report }: Loading,
): RowsDraft | null {
  switch (says.kind) {
    case 'shared':
      return { kind: 'shared', by: says.by };
    case 'column': {
      if (type.bound === null) return null;
      const found = findColumn(type.bound, says.column);
      if ('problem' in found) {
        report.problem(node, 'UNKNOWN_COLUMN', `${type.name}, @rows: ${found.problem}`);
        return null;
      }
      const { column } = found;
      if (column.computed === true) {
        const message = `${type.name}, @rows: "${column.name}" is computed by the database view, and could fail for anybody's rows; name a column that the view passes on as it is.`;
        report.problem(node, 'ROWS_COMPUTED', message);
        return null;
      }
      if (ownerKinds.has(column.type.kind)) return { kind: 'column', by: says.by, column };
      const message = `${type.name}, @rows: "${column.name}" is ${column.type.display}, which is not compared with what a token says; name a column of whole numbers, text, uuid or an enum.`;
      report.problem(node, 'ROWS_TYPE', message);
      return null;
    }
    case 'via':
      return bindVia(says, node, type, report);
  }
}

function bindVia(
  says: Extract<RowsDirective, { kind: 'via' }>,
  node: ConstDirectiveNode,
  type: FieldsDraft,
  report: Loading['report'],
): RowsDraft | null {
  const draft = type.fields.get(says.field);
  // A relation that could not be bound has its own problem.
  if (draft?.field === null) return null;
  const relation = draft?.field;
  if (relation?.kind === 'relation' && !relation.many && !relation.crossSource) {
    return { kind: 'via', by: says.by, relation };
  }
  const usable = [...type.fields.values()].flatMap(({ field }) =>
    field?.kind === 'relation' && !field.many && !field.crossSource ? [field.name] : [],
  );
  const message = `${type.name}, @rows: "${says.field}" is no relation of ${type.name} to one record of the same source.${didYouMean(says.field, usable)}`;
  report.problem(node, 'ROWS_VIA', message);
  return null;
}
