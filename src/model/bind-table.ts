import type { ConstDirectiveNode, ObjectTypeDefinitionNode } from 'graphql';
import { readTable, type TableDirective } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import { findTable, type Catalog } from '../catalog/index.js';
import type { BoundTable, Loading } from './draft.js';

/** The table that a type says it is bound to, as the catalogue has it; null is reported. */
export function bindTable(node: ObjectTypeDefinitionNode, { catalogs, report }: Loading): BoundTable | null {
  const reading = readTable(node);
  if (reading === null) return null;
  if ('problems' in reading) {
    report.add(...reading.problems);
    return null;
  }

  const { says, node: at } = reading;
  const catalog = catalogs.find(({ source }) => source === says.source);
  if (catalog === undefined) {
    const known = catalogs.map(({ source }) => source);
    const message = `There is no source "${says.source}".${didYouMean(says.source, known)}`;
    report.problem(at, 'UNKNOWN_SOURCE', message);
    return null;
  }
  return findBound(catalog, says, at, report);
}

function findBound(
  catalog: Catalog,
  says: TableDirective,
  at: ConstDirectiveNode,
  report: Loading['report'],
): BoundTable | null {
  const table = findTable(catalog, says.schema, says.name);
  if (table === undefined) {
    const message = `${says.source} has no table "${says.schema}"."${says.name}".${nearTables(catalog, says)}`;
    report.problem(at, 'UNKNOWN_TABLE', message);
    return null;
  }
  if (says.plural !== null && !/^(?!__)[_A-Za-z]\w*$/.test(says.plural)) {
    report.problem(at, 'INVALID_NAME', `"plural" becomes a field: "${says.plural}" is no GraphQL name.`);
  }
  const { source, key, keyBecause, plural } = says;
  return { source, table, key, keyBecause, plural };
}

/** The same name in another schema is nearer than any other name in this one. */
export function nearTables(
  { tables }: Catalog,
  { schema, name }: Pick<TableDirective, 'schema' | 'name'>,
): string {
  const elsewhere = tables.filter((table) => table.name === name).map((table) => `schema: "${table.schema}"`);
  if (elsewhere.length > 0) return ` There is one elsewhere: say ${elsewhere.join(' or ')}.`;
  const there = tables.filter((table) => table.schema === schema).map((table) => table.name);
  return didYouMean(name, there.length > 0 ? there : tables.map((table) => `${table.schema}.${table.name}`));
}
