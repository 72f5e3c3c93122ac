// `npm run bench`: Cordon with everything on against the limit of the machine and against what a team would write itself,
// in one run over one PostgreSQL. Each round asks every contender in turn, so the ratios of a round met the same machine.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { packageFolder, type Log } from '../src/base/index.js';
import { describeProfile } from './report/profile.js';
import { resultsJson } from './report/json.js';
import { holdPlanning, planningFigures, planningTable } from './report/planning.js';
import type { Results } from './report/results.js';
import { table } from './report/table.js';
import { timingTable } from './report/timing.js';
import { holdTargets } from './report/targets.js';
import { checkAgreement, checkEnforcement, checkLedger, keysAround } from './rig/checks.js';
import { names, startContenders, type ContenderName, type Contenders } from './rig/contenders.js';
import { startDatabases, type Databases } from './rig/databases.js';
import { readFlags, usage, type Flags } from './rig/flags.js';
import { measure, type Measurement } from './rig/measure.js';
import { measurePlanning, type Planning } from './rig/planning.js';
import { ownFile, startProgram, type Program } from './rig/program.js';
import { say } from './rig/say.js';
import { measureTiming, type Timing } from './rig/timing.js';
import { one } from './scenarios/index.js';

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_, message) => say(message),
  error: (_, message) => say(message),
  child: () => log,
};

interface Rig {
  readonly databases: Databases;
  readonly contenders: Contenders;
  readonly generator: Program;
}

/** Another contender is first in each round. */
const orderOf = (round: number): readonly ContenderName[] =>
  names.map((_, i) => names[(i + round) % names.length] ?? 'limit');

async function runRounds(rig: Rig, flags: Flags): Promise<Results> {
  const { databases, contenders, generator } = rig;
  const results = new Map<string, Record<ContenderName, Measurement[]>>();
  for (const scenario of flags.scenarios) {
    const run = (name: ContenderName, seconds: number) =>
      measure(generator, contenders[name], scenario, databases, { customers: flags.customers, seconds });
    const measured: Record<ContenderName, Measurement[]> = { limit: [], cordon: [], handbuilt: [] };
    for (const name of names) await run(name, flags.warmUpSeconds);
    for (let round = 0; round < flags.rounds; round += 1) {
      for (const name of orderOf(round)) measured[name].push(await run(name, flags.seconds));
      const rates = names.map((name) => `${name} ${measured[name][round]?.rps.toFixed(0) ?? ''}`);
      say(
        `${scenario.name}, round ${round + 1}: ${rates.join(', ')} requests/s; load ${loadavg()[0]?.toFixed(1) ?? ''}`,
      );
    }
    results.set(scenario.name, measured);
  }
  return results;
}

async function takeProfiles(
  { databases, contenders, generator }: Rig,
  flags: Flags,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scenario of flags.scenarios) {
    const file = join(folder, `${scenario.name}.cpuprofile`);
    await contenders.cordon.profile();
    const { cpuMicros } = await measure(generator, contenders.cordon, scenario, databases, flags);
    await contenders.cordon.profiled(resolve(file));
    process.stdout.write(`${file}\n${await describeProfile(file, cpuMicros)}\n`);
  }
}

async function versions({ version }: Databases): Promise<Record<string, string>> {
  const read = async (folder: string) =>
    (JSON.parse(await readFile(join(packageFolder(folder), 'package.json'), 'utf8')) as { version: string })
      .version;
  return {
    cordon: await read('.'),
    node: process.versions.node,
    postgresql: version,
    apollo: await read('node_modules/@apollo/server'),
    graphql: await read('node_modules/graphql'),
    pg: await read('node_modules/pg'),
  };
}

/** What a run comes to. */
interface Outcome {
  readonly results: Results;
  readonly timings: readonly Timing[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Times answers about a record that the masked caller does not see, beside those about none. */
async function timeAnswers({ databases, contenders }: Rig, flags: Flags): Promise<readonly Timing[]> {
  if (flags.timingCount === 0) return [];
  const hidden = (await keysAround(databases.reader)).find(({ theirs }) => !theirs)?.key;
  if (hidden === undefined) throw new Error('the masked caller sees every record');
  // Beyond all keys, so the same index is walked and nothing is found.
  return measureTiming(contenders.cordon, { hidden, absent: flags.customers + hidden }, flags.timingCount);
}

async function runWith(rig: Rig, flags: Flags): Promise<Outcome> {
  const { databases, contenders } = rig;
  for (const scenario of flags.scenarios) await checkAgreement(contenders, scenario, flags.customers);
  await checkEnforcement(contenders, one, databases);
  say('all contenders agree, and who enforces does');
  const results = await runRounds(rig, flags);
  const timings = await timeAnswers(rig, flags);
  if (flags.profiles !== null) await takeProfiles(rig, flags, flags.profiles);
  const { residentBytes } = await contenders.cordon.usage();
  await contenders.end();
  const entries = await checkLedger(contenders, databases);
  say(`the ledger holds an entry for each of ${entries} requests`);
  const figures = {
    cordon_requests: contenders.cordon.asked,
    ledger_entries: entries,
    cordon_resident_mb: Math.round(residentBytes / 1e6),
  };
  return { results, timings, figures };
}

async function runContenders(databases: Databases, folder: string, flags: Flags): Promise<Outcome> {
  if (flags.scenarios.length === 0 && flags.timingCount === 0)
    return { results: new Map(), timings: [], figures: {} };
  const generator = startProgram(ownFile('generator'), {});
  try {
    const contenders = await startContenders(databases, folder);
    say('contenders answer');
    try {
      return await runWith({ databases, contenders, generator }, flags);
    } finally {
      await contenders.end();
    }
  } finally {
    await generator.end();
  }
}

async function report(
  { results, timings, figures }: Outcome,
  planning: Planning | null,
  databases: Databases,
  flags: Flags,
): Promise<void> {
  const held = holdTargets(results);
  if (results.size > 0) process.stdout.write(`\n${table(flags.scenarios, results, held)}\n`);
  if (planning !== null) process.stdout.write(`\n${planningTable(planning)}\n`);
  if (timings.length > 0) process.stdout.write(`\n${timingTable(timings)}\n`);
  if (flags.json === null) return;
  const all = { ...figures, ...(planning === null ? {} : planningFigures(planning)) };
  const heldFigures = planning === null ? [] : holdPlanning(planning);
  await writeFile(flags.json, await resultsJson(results, held, await versions(databases), all, heldFigures));
}

async function main(flags: Flags): Promise<void> {
  const folder = flags.folder ?? packageFolder('.cordon/bench');
  await mkdir(folder, { recursive: true });
  const databases = await startDatabases(folder, flags.customers, log);
  try {
    const planning = flags.planRounds === 0 ? null : await measurePlanning(databases, flags.planRounds);
    await report(await runContenders(databases, folder, flags), planning, databases, flags);
  } finally {
    await databases.stop();
  }
}

try {
  if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
  else await main(readFlags(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
