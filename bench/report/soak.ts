import type { Sample } from '../rig/soak.js';
import { colours, svg, text } from './drawing.js';
import { median } from './statistics.js';

/** What the design aims at, in MB, after ten minutes. */
const mostResident = 200;

const megabytes = (bytes: number): number => bytes / 1e6;

/** By how much a value grows in a minute, as the straight line does that lies closest to the samples (least squares). */
export function growthPerMinute(samples: readonly Sample[], read: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = samples.map(({ at }) => at / 60);
  const values = samples.map(read);
  const [midMinute, midValue] = [mean(minutes), mean(values)];
  const shared = minutes.reduce(
    (sum, each, i) => sum + (each - midMinute) * ((values[i] ?? 0) - midValue),
    0,
  );
  const own = minutes.reduce((sum, each) => sum + (each - midMinute) ** 2, 0);
  return shared / own;
}

/** For people: each minute, and what the second half says of memory and of waiting. */
export function soakTable(samples: readonly Sample[]): string {
  const widths = [10, 14, 10, 10, 14, 10];
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('');
  const last = samples.at(-1)?.at ?? 0;
  const minutes = Array.from({ length: Math.ceil(last / 60) }, (_, minute) => ({
    minute: minute + 1,
    within: samples.filter(({ at }) => at > minute * 60 && at <= (minute + 1) * 60),
  })).filter(({ within }) => within.length > 0);
  const rows = minutes.map(({ minute, within }) => {
    const of = (read: (sample: Sample) => number, digits: number) => median(within.map(read)).toFixed(digits);
    return line([
      String(minute),
      of(({ rps }) => rps, 0),
      of(({ p50Ms }) => p50Ms, 2),
      of(({ p99Ms }) => p99Ms, 2),
      of(({ residentBytes }) => megabytes(residentBytes), 0),
      of(({ heapBytes }) => megabytes(heapBytes), 0),
    ]);
  });
  const half = samples.filter(({ at }) => at > last / 2);
  const slope = (read: (sample: Sample) => number) => growthPerMinute(half, read).toFixed(2);
  const resident = megabytes(samples.at(-1)?.residentBytes ?? Number.NaN);
  return [
    line(['minute', 'requests/s', 'p50 ms', 'p99 ms', 'resident MB', 'heap MB']),
    ...rows,
    '',
    `resident at the end ${resident.toFixed(0)} MB, target ≤ ${mostResident}: ${resident <= mostResident ? 'met' : 'NOT MET'}`,
    `in the second half, a minute: resident ${slope((s) => megabytes(s.residentBytes))} MB, heap ${slope((s) => megabytes(s.heapBytes))} MB, p99 ${slope((s) => s.p99Ms)} ms`,
  ].join('\n');
}

const width = 760;
const panel = { left: 90, right: 30, height: 120, step: 160 };
const margin = { top: 60, bottom: 30 };

/** One value over time, from nothing up to its largest. */
function drawLine(
  samples: readonly Sample[],
  name: string,
  read: (sample: Sample) => number,
  top: number,
): string {
  const values = samples.map(read);
  const most = Math.max(...values);
  const last = samples.at(-1)?.at ?? 1;
  const bottom = top + panel.height;
  const across = width - panel.left - panel.right;
  const points = samples.map(
    ({ at }, i) =>
      `${(panel.left + (at / last) * across).toFixed(1)},${(bottom - ((values[i] ?? 0) / most) * (panel.height - 20)).toFixed(1)}`,
  );
  const axis = { colour: colours.faint, size: 11 };
  return [
    text(name, { x: panel.left, y: top + 8, size: 13, weight: 600 }),
    `<line x1="${panel.left}" y1="${bottom}" x2="${width - panel.right}" y2="${bottom}" stroke="${colours.other}"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.cordon}" stroke-width="2"/>`,
    text(most.toFixed(most < 20 ? 1 : 0), { ...axis, x: panel.left - 8, y: top + 24, anchor: 'end' }),
    text('0', { ...axis, x: panel.left - 8, y: bottom, anchor: 'end' }),
    text(`${(last / 60).toFixed(1)} min`, { ...axis, x: width - panel.right, y: bottom + 14, anchor: 'end' }),
  ].join('\n');
}

/** The samples as a picture (SVG). */
export function soakChart(samples: readonly Sample[]): string {
  const lines = [
    ['requests a second', ({ rps }: Sample) => rps],
    ['99th percentile, ms', ({ p99Ms }: Sample) => p99Ms],
    ['resident memory, MB', ({ residentBytes }: Sample) => megabytes(residentBytes)],
    ['heap, MB', ({ heapBytes }: Sample) => megabytes(heapBytes)],
  ] as const;
  return svg({
    width,
    height: margin.top + lines.length * panel.step + margin.bottom,
    label: 'Requests a second, latency and memory of a gateway over minutes at full load',
    parts: [
      text('A gateway at full load', { x: 24, y: 32, size: 18, weight: 600 }),
      ...lines.map(([name, read], i) => drawLine(samples, name, read, margin.top + i * panel.step)),
    ],
  });
}
