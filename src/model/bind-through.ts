import type { ThroughDirective } from '../../directives/index.js';
import { findTable } from '../catalog/index.js';
import { nearTables } from './bind-table.js';
import { tableName, type Loading, type TypeDraft } from './draft.js';
import { pairColumns, type Ends, type Join } from './join-columns.js';

/**
 * The join of a relation through a table, and the types that are bound to that table: whoever does not see a link as a
 * record of theirs is not to be told that it is there. Null is reported.
 */
export function bindThrough(
  ends: Ends,
  through: ThroughDirective,
  types: ReadonlyMap<string, TypeDraft>,
  loading: Loading,
): Join | null {
  const { node, coordinate, says, here, there } = ends;
  const { catalogs, report } = loading;
  if (here.source !== there.source) {
    const message = `${coordinate} goes through a table, which cannot link ${here.source} and ${there.source}; bind a type to that table, and relate both ways to it.`;
    report.problem(node, 'THROUGH_CROSS_SOURCE', message);
    return null;
  }
  const catalog = catalogs.find(({ source }) => source === here.source);
  const table = catalog === undefined ? undefined : findTable(catalog, through.schema, through.name);
  if (catalog === undefined || table === undefined) {
    const mend = catalog === undefined ? '' : nearTables(catalog, through);
    const message = `${coordinate}: ${here.source} has no table "${through.schema}"."${through.name}" to go through.${mend}`;
    report.problem(node, 'UNKNOWN_TABLE', message);
    return null;
  }
  const link = { source: here.source, table };
  const near = pairColumns(
    ends,
    { bound: here, names: says.from },
    { bound: link, names: through.from },
    loading,
  );
  const far = pairColumns(
    ends,
    { bound: link, names: through.to },
    { bound: there, names: says.to },
    loading,
  );
  if (near === null || far === null) return null;
  const bound = [...types.values()].filter(
    (type) => type.bound !== null && tableName(type.bound) === tableName(link),
  );
  return {
    from: near.from,
    to: far.to,
    through: {
      schema: table.schema,
      table: table.name,
      from: near.to,
      to: far.from,
      types: bound.map(({ name }) => name),
    },
  };
}
