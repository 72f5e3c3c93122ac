import { execFile } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { packageFolder } from '../../src/base/index.js';
import { names } from '../rig/contenders.js';
import type { HeldFigure } from './planning.js';
import type { Results } from './results.js';
import { median } from './statistics.js';
import type { Held } from './targets.js';

/** The commit that was measured, with `+` where files differ from it; null outside a repository. */
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

function machine(): object {
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

/** The results for programs, in the form that PERFORMANCE sets. */
export async function resultsJson(
  results: Results,
  held: readonly Held[],
  versions: Readonly<Record<string, string>>,
  figures: Readonly<Record<string, number>>,
  heldFigures: readonly HeldFigure[],
): Promise<string> {
  const workloads = [...results].map(([name, workload]) => {
    const contenders = names.map((contender) => {
      const each = workload[contender];
      return [
        contender,
        {
          rps: each.map(({ rps }) => rounded(rps, 1)),
          p50_ms: rounded(median(each.map(({ p50Ms }) => p50Ms)), 3),
          p99_ms: rounded(median(each.map(({ p99Ms }) => p99Ms)), 3),
          cpu_us: rounded(median(each.map(({ cpuMicros }) => cpuMicros)), 1),
          // Null in JSON where the system does not tell.
          database_cpu_us: rounded(median(each.map(({ databaseMicros }) => databaseMicros)), 1),
        },
      ];
    });
    return [name, Object.fromEntries(contenders)] as const;
  });
  const targets = held.map(({ name, value, atLeast, met }) => ({
    name,
    value: rounded(value, 3),
    target: atLeast,
    met,
  }));
  const document = {
    commit: await commit(),
    machine: machine(),
    versions,
    workloads: Object.fromEntries(workloads),
    figures,
    targets: [
      ...targets,
      ...heldFigures.map(({ value, ...each }) => ({ ...each, value: rounded(value, 1) })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
