import { chart } from '../../bench/report/chart.js';
import { holdFigure } from '../../bench/report/figures.js';
import type { LaneResult, ResultsDocument } from '../../bench/report/json.js';
import { holdTargets } from '../../bench/report/targets.js';
import { table } from '../../bench/report/table.js';
import type { Measurement } from '../../bench/rig/measure.js';
import { scenarios } from '../../bench/scenarios/index.js';

const measured = (rps: number): Measurement => ({
  rps,
  p50Ms: 1,
  p99Ms: 2,
  cpuMicros: 100,
  databaseMicros: 100,
  bytesPerResponse: 1000,
});

const workload = (lanes: Readonly<Record<string, readonly number[]>>) =>
  new Map(Object.entries(lanes).map(([lane, all]) => [lane, all.map(measured)]));

describe('a report', () => {
  const results = new Map([
    ['list', workload({ limit: [100, 200, 300], cordon: [90, 170, 210], mercurius: [40, 100, 0] })],
    ['deny', workload({ cordon: [89], cleared: [100] })],
  ]);

  it('holds each pair of lanes to its target by the median of the rounds’ ratios', () => {
    const held = holdTargets(results).map(({ name, value, met }) => ({ name, value, met }));
    expect(held).toEqual([
      { name: 'list: of limit', value: 0.85, met: true },
      // The third round, in which it answered nothing, says nothing.
      { name: 'list: over mercurius', value: 1.975, met: false },
      { name: 'deny: of cleared', value: 0.89, met: false },
    ]);
  });

  it('prints them', () => {
    const printed = table(scenarios, results, holdTargets(results));
    expect(printed).toMatch(/^ {2}limit +200 +100–300 .* 0\.85 +0\.70–0\.90 +1\.00 +≥ 0\.8 met$/m);
    expect(printed).toMatch(/^ {2}cleared .* ≥ 0\.9 NOT MET$/m);
  });

  it('holds a figure to the side that it is bounded on', () => {
    const figure = { key: 'some', name: 'some', values: [1, 5, 3] };
    expect(holdFigure({ ...figure, bound: { atMost: 3 } })).toEqual({ value: 3, target: 3, met: true });
    expect(holdFigure({ ...figure, bound: { atMost: 2 } }).met).toBe(false);
    expect(holdFigure({ ...figure, bound: { atLeast: 4 } }).met).toBe(false);
    expect(holdFigure({ ...figure, bound: null })).toEqual({ value: 3, target: null, met: null });
  });

  it('draws bars as long as the rates', () => {
    const lane = (...rps: number[]): LaneResult => ({
      rps,
      p50_ms: 1,
      p99_ms: 2,
      cpu_us: 1,
      database_cpu_us: 1,
    });
    const document: ResultsDocument = {
      commit: null,
      machine: { processors: 2, model: 'Q & A <1>' },
      versions: {},
      workloads: {
        list: { limit: lane(400), cordon: lane(200), handbuilt: lane(20) },
        audit: { cordon: lane(7) },
      },
      figures: {},
      targets: [],
    };
    const drawn = chart(document);
    const lengths = [...drawn.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, each]) =>
      Number(each),
    );
    expect(lengths).toHaveLength(3);
    expect(lengths.map((each) => each / lengths[0]!)).toEqual([1, 0.5, expect.closeTo(0.05, 2)]);
    expect(drawn).toContain('20/s · cordon ×10.00');
    expect(drawn).toContain('Q &#38; A &#60;1&#62;');
  });
});
