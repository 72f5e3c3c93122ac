import { colours, svg, text } from './drawing.js';
import type { LaneResult, ResultsDocument } from './json.js';
import { median } from './statistics.js';

/** Sizes in pixels. */
const width = 760;
const labels = 120;
const values = 150;
const bar = { height: 18, step: 24 };
const group = { head: 30, gap: 14 };
const margin = { top: 64, side: 24, bottom: 66 };

const titles: Readonly<Record<string, string>> = {
  list: '50 customers × 5 orders × 3 items',
  flat: '100 customers × 5 fields',
  one: 'one customer with 5 orders',
  cross: '50 customers × 3 tickets of a second source',
  deny: 'list with every marked field masked, and cleared',
  views: '100 views in rotation, and one',
  growth: 'one, of ten times the data, and of a tenth',
};

/** Cordon's requests for each of a lane's, as the table has it: the median of the rounds' ratios. */
function ratioTo(lane: LaneResult, cordon: LaneResult): number {
  const ratios = cordon.rps.map((each, round) => each / (lane.rps[round] ?? Number.NaN));
  return median(ratios.filter(Number.isFinite));
}

/** The bars of one workload, one beneath the other, each as long as its lane's share of the fastest one's requests. */
function drawWorkload(name: string, lanes: Readonly<Record<string, LaneResult>>, top: number): string {
  const { cordon } = lanes;
  const most = Math.max(...Object.values(lanes).map(({ rps }) => median(rps)));
  const room = width - 2 * margin.side - labels - values;
  const head = [
    text(name, { x: margin.side, y: top + 18, size: 15, weight: 600 }),
    text(titles[name] ?? '', { x: margin.side + labels, y: top + 18, colour: colours.faint }),
  ];
  const bars = Object.entries(lanes).flatMap(([lane, result], i) => {
    const y = top + group.head + i * bar.step;
    const rps = median(result.rps);
    const length = Math.max(1, (room * rps) / most);
    const isCordon = lane === 'cordon';
    const x = margin.side + labels;
    const share = isCordon || cordon === undefined ? '' : ` · cordon ×${ratioTo(result, cordon).toFixed(2)}`;
    const at = { y: y + 13, weight: isCordon ? 600 : 400 };
    return [
      text(lane, { ...at, x: x - 10, anchor: 'end' }),
      `<rect x="${x}" y="${y}" width="${length.toFixed(1)}" height="${bar.height}" rx="2" fill="${isCordon ? colours.cordon : colours.other}"/>`,
      text(`${rps.toFixed(0)}/s${share}`, { ...at, x: Math.round(x + length + 8) }),
    ];
  });
  return [...head, ...bars].join('\n');
}

const heightOf = (lanes: object): number => group.head + Object.keys(lanes).length * bar.step + group.gap;

/** A run's requests a second as a picture (SVG), of every workload that compares something. */
export function chart({ workloads, commit, machine, versions }: ResultsDocument): string {
  const compared = Object.entries(workloads).filter(([, lanes]) => Object.keys(lanes).length > 1);
  let top = margin.top;
  const drawn = compared.map(([name, lanes]) => {
    const at = top;
    top += heightOf(lanes);
    return drawWorkload(name, lanes, at);
  });
  const height = top + margin.bottom;
  const { processors, model } = machine as { processors?: unknown; model?: unknown };
  const versioned = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const foot = [
    `${String(processors)} × ${String(model)}, load and database on the same machine; commit ${commit?.slice(0, 12) ?? 'unknown'}`,
    versioned.slice(0, 5).join(' · '),
    versioned.slice(5).join(' · '),
  ].map((line, i) =>
    text(line, { x: margin.side, y: height - 40 + 14 * i, size: 10, colour: colours.faint }),
  );
  return svg({
    width,
    height,
    label: 'Requests a second of Cordon and of what it is compared with',
    parts: [
      text('Requests a second', { x: margin.side, y: 32, size: 18, weight: 600 }),
      text('Cordon with tokens, masks, row rules and a durable ledger; the peers as each is named', {
        x: margin.side,
        y: 52,
        size: 12,
        colour: colours.faint,
      }),
      ...drawn,
      ...foot,
    ],
  });
}
