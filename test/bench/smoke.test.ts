import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultsDocument } from '../../bench/report/json.js';
import { repository } from '../support/compiled.js';
import { testFolder } from '../support/test-folders.js';
import { runProgram, type ProgramRun } from './run-program.js';

/** Peers with packages of their own, which `npm ci` does not install. */
const apart = ['mercurius', 'postgraphile'].map((name) => ({
  name,
  installed: existsSync(join(repository, 'bench/peers/node_modules', name)),
}));

describe('the benchmark', () => {
  const folder = testFolder('bench');
  let run: ProgramRun<ResultsDocument>;

  // It ends with an error where contenders disagree, a masked caller gets a secret, a view is another's, or a ledger misses
  // a request.
  beforeAll(async () => {
    await mkdir(folder);
    run = await runProgram('main', folder, ['--smoke']);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('asks everybody every workload, and all answer rightly', () => {
    const peers = [
      'limit',
      'cordon',
      'handbuilt',
      ...apart.flatMap((each) => (each.installed ? each.name : [])),
    ];
    const lanes = {
      list: peers,
      flat: peers,
      one: peers,
      cross: ['limit', 'cordon'],
      deny: ['cordon', 'cleared'],
      views: ['cordon', 'one view'],
      growth: ['cordon', 'a tenth'],
      audit: ['cordon'],
    };
    for (const [workload, names] of Object.entries(lanes)) {
      expect(run.printed).toMatch(new RegExp(`^${workload}: .*\n.*requests/s`, 'm'));
      expect(Object.keys(run.results.workloads[workload] ?? {}).sort()).toEqual([...names].sort());
      for (const name of names)
        expect(run.results.workloads[workload]?.[name]?.rps).toEqual([expect.any(Number)]);
    }
    expect(run.told).toContain('all contenders agree, and who enforces does');
  });

  it('says of a peer that is not installed why it is left out', () => {
    for (const { name, installed } of apart) expect(run.told.includes(`without ${name}: `)).toBe(!installed);
  });

  it('holds what was measured to its targets', () => {
    const names = run.results.targets.map(({ name }) => name);
    for (const name of [
      'list: of limit',
      'one: over handbuilt',
      'cross: of limit',
      'deny: of cleared',
      'views: of one view',
      'cost of one customer at 2,000, of that at 200',
      'a view of 20 types, MB',
      'ready against a running database, s',
    ])
      expect(names).toContain(name);
    expect(run.printed).toMatch(/plan of list from the cache, µs processor time .* ≤ 30 (?:met|NOT MET)$/m);
    expect(run.printed).toMatch(
      /who saw a record, at [\d,]+ entries, ms at the median .* ≤ 20 (?:met|NOT MET)$/m,
    );
    expect(run.printed).toMatch(/entries verified a second, over [\d,]+ .* ≥ 150000 (?:met|NOT MET)$/m);
    const longest = Math.max(...run.printed.split('\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(120);
  });

  it('counts an entry for each request', () => {
    expect(run.results.figures['ledger_entries']).toBeGreaterThan(0);
    expect(run.results.figures['ledger_entries']).toBe(run.results.figures['cordon_requests']);
  });

  it('draws every workload that compares something', () => {
    for (const workload of ['list', 'flat', 'one', 'cross', 'deny', 'views', 'growth'])
      expect(run.chart).toContain(`>${workload}</text>`);
    expect(run.chart).not.toContain('>audit</text>');
  });
});
