import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const folder = join(__dirname, '../../../shared/data');

const files = {
  northwind: 'northwind/northwind.sql',
  chinook: 'chinook/chinook.sql',
  pagila: 'pagila/pagila.sql.gz',
  oracle_co: 'oracle_co/oracle_co.sql.gz',
} as const;

/** Real databases that others made. They stay outside the project, beside it. */
export type SampleDatabase = keyof typeof files;

const fileOf = (name: SampleDatabase): string => join(folder, files[name]);

/** Why tests that need these databases cannot run here, as a sentence; null where they can. */
export function sampleDataMissing(...names: readonly SampleDatabase[]): string | null {
  const missing = names.filter((name) => !existsSync(fileOf(name)));
  if (missing.length === 0) return null;
  return `Skipped: ../shared/data, with the sample databases, has no ${missing.join(' and no ')}.`;
}

/**
 * The statements that build a sample database, for `freshDatabase`: tables, keys and rows, as one text of plain SQL. Rows
 * that a dump copies from standard input, for which it takes psql, are inserted; owners that are not here are left out.
 */
export function sampleStatements(name: SampleDatabase): string {
  const bytes = readFileSync(fileOf(name));
  const text = (fileOf(name).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .replaceAll(/^COPY (.*) FROM stdin;\n([^]*?)^\\\.\n/gim, (_copy, target: string, rows: string) =>
      insertStatements(target, rows),
    )
    .replaceAll(/^ALTER .* OWNER TO .*;$/gim, '');
}

/** So many rows are parsed as one statement: few statements, and none that is large. */
const ROWS_PER_INSERT = 1000;

function insertStatements(target: string, copied: string): string {
  const rows = copied.split('\n').slice(0, -1);
  const statements: string[] = [];
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT) {
    const values = rows
      .slice(i, i + ROWS_PER_INSERT)
      .map((row) => `(${row.split('\t').map(literal).join(', ')})`);
    statements.push(`INSERT INTO ${target} OVERRIDING SYSTEM VALUE VALUES\n${values.join(',\n')};\n`);
  }
  return statements.join('');
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A field in COPY's text format as a literal. */
function literal(field: string): string {
  if (field === '\\N') return 'NULL';
  const text = field.replaceAll(/\\(.)/g, (_escape, letter: string) => escapes[letter] ?? letter);
  return `'${text.replaceAll("'", "''")}'`;
}
