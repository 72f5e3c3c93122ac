import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateDatabase } from '../../support/cluster.js';

/** The statements that make governance's part of a control database. */
export const governanceSchema = ['010-tokens.sql', '011-facts.sql', '016-token-documents.sql']
  .map((name) => readFileSync(join(__dirname, '../../../migrations', name), 'utf8'))
  .join('\n');

let template: Promise<string> | undefined;

/** Name of a database with governance's tables and no records, for `freshDatabase` to copy. */
export function governanceTemplate(): Promise<string> {
  return (template ??= templateDatabase('governance', governanceSchema));
}
