import type { Cost, MeasuredCurve } from '../rig/growth.js';
import { colours, svg, text } from './drawing.js';
import { median } from './statistics.js';

const middle = (costs: readonly Cost[], read: (cost: Cost) => number): number => median(costs.map(read));
const sum = ({ gatewayMicros, databaseMicros }: Cost): number => gatewayMicros + databaseMicros;
const counted = (size: number): string => size.toLocaleString('en-US');

/** Round by round, the cost at a point for each of the first point's. */
function ratiosOf({ points }: MeasuredCurve, costs: readonly Cost[]): readonly number[] {
  const first = points[0]?.costs ?? [];
  return costs.map((cost, round) => sum(cost) / sum(first[round] ?? cost));
}

/** For people: what a request takes at each point, and how much more than at the first. */
export function growthTable(curves: readonly MeasuredCurve[]): string {
  const widths = [12, 13, 14, 10, 10, 14];
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('');
  return curves
    .flatMap((curve) => [
      `${curve.name}: ${curve.title}`,
      line(['', 'gateway µs', 'PostgreSQL µs', 'p50 ms', 'cost ×', 'min–max']),
      ...curve.points.map(({ size, costs }) => {
        const ratios = ratiosOf(curve, costs);
        return line([
          counted(size),
          middle(costs, (cost) => cost.gatewayMicros).toFixed(0),
          middle(costs, (cost) => cost.databaseMicros).toFixed(0),
          middle(costs, (cost) => cost.p50Ms).toFixed(2),
          median(ratios).toFixed(2),
          `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
        ]);
      }),
      '',
    ])
    .join('\n');
}

const panel = { width: 360, height: 190, labels: 64, values: 90, step: 24 };
const margin = { top: 78, side: 24, bottom: 20 };

/** One curve as bars: the gateway's share and PostgreSQL's. */
function drawCurve({ name, title, points }: MeasuredCurve, x: number, y: number): string {
  const most = Math.max(...points.map(({ costs }) => middle(costs, sum)));
  const scale = (panel.width - panel.labels - panel.values) / most;
  const bars = points.flatMap(({ size, costs }, i) => {
    const top = y + 34 + i * panel.step;
    const gateway = middle(costs, (cost) => cost.gatewayMicros);
    const database = middle(costs, (cost) => cost.databaseMicros);
    const left = x + panel.labels;
    const bar = (from: number, micros: number, colour: string) =>
      `<rect x="${(left + from * scale).toFixed(1)}" y="${top}" width="${(micros * scale).toFixed(1)}" height="16" fill="${colour}"/>`;
    const at = { y: top + 12, size: 12 };
    return [
      text(counted(size), { ...at, x: left - 8, anchor: 'end' }),
      bar(0, gateway, colours.cordon),
      bar(gateway, database, colours.other),
      text(`${(gateway + database).toFixed(0)} µs`, {
        ...at,
        x: Math.round(left + (gateway + database) * scale + 6),
      }),
    ];
  });
  return [
    text(name, { x, y: y + 14, size: 14, weight: 600 }),
    text(title, { x, y: y + 28, size: 11, colour: colours.faint }),
    ...bars,
  ].join('\n');
}

/** The curves as a picture (SVG), two beside each other. */
export function growthChart(curves: readonly MeasuredCurve[]): string {
  const rows = Math.ceil(curves.length / 2);
  const width = 2 * (panel.width + margin.side) + margin.side;
  const at = (i: number) =>
    [
      margin.side + (i % 2) * (panel.width + margin.side),
      margin.top + Math.floor(i / 2) * panel.height,
    ] as const;
  const legend = { y: 54, size: 12, colour: colours.faint };
  return svg({
    width,
    height: margin.top + rows * panel.height + margin.bottom,
    label: 'Processor time of a request by the size of one thing',
    parts: [
      text('Processor time of a request', { x: margin.side, y: 32, size: 18, weight: 600 }),
      `<rect x="${margin.side}" y="44" width="10" height="10" fill="${colours.cordon}"/>`,
      text('the gateway', { ...legend, x: margin.side + 16 }),
      `<rect x="${margin.side + 110}" y="44" width="10" height="10" fill="${colours.other}"/>`,
      text('PostgreSQL, the ledger included', { ...legend, x: margin.side + 126 }),
      ...curves.map((curve, i) => drawCurve(curve, ...at(i))),
    ],
  });
}
