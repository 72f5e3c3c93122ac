import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config.js';
import type { DeploymentReport } from '../prove/index.js';
import { configOption, ownFile, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { createLog } from './log.js';
import { repeated } from './options.js';
import { print, printJson, progressLine } from './output.js';
import { progressBar, type ProgressBar } from './progress-bar.js';
import { reportLines } from './prove-words.js';
import { untilStopped } from './until-stopped.js';

interface ProveCommandOptions extends ConfigOption {
  readonly demo?: boolean;
  readonly seed?: string;
  readonly cases?: number;
  readonly role?: readonly string[];
  readonly minutes?: number;
  readonly json?: boolean;
}

const casesDefault = 1000;
/** Rows of a table at most: enough for groups, pages and ties, and few enough that each of them is met. */
const rows = 24;

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 10_000_000)
    throw new InvalidArgumentError('Write a whole number of 1 or more.');
  return number;
}

function minutes(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 24 * 60)) throw new InvalidArgumentError('Write a number of minutes: 5.');
  return number;
}

/** The deployment's configuration; null for the demo, which is what there is where no other is. */
function provedConfig({ config, demo }: ProveCommandOptions) {
  if (demo === true && config !== undefined)
    throw new CommandError('Give --config or --demo, one of the two.');
  const file = config ?? (demo !== true && existsSync(ownFile) ? ownFile : undefined);
  return file === undefined ? null : loadConfig(file);
}

/** Pairs that are tried, of all; or seconds, where time alone ends the run. */
class Progress {
  readonly #line = progressLine();
  readonly #seconds: number | null;
  readonly #began = Date.now();
  #bar: ProgressBar | null = null;
  #done = 0;

  constructor(seconds: number | null) {
    this.#seconds = seconds;
  }

  readonly onStage = (doing: string): void => this.#line.show(`${doing} …`);

  readonly onTotal = (total: number): void => {
    this.#line.done();
    this.#bar = Number.isFinite(total)
      ? progressBar(total, 'pairs', (this.#seconds ?? Infinity) * 1000)
      : progressBar(this.#seconds ?? 0, 'seconds');
    if (!Number.isFinite(total)) this.#show = () => Math.floor((Date.now() - this.#began) / 1000);
  };

  readonly onPairs = (count: number): void => {
    this.#done += count;
    this.#bar?.show(this.#show());
  };

  #show = (): number => this.#done;

  end(): void {
    this.#line.done();
    this.#bar?.end();
  }
}

/** Ended by a signal, as a shell says it. */
class Stopped extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`ended by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Tells of the first SIGINT or SIGTERM. From then on nobody waits for what is under way, and it may fail as it will. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  void untilStopped().then((signal) => {
    process.on('uncaughtException', () => undefined);
    stop.abort(new Stopped(signal));
  });
  return stop.signal;
}

async function run(options: ProveCommandOptions): Promise<DeploymentReport> {
  const signal = stopSignal();
  const { proveDeployment, UnknownRoleError } = await import('../prove/index.js');
  const { seed = randomBytes(4).toString('hex'), role = null, minutes: most = null } = options;
  const progress = new Progress(most === null ? null : most * 60);
  try {
    return await proveDeployment({
      config: provedConfig(options),
      seed,
      cases: options.cases ?? (most === null ? casesDefault : Infinity),
      roles: role,
      minutes: most,
      rows,
      log: createLog('error'),
      signal,
      onStage: progress.onStage,
      onTotal: progress.onTotal,
      onPairs: progress.onPairs,
    });
  } catch (error) {
    if (error instanceof UnknownRoleError) throw new CommandError(error.message);
    // Its gateways are in threads, which would go on.
    if (error instanceof Stopped) process.exit(error.exitCode);
    throw error;
  } finally {
    progress.end();
  }
}

/** `cordon prove`: whether anything that is hidden from a caller has a part in what they are answered. */
export function proveCommand(): Command {
  return new Command('prove')
    .description(
      'ask gateways over databases that differ only in what a caller may not see, and report every difference; exit code 1 for any',
    )
    .addOption(configOption(`${ownFile}, else the demo, which need not run`))
    .option('--demo', "the demo's schema and policy, wherever this is run")
    .option(
      '--seed <text>',
      'what data and operations are made from, to repeat a run (default: another each time)',
    )
    .option(
      '--cases <number>',
      `pairs of answers for each role; roles together get a quarter (default: ${casesDefault.toLocaleString('en')})`,
      wholeNumber,
    )
    .option('--role <name>', 'of these roles, alone and together; may be repeated (default: all)', repeated)
    .option('--minutes <number>', 'end by then; without --cases, go on until then', minutes)
    .option('--json', 'print { ok, pairs: { role: number }, features: { name: number }, violations: [], … }')
    .addHelpText(
      'after',
      "\nOf the deployment's databases it reads the catalogues, and nothing else: the data is made up, in a PostgreSQL of its own.",
    )
    .action(async (options: ProveCommandOptions) => {
      const report = await run(options);
      if (!report.ok) process.exitCode = 1;
      if (options.json === true) printJson(report);
      else print((await reportLines(report)).join('\n'));
    });
}
