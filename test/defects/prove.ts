// `npm run defects -- --prover [name …]`: which seeded defects `cordon prove` sees, and after how many pairs. Without names all are
// tried, and then the sources as they are; what comes of it is kept in prover-results.json and written to docs/defects.md.
// Takes an hour or so.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentName } from './deployments.js';
import { defectsDocument } from './document.js';
import { proveOnce } from './prove-child.js';
import { readResults, resultsFile, type ProverResults, type ProverRun } from './prover-results.js';
import { defects, type Defect } from './seed.cjs';

const seed = 'defects';
/** Pairs for each role, with a defect and without. */
const cases = Number(process.env['CORDON_PROVE_CASES'] ?? 3000);
const casesWithout = Number(process.env['CORDON_PROVE_CASES'] ?? 1000);

function say(row: string, name: string, run: ProverRun | string): void {
  const verdict =
    typeof run === 'string'
      ? run
      : run.found === null
        ? `nothing in ${run.pairs} pairs`
        : `${run.found.channel} (${run.found.detail}), ${run.found.caller}, within ${run.pairs} pairs`;
  process.stdout.write(`${row.padStart(3)}  ${name.padEnd(32)}  ${verdict}\n`);
}

async function tried(
  { name, row, prover, unproved }: Defect,
  folder: string,
): Promise<readonly [string, ProverRun][]> {
  if (prover === undefined) {
    say(String(row), name, `not tried: ${unproved ?? ''}`);
    return [];
  }
  const run = await proveOnce(folder, name, {
    deployment: prover.on,
    roles: prover.roles,
    seed,
    cases,
    minutes: null,
  });
  say(String(row), name, run);
  return [[name, run]];
}

/** The sources as they are, on the same deployments with everybody. */
async function withoutDefect(folder: string): Promise<ProverRun[]> {
  const runs: ProverRun[] = [];
  for (const deployment of ['demo', 'workshop'] satisfies DeploymentName[]) {
    const run = await proveOnce(folder, null, {
      deployment,
      roles: null,
      seed,
      cases: casesWithout,
      minutes: null,
    });
    say('', `none, ${deployment}`, run);
    runs.push(run);
  }
  return runs;
}

/** @returns whether all was as it is to be: each found, and nothing where there is nothing */
export async function proveDefects(folder: string, names: readonly string[]): Promise<boolean> {
  const before: ProverResults = existsSync(resultsFile(folder))
    ? readResults(folder)
    : { defects: {}, without: [] };
  const chosen = defects().filter(({ name }) => names.length === 0 || names.includes(name));
  const order = defects().map(({ name }) => name);
  let results = before;
  const keep = (made: ProverResults) => {
    const sorted = Object.entries(made.defects).toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    results = { ...made, defects: Object.fromEntries(sorted) };
    writeFileSync(resultsFile(folder), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(folder, 'docs/defects.md'), defectsDocument(defects(), results));
  };
  for (const defect of chosen) {
    const made = Object.fromEntries(await tried(defect, folder));
    keep({ ...results, defects: { ...results.defects, ...made } });
  }
  if (names.length === 0) keep({ ...results, without: await withoutDefect(folder) });
  const runs = chosen.flatMap(({ name }) => results.defects[name] ?? []);
  const seen = runs.filter(({ found }) => found !== null).length;
  process.stdout.write(`\n${seen} of ${runs.length} defects seen by the prover.\n`);
  return seen === runs.length && results.without.every(({ found }) => found === null);
}
