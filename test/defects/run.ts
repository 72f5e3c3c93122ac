// `npm run defects [name …]`: the tests that are to notice a seeded defect, with the defect in force. Prints which did.
// `npm run defects -- --prover [name …]`: what `cordon prove` sees of it instead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proveDefects } from './prove.js';
import { defects, type Defect } from './seed.cjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const jest = join(repository, 'node_modules/jest/bin/jest.js');

interface JestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The tests whose expectations failed; or why that says nothing: a gateway that does not start fails everything. */
function caughtBy({ name, tests }: Defect, folder: string): readonly string[] | string {
  const report = join(folder, `${name}.json`);
  const args = ['--config', 'test/defects/jest.config.cjs', '--json', '--outputFile', report, ...tests];
  const { status } = spawnSync(process.execPath, [jest, ...args], {
    cwd: repository,
    env: { ...process.env, CORDON_DEFECT: name },
    stdio: 'ignore',
  });
  if (status === null) return 'the run was ended';
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.filter(({ status: each }) => each === 'failed');
  const caught = failed.filter(({ failureMessages }) =>
    failureMessages.some((text) => text.includes('expect(')),
  );
  if (caught.length === 0 && failed.length > 0) return 'tests failed, but expected nothing';
  return testResults.length < tests.length || results.length === 0
    ? 'no test ran'
    : caught.map((each) => each.fullName);
}

/** @returns whether the defect was caught */
function report(defect: Defect, folder: string): boolean {
  const caught = caughtBy(defect, folder);
  const [first, ...others] = typeof caught === 'string' ? [] : caught;
  const verdict =
    first === undefined
      ? `NOT CAUGHT${typeof caught === 'string' ? ` (${caught})` : ''}`
      : `${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
  process.stdout.write(`${String(defect.row).padStart(3)}  ${defect.name.padEnd(32)}  ${verdict}\n`);
  return first !== undefined;
}

const asked = process.argv.slice(2).filter((each) => each !== '--prover');
const unknown = asked.filter((name) => !defects().some((each) => each.name === name));
const chosen = defects().filter(({ name }) => asked.length === 0 || asked.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no defect ${unknown.join(', ')} in test/defects/defects.yaml.\n`);
  process.exit(2);
}
if (process.argv.includes('--prover')) process.exit((await proveDefects(repository, asked)) ? 0 : 1);
const folder = mkdtempSync(join(tmpdir(), 'cordon-defects-'));
try {
  const verdicts = chosen.map((defect) => report(defect, folder));
  const missed = verdicts.filter((caught) => !caught).length;
  process.stdout.write(`\n${verdicts.length - missed} of ${verdicts.length} defects caught.\n`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
