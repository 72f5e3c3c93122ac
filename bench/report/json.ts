import { execFile } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { packageFolder } from '../../src/base/index.js';
import type { Measurement } from '../rig/measure.js';
import { holdFigure, type Figure } from './figures.js';
import type { Results } from './results.js';
import { median } from './statistics.js';
import type { Held } from './targets.js';

/** What a run comes to, for programs: the form of the results file. */
export interface ResultsDocument {
  /** What was measured, with `+` where files differ from it; null outside a repository. */
  readonly commit: string | null;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Workload, lane. */
  readonly workloads: Readonly<Record<string, Readonly<Record<string, LaneResult>>>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: readonly TargetResult[];
}

export interface LaneResult {
  /** Round by round. */
  readonly rps: readonly number[];
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_us: number;
  /** Null in JSON where the system does not tell. */
  readonly database_cpu_us: number;
}

export interface TargetResult {
  readonly name: string;
  readonly value: number;
  readonly target: number;
  readonly met: boolean;
}

async function commit(): Promise<string | null> {
  const git = (...words: string[]) =>
    promisify(execFile)('git', words, { cwd: packageFolder('.') }).then(({ stdout }) => stdout.trim());
  try {
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return `${await git('rev-parse', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return null;
  }
}

function machine(): Readonly<Record<string, unknown>> {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model ?? 'unknown',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    load_at_end: loadavg().map((each) => Number(each.toFixed(2))),
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function laneResult(all: readonly Measurement[]): LaneResult {
  const middle = (read: (measurement: Measurement) => number, digits: number) =>
    rounded(median(all.map(read)), digits);
  return {
    rps: all.map(({ rps }) => rounded(rps, 1)),
    p50_ms: middle(({ p50Ms }) => p50Ms, 3),
    p99_ms: middle(({ p99Ms }) => p99Ms, 3),
    cpu_us: middle(({ cpuMicros }) => cpuMicros, 1),
    database_cpu_us: middle(({ databaseMicros }) => databaseMicros, 1),
  };
}

const targetOfFigure = (figure: Figure): readonly TargetResult[] => {
  const { value, target, met } = holdFigure(figure);
  return target === null || met === null
    ? []
    : [{ name: figure.name, value: rounded(value, 3), target, met }];
};

/** What was measured, and on what. */
export async function measurementOf(
  versions: ResultsDocument['versions'],
): Promise<Pick<ResultsDocument, 'commit' | 'machine' | 'versions'>> {
  return { commit: await commit(), machine: machine(), versions };
}

/** The results in the form that later comparisons read. */
export async function resultsDocument(
  results: Results,
  held: readonly Held[],
  figures: readonly Figure[],
  versions: Readonly<Record<string, string>>,
): Promise<ResultsDocument> {
  const workloads = [...results].map(
    ([name, lanes]) =>
      [name, Object.fromEntries([...lanes].map(([lane, all]) => [lane, laneResult(all)]))] as const,
  );
  const targets = held.map(({ name, value, atLeast, met }) => ({
    name,
    value: rounded(value, 3),
    target: atLeast,
    met,
  }));
  return {
    ...(await measurementOf(versions)),
    workloads: Object.fromEntries(workloads),
    figures: Object.fromEntries(figures.map((each) => [each.key, rounded(holdFigure(each).value, 3)])),
    targets: [...targets, ...figures.flatMap(targetOfFigure)],
  };
}
