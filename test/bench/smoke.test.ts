import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ResultsDocument } from '../../bench/report/json.js';
import { repository } from '../support/compiled.js';
import { startProgram } from '../support/program.js';
import { testFolder } from '../support/test-folders.js';

/** Runs the benchmark as its users do, on little data, and gives what it printed, told and wrote. */
async function runSmoke(folder: string) {
  const json = join(folder, 'results.json');
  const svg = join(folder, 'results.svg');
  const progress = join(folder, 'progress.txt');
  const output = await open(progress, 'w');
  const words = ['--smoke', '--folder', folder, '--json', json, '--svg', svg];
  const { child } = startProgram('bench/main.ts', words, { output: output.fd });
  const exit = once(child, 'exit');
  const printed = await text(child.stdout);
  const [code] = (await exit) as [number | null];
  await output.close();
  const told = await readFile(progress, 'utf8');
  if (code !== 0) throw new Error(`the benchmark ended with ${code}:\n${told}`);
  const results = JSON.parse(await readFile(json, 'utf8')) as ResultsDocument;
  return { printed, told, results, chart: await readFile(svg, 'utf8') };
}

/** Peers with packages of their own, which `npm ci` does not install. */
const apart = ['mercurius', 'postgraphile'].map((name) => ({
  name,
  installed: existsSync(join(repository, 'bench/peers/node_modules', name)),
}));

describe('the benchmark', () => {
  const folder = testFolder('bench');
  let run: Awaited<ReturnType<typeof runSmoke>>;

  // It ends with an error where contenders disagree, a masked caller gets a secret, a view is another's, or a ledger misses
  // a request.
  beforeAll(async () => {
    await mkdir(folder);
    run = await runSmoke(folder);
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
