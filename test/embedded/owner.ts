import { startProgram, type Program } from '../support/program.js';
import type { Report } from './fixtures/owner.js';

/** A process that owns an embedded PostgreSQL, and what it said about it. */
export type Owner = Program & { readonly report: Report };

/** Starts an owner of the folder and waits until PostgreSQL runs, or did not start. */
export async function startOwner(folder: string, as?: { uid: number; gid: number }): Promise<Owner> {
  const program = startProgram('test/embedded/fixtures/owner.ts', [folder], as ? { as } : {});
  const line = await program.nextLine();
  if (line === undefined) throw new Error('the owner ended without a word');
  return { ...program, report: JSON.parse(line) as Report };
}

/** What a started owner reported. */
export function started(owner: Owner): Extract<Report, { started: unknown }>['started'] {
  if ('failed' in owner.report) throw new Error(owner.report.failed.message);
  return owner.report.started;
}
