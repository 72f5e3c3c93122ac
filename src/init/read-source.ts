import { readableColumns, readCatalog, readLineage, type CatalogClient } from '../catalog/index.js';
import { sampleTable, type TableSample } from './sample.js';
import { tableId, type ReadSource } from './suggest.js';

/** A connection of its own to a source: samples are taken in transactions. */
export type InitClient = CatalogClient;

/**
 * Reads a source: its catalogue, where its views' values come from, and a bounded sample of each table.
 * @param onTable told before each table is sampled
 * @throws the client's error when the source cannot be asked
 */
export async function readSource(
  client: InitClient,
  source: string,
  onTable: (table: string, done: number, all: number) => void = () => undefined,
): Promise<ReadSource> {
  const catalog = await readCatalog(client, source);
  const lineage = await readLineage(client);
  const readable = await readableColumns(client);
  const samples = new Map<string, TableSample>();
  for (const [i, table] of catalog.tables.entries()) {
    onTable(table.name, i, catalog.tables.length);
    samples.set(tableId(table.schema, table.name), await sampleTable(client, table, readable));
  }
  return { catalog, lineage, samples };
}
