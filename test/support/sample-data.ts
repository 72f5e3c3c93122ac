import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../../shared/data');

/** Real databases that others made. They stay outside the project, beside it. */
export type SampleDatabase = 'northwind' | 'chinook';

const fileOf = (name: SampleDatabase): string => join(folder, name, `${name}.sql`);

/** Why tests that need these databases cannot run here, as a sentence; null where they can. */
export function sampleDataMissing(...names: readonly SampleDatabase[]): string | null {
  const missing = names.filter((name) => !existsSync(fileOf(name)));
  if (missing.length === 0) return null;
  return `Skipped: ../shared/data, with the sample databases, has no ${missing.join(' and no ')}.`;
}

/**
 * The statements that build a sample database, for `freshDatabase`: tables, keys and rows. Both are plain SQL with rows
 * as INSERT, which runs as one text; rows as COPY … FROM stdin, which need psql, would be refused here rather than there.
 */
export function sampleStatements(name: SampleDatabase): string {
  const text = readFileSync(fileOf(name), 'utf8');
  if (/^COPY .* FROM stdin;$/im.test(text)) throw new Error(`${name} copies its rows from standard input`);
  return text;
}
