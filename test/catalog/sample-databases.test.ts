import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findTable, readCatalog, type Catalog } from '../../src/catalog/index.js';
import { freshDatabase } from '../support/cluster.js';

const folder = path.resolve(__dirname, '../../../shared/data');
const present = existsSync(folder);
if (!present) console.warn('skipped: ../shared/data with the sample databases is not there');

/** The catalogue of a sample database without its rows, which only psql could copy in. */
async function catalogOf(file: string): Promise<Catalog> {
  const bytes = readFileSync(path.join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const database = await freshDatabase('sample', {
    sql: text.replaceAll(/^COPY .* FROM stdin;\n[^]*?^\\\.\n/gm, ''),
  });
  try {
    return await readCatalog(database, 'sample');
  } finally {
    await database.drop();
  }
}

(present ? describe : describe.skip)('catalogues of databases that others made', () => {
  test('pagila: domains, enums, partitions, views', async () => {
    const catalog = await catalogOf('pagila/pagila.sql.gz');
    const kindOf = (table: string, column: string) =>
      findTable(catalog, 'public', table)?.columns.get(column)?.type;
    expect(catalog.tables.filter(({ kind }) => kind === 'table')).toHaveLength(21);
    expect(kindOf('film', 'release_year')).toMatchObject({ kind: 'int4', cast: 'pg_catalog.int4' });
    expect(kindOf('film', 'rating')).toMatchObject({
      kind: 'enum',
      enumLabels: ['G', 'PG', 'PG-13', 'R', 'NC-17'],
    });
    expect(kindOf('film', 'special_features')).toMatchObject({
      kind: 'array',
      display: 'text[]',
      element: { kind: 'text' },
    });
    expect(kindOf('film', 'fulltext')).toMatchObject({ kind: 'tsvector' });
    expect(findTable(catalog, 'public', 'film_actor')?.primaryKey).toEqual(['actor_id', 'film_id']);
    expect(findTable(catalog, 'public', 'payment')).toMatchObject({
      kind: 'partitioned',
      primaryKey: ['payment_date', 'payment_id'],
    });
    expect(findTable(catalog, 'public', 'customer_list')?.kind).toBe('view');
    expect(findTable(catalog, 'public', 'rental_by_category')?.kind).toBe('materialized');
  });

  test('northwind: keys of several columns and a table that refers to itself', async () => {
    const catalog = await catalogOf('northwind/northwind.sql');
    expect(findTable(catalog, 'public', 'order_details')?.primaryKey).toEqual(['order_id', 'product_id']);
    expect(findTable(catalog, 'public', 'employees')?.foreignKeys).toEqual([
      { columns: ['reports_to'], schema: 'public', table: 'employees', toColumns: ['employee_id'] },
    ]);
    expect(findTable(catalog, 'public', 'products')?.columns.get('unit_price')?.type.kind).toBe('float4');
  });
});
