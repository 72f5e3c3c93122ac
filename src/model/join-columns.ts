import type { FieldDefinitionNode } from 'graphql';
import type { RelationDirective } from '../../directives/index.js';
import type { Column } from '../catalog/index.js';
import { findColumn, type BoundTable, type Loading, type WrittenType } from './draft.js';
import { joinable } from './joinable.js';
import type { RelationField } from './model.js';

/** A relation whose both ends are known, on its way into the model. */
export interface Ends {
  readonly node: FieldDefinitionNode;
  readonly coordinate: string;
  readonly written: WrittenType;
  readonly says: RelationDirective;
  readonly here: BoundTable;
  readonly there: BoundTable;
}

/** The columns that a relation joins by. */
export type Join = Pick<RelationField, 'from' | 'to' | 'through'>;

/** A side of a join: columns of a table, by their names. */
interface Side {
  readonly bound: Pick<BoundTable, 'source' | 'table'>;
  readonly names: readonly string[];
}

/** The columns of two sides, each pair comparable; null is reported. */
export function pairColumns(
  { node, coordinate }: Pick<Ends, 'node' | 'coordinate'>,
  here: Side,
  there: Side,
  { report }: Loading,
): { readonly from: readonly Column[]; readonly to: readonly Column[] } | null {
  const crossSource = here.bound.source !== there.bound.source;
  const pairs = here.names.map((name, i) => {
    const from = findColumn(here.bound, name);
    const to = findColumn(there.bound, there.names[i] ?? '');
    for (const end of [from, to]) {
      if ('problem' in end) report.problem(node, 'UNKNOWN_COLUMN', `${coordinate}: ${end.problem}`);
    }
    if ('problem' in from || 'problem' in to) return null;
    const computed = [from.column, to.column].find((column) => column.computed === true);
    if (computed !== undefined) {
      const message = `${coordinate}: "${computed.name}" is computed by a database view, and may fail for rows out of sight; join by a column that the view passes on as it is.`;
      report.problem(node, 'JOIN_COMPUTED', message);
      return null;
    }
    const unfit = joinable(from.column.type, to.column.type, crossSource);
    if (unfit === null) return [from.column, to.column] as const;
    const message = `${coordinate}: "${from.column.name}" (${from.column.type.display}) and "${to.column.name}" (${to.column.type.display}) cannot be joined: ${unfit}.`;
    report.problem(node, 'JOIN_MISMATCH', message);
    return null;
  });
  const sound = pairs.filter((pair) => pair !== null);
  if (sound.length < pairs.length) return null;
  return { from: sound.map(([from]) => from), to: sound.map(([, to]) => to) };
}
