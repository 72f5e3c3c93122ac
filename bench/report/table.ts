import { names } from '../rig/contenders.js';
import type { Scenario } from '../scenarios/index.js';
import { ratios, ratiosOfProcessorTime, type Results } from './results.js';
import { median } from './statistics.js';
import type { Held } from './targets.js';

const spread = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

const head = ['', 'requests/s', 'min–max', 'p50 ms', 'p99 ms', 'CPU µs', 'PG µs', 'kB'];
const widths = [14, 11, 15, 9, 9, 9, 9, 8];
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('');

function verdicts(held: readonly Held[], workload: string, peer: string): string {
  return held
    .filter((each) => each.workload === workload && each.peer === peer)
    .map(({ stage, atLeast, met }) => `${stage} ≥ ${atLeast}: ${met ? 'met' : 'NOT MET'}`)
    .join(' · ');
}

/** The results for people: medians and spreads of the rounds, and what Cordon's ratios come to. */
export function table(scenarios: readonly Scenario[], results: Results, held: readonly Held[]): string {
  return scenarios
    .flatMap(({ name, title }) => {
      const workload = results.get(name);
      if (workload === undefined) return [];
      const rows = names.map((contender) => {
        const each = workload[contender];
        const of = (read: (measurement: (typeof each)[number]) => number) => each.map(read);
        const rps = of((measurement) => measurement.rps);
        return line([
          `  ${contender}`,
          median(rps).toFixed(0),
          spread(rps, 0),
          median(of((measurement) => measurement.p50Ms)).toFixed(2),
          median(of((measurement) => measurement.p99Ms)).toFixed(2),
          median(of((measurement) => measurement.cpuMicros)).toFixed(0),
          median(of((measurement) => measurement.databaseMicros)).toFixed(0),
          (median(of((measurement) => measurement.bytesPerResponse)) / 1000).toFixed(1),
        ]);
      });
      const against = (['limit', 'handbuilt'] as const).map((peer) => {
        const all = ratios(workload, peer);
        const word = peer === 'limit' ? 'of limit' : 'over handbuilt';
        const byTime = median(ratiosOfProcessorTime(workload, peer)).toFixed(2);
        return `  cordon ${word}: ${median(all).toFixed(2)} (${spread(all, 2)}), by processor time ${byTime}   ${verdicts(held, name, peer)}`;
      });
      return [line([name, ...head.slice(1)]) + `   ${title}`, ...rows, ...against, ''];
    })
    .join('\n');
}
