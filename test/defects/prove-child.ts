import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DeploymentReport } from '../../src/prove/index.js';
import type { OneRun } from './prove-one.js';
import type { ProverRun } from './prover-results.js';

const runFile = promisify(execFile);

/**
 * Runs the prover in a process of its own, since a defect is in the sources from their loading on.
 * @param folder of the repository
 * @param defect by its name; null: the sources as they are
 * @throws with what the process said, where it did not get to a report
 */
export async function proveOnce(folder: string, defect: string | null, asked: OneRun): Promise<ProverRun> {
  const loader = join(folder, 'test/support/typescript.mjs');
  const program = join(folder, 'test/defects/prove-one.ts');
  const { stdout } = await runFile(process.execPath, ['--import', loader, program, JSON.stringify(asked)], {
    cwd: folder,
    env: { ...process.env, CORDON_DEFECT: defect ?? '' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = JSON.parse(stdout) as DeploymentReport;
  if (report.invalid.length > 0) throw new Error(`the run is void for ${report.invalid.join(', ')}`);
  const { deployment, roles, seed, cases } = asked;
  const pairs = Object.values(report.pairs).reduce((sum, count) => sum + count, 0);
  const [violation] = report.violations;
  if (violation === undefined) return { deployment, roles, seed, cases, pairs, found: null };
  const { caller, channel, detail, operation, variables } = violation;
  const found = { caller, channel, detail, case: violation.case, operation, variables };
  return { deployment, roles, seed, cases, pairs, found };
}
