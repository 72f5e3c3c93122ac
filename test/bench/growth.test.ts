import { mkdir, rm } from 'node:fs/promises';
import { growthPerMinute } from '../../bench/report/soak.js';
import type { MeasuredCurve } from '../../bench/rig/growth.js';
import type { Sample } from '../../bench/rig/soak.js';
import { testFolder } from '../support/test-folders.js';
import { runProgram } from './run-program.js';

const folder = testFolder('bench-parts');

describe('what grows', () => {
  beforeAll(() => mkdir(folder));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is measured at each size of each thing, and drawn', async () => {
    const words = ['--smoke', '--rounds', '1', '--seconds', '0.1'];
    type Written = { readonly curves: readonly MeasuredCurve[] };
    const { printed, results, chart } = await runProgram<Written>('growth', folder, words);
    expect(results.curves.map(({ name }) => name)).toEqual([
      'rows',
      'page',
      'depth',
      'roles',
      'tokens',
      'views',
      'types',
    ]);
    for (const { name, title, points } of results.curves) {
      expect(printed).toContain(`${name}: ${title}\n`);
      expect(chart).toContain(`>${name}</text>`);
      for (const { costs } of points) expect(costs[0]?.gatewayMicros).toBeGreaterThan(0);
    }
  }, 120_000);

  it('so is what becomes of memory and waiting under a load that lasts', async () => {
    const words = ['--minutes', '0.02', '--every', '0.5'];
    type Written = { readonly samples: readonly Sample[] };
    const { printed, results, chart } = await runProgram<Written>('soak', folder, words);
    expect(results.samples.length).toBeGreaterThanOrEqual(2);
    for (const { rps, residentBytes } of results.samples) {
      expect(rps).toBeGreaterThan(0);
      expect(residentBytes).toBeGreaterThan(0);
    }
    expect(printed).toMatch(/^resident at the end \d+ MB, target ≤ 200: (?:met|NOT MET)$/m);
    expect(chart).toContain('resident memory, MB');
  }, 120_000);

  it('a slope is that of the line through the samples', () => {
    const sample = (at: number, p99Ms: number) => ({ at, p99Ms }) as Sample;
    const rising = [sample(0, 10), sample(60, 12), sample(120, 14)];
    expect(growthPerMinute(rising, ({ p99Ms }) => p99Ms)).toBeCloseTo(2);
    expect(growthPerMinute([sample(0, 5), sample(30, 7), sample(60, 5)], ({ p99Ms }) => p99Ms)).toBeCloseTo(
      0,
    );
  });
});
