import type { Measurement } from '../rig/measure.js';
import type { Scenario } from '../scenarios/index.js';
import { holdFigure, type Figure } from './figures.js';
import { ratios, ratiosOfProcessorTime, type Results, type Workload } from './results.js';
import { median } from './statistics.js';
import type { Held } from './targets.js';

/** Empty where nothing was measured. */
const spread = (values: readonly number[], digits: number): string =>
  values.length === 0 ? '' : `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

const head = ['requests/s', 'min–max', 'p50 ms', 'p99 ms', 'CPU µs', 'PG µs', 'kB'];
const against = ['cordon ×', 'min–max', 'by CPU', 'target'];
const widths = [14, 11, 12, 8, 8, 8, 7, 7, 10, 12, 8, 7];
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('');

function measured(all: readonly Measurement[]): readonly string[] {
  const middle = (read: (measurement: Measurement) => number) => median(all.map(read));
  return [
    middle(({ rps }) => rps).toFixed(0),
    spread(
      all.map(({ rps }) => rps),
      0,
    ),
    middle(({ p50Ms }) => p50Ms).toFixed(2),
    middle(({ p99Ms }) => p99Ms).toFixed(2),
    middle(({ cpuMicros }) => cpuMicros).toFixed(0),
    middle(({ databaseMicros }) => databaseMicros).toFixed(0),
    (middle(({ bytesPerResponse }) => bytesPerResponse) / 1000).toFixed(1),
  ];
}

function compared(workload: Workload, lane: string, held: Held | undefined): readonly string[] {
  const all = ratios(workload, lane);
  const words = [
    median(all).toFixed(2),
    spread(all, 2),
    median(ratiosOfProcessorTime(workload, lane)).toFixed(2),
  ];
  return held === undefined ? words : [...words, `≥ ${held.atLeast}`, verdict(held.met)];
}

const verdict = (met: boolean): string => (met ? ' met' : ' NOT MET');

/** The workloads for people: medians and spreads of the rounds, and what Cordon does for each request of the others. */
export function table(scenarios: readonly Scenario[], results: Results, held: readonly Held[]): string {
  return scenarios
    .flatMap(({ name, title }) => {
      const workload = results.get(name);
      if (workload === undefined) return [];
      const rows = [...workload].map(([lane, all]) => {
        const target = held.find((each) => each.workload === name && each.lane === lane);
        const others = lane === 'cordon' ? [] : compared(workload, lane, target);
        return line([`  ${lane}`, ...measured(all), ...others]);
      });
      const heads = workload.size > 1 ? [...head, ...against] : head;
      return [`${name}: ${title}`, line(['', ...heads]), ...rows, ''];
    })
    .join('\n');
}

const digitsOf = (value: number): number => (value >= 1000 ? 0 : value >= 100 ? 1 : 2);

/** The figures for people: the middle and the spread of the rounds, and whether it is what the design aims at. */
export function figuresTable(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const { value, met } = holdFigure(figure);
    const { name, values, bound } = figure;
    const digits = digitsOf(value);
    const range = values.length > 1 ? `(${spread(values, digits)})` : '';
    const target = bound === null ? '' : 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
    const said = met === null ? '' : verdict(met);
    return `  ${name.padEnd(62)}${value.toFixed(digits).padStart(10)} ${range.padEnd(20)}${target.padStart(9)}${said}`;
  });
  return ['figures', ...lines].map((each) => each.trimEnd()).join('\n');
}
