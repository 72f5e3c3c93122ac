// `npm run bench`: Cordon with everything on against the limit of the machine, against what a team would write itself and
// against those that enforce nothing, in one run over one PostgreSQL.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../src/base/index.js';
import { chart } from './report/chart.js';
import { figuresOfLedger, figuresOfStarts, figuresOfWideView, type Figure } from './report/figures.js';
import { resultsDocument, type ResultsDocument } from './report/json.js';
import { figuresOfPlanning } from './report/planning.js';
import { figuresTable, table } from './report/table.js';
import { holdTargets } from './report/targets.js';
import { timingTable } from './report/timing.js';
import { versions } from './report/versions.js';
import { runContest, type Contest } from './rig/contest.js';
import { startDatabases, type Databases } from './rig/databases.js';
import { openFilledLedger, type FilledLedger } from './rig/filled-ledger.js';
import { readFlags, usage, type Flags } from './rig/flags.js';
import { measureLedger } from './rig/ledger-rates.js';
import { measurePlanning } from './rig/planning.js';
import { quiet } from './rig/quiet-log.js';
import { measureStarts } from './rig/start.js';
import { measureWideView } from './rig/wide-view.js';
import { audit } from './scenarios/index.js';

/** What is measured without load on a contender, one after the other. */
async function measureParts(
  databases: Databases,
  filled: FilledLedger | null,
  { folder, flags }: { readonly folder: string; readonly flags: Flags },
): Promise<readonly Figure[]> {
  const { parts, smoke, rounds } = flags;
  const figures: Figure[] = [];
  if (parts.has('plan'))
    figures.push(...figuresOfPlanning(await measurePlanning(databases.data, smoke ? 3 : 40)));
  if (parts.has('view')) {
    const size = { types: smoke ? 20 : 200, rounds: smoke ? 2 : 10 };
    figures.push(...figuresOfWideView(await measureWideView(databases, folder, size)));
  }
  if (parts.has('ledger') && filled !== null) {
    const appending = { databases, folder, keysFolder: join(folder, 'keys'), log: quiet };
    const size = { rounds, appendedEntries: smoke ? 500 : 30_000 };
    figures.push(...figuresOfLedger(await measureLedger(appending, filled, size)));
  }
  if (parts.has('start')) {
    const size = smoke ? { running: 1, fromNothing: 0 } : { running: 5, fromNothing: 2 };
    figures.push(...figuresOfStarts(await measureStarts(databases, folder, size)));
  }
  return figures;
}

async function report(
  { results, timings, figures }: Contest,
  databases: Databases,
  { scenarios, json, svg }: Flags,
): Promise<void> {
  const held = holdTargets(results);
  if (results.size > 0) process.stdout.write(`\n${table(scenarios, results, held)}\n`);
  if (figures.length > 0) process.stdout.write(`\n${figuresTable(figures)}\n`);
  if (timings.length > 0) process.stdout.write(`\n${timingTable(timings)}\n`);
  const document = await resultsDocument(results, held, figures, await versions(databases.version));
  if (json !== null) await writeFile(json, `${JSON.stringify(document, null, 2)}\n`);
  if (svg !== null) await writeFile(svg, chart(document));
}

async function run(flags: Flags): Promise<void> {
  const folder = flags.folder ?? packageFolder('.cordon/bench');
  await mkdir(folder, { recursive: true });
  const databases = await startDatabases(folder, flags.customers, quiet);
  try {
    const filling = { folder, keysFolder: join(folder, 'keys'), entries: flags.ledgerEntries, log: quiet };
    const needsLedger = flags.scenarios.includes(audit) || flags.parts.has('ledger');
    const filled = needsLedger ? await openFilledLedger(databases, filling) : null;
    const figures = await measureParts(databases, filled, { folder, flags });
    const contest = await runContest(databases, filled, { folder, flags });
    await report({ ...contest, figures: [...contest.figures, ...figures] }, databases, flags);
  } finally {
    await databases.stop();
  }
}

async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const flags = readFlags(words);
  if (flags.from === null) return run(flags);
  if (flags.svg === null) throw new Error('--from takes --svg FILE beside it, to draw into');
  await writeFile(flags.svg, chart(JSON.parse(await readFile(flags.from, 'utf8')) as ResultsDocument));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
