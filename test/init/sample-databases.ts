import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { readSource } from '../../src/init/read-source.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

const folder = join(__dirname, '../../../shared/data');

/** Databases that others made, with their rows, whatever form those are kept in. */
const files = {
  northwind: 'northwind/northwind.sql',
  chinook: 'chinook/chinook.sql',
  pagila: 'pagila/pagila.sql.gz',
  oracle_co: 'oracle_co/oracle_co.sql.gz',
} as const;

export type SampleName = keyof typeof files;
export const sampleNames = Object.keys(files) as SampleName[];

const missing = sampleNames.filter((name) => !existsSync(join(folder, files[name])));
if (missing.length > 0)
  console.warn(`Skipped: ../shared/data, with the sample databases, has no ${missing.join(' and no ')}.`);

/** `describe` where the sample databases are there; elsewhere every test in it is skipped, and the reason is printed. */
export const describeWithSamples = missing.length === 0 ? describe : describe.skip;

export function sampleSql(name: SampleName): string {
  const bytes = readFileSync(join(folder, files[name]));
  const text = (name === 'pagila' || name === 'oracle_co' ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .replaceAll(/^COPY (.*) FROM stdin;\n([^]*?)^\\\.\n/gm, (_, table: string, rows: string) =>
      insert(table, rows),
    )
    .replaceAll(/^ *\\(un)?restrict .*$/gm, '');
}

/** Rows as `COPY … FROM stdin` has them, which only psql can read, as a statement. */
function insert(table: string, rows: string): string {
  const lines = rows.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return '';
  const values = lines.map((line) => `(${line.split('\t').map(literal).join(', ')})`);
  return `INSERT INTO ${table} OVERRIDING SYSTEM VALUE VALUES\n${values.join(',\n')};\n`;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

function literal(field: string): string {
  if (field === '\\N') return 'NULL';
  const text = field.replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
  return pg.escapeLiteral(text);
}

/** A source of init, as the command would read it. */
export async function readDatabase(database: TestDatabase, name: string): Promise<ReadSource> {
  const client = new pg.Client(database.config);
  await client.connect();
  try {
    return await readSource(client, name);
  } finally {
    await client.end();
  }
}

export async function sampleDatabase(name: SampleName): Promise<TestDatabase> {
  const database = await freshDatabase(name, { sql: sampleSql(name) });
  if (name === 'pagila') await database.query('REFRESH MATERIALIZED VIEW public.rental_by_category');
  return database;
}
