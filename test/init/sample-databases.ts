import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { sampleDataMissing, sampleStatements, type SampleDatabase } from '../support/sample-data.js';

export const sampleNames = [
  'northwind',
  'chinook',
  'pagila',
  'oracle_co',
] as const satisfies SampleDatabase[];

const missing = sampleDataMissing(...sampleNames);
if (missing !== null) console.warn(missing);

/** `describe` where the sample databases are there; elsewhere every test in it is skipped, and the reason is printed. */
export const describeWithSamples = missing === null ? describe : describe.skip;

export async function sampleDatabase(name: SampleDatabase): Promise<TestDatabase> {
  const database = await freshDatabase(name, { sql: sampleStatements(name) });
  if (name === 'pagila') await database.query('REFRESH MATERIALIZED VIEW public.rental_by_category');
  return database;
}
