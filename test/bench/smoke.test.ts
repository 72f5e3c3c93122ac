import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startProgram } from '../support/program.js';
import { testFolder } from '../support/test-folders.js';

interface Results {
  readonly workloads: Readonly<Record<string, Readonly<Record<string, { readonly rps: readonly number[] }>>>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: readonly { readonly name: string }[];
}

/** Runs the benchmark as its users do, on little data, and gives what it printed and wrote. */
async function runSmoke(folder: string) {
  const json = join(folder, 'results.json');
  const progress = join(folder, 'progress.txt');
  const output = await open(progress, 'w');
  const { child } = startProgram('bench/main.ts', ['--smoke', '--folder', folder, '--json', json], {
    output: output.fd,
  });
  const exit = once(child, 'exit');
  const printed = await text(child.stdout);
  const [code] = (await exit) as [number | null];
  await output.close();
  if (code !== 0) throw new Error(`the benchmark ended with ${code}:\n${await readFile(progress, 'utf8')}`);
  return { printed, results: JSON.parse(await readFile(json, 'utf8')) as Results };
}

describe('the benchmark', () => {
  const folder = testFolder('bench');

  beforeAll(() => mkdir(folder));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // It ends with an error where contenders disagree, a masked caller gets a secret, or the ledger misses a request.
  it('asks every contender every workload, and all answer rightly', async () => {
    const { printed, results } = await runSmoke(folder);
    for (const workload of ['list', 'flat', 'one']) {
      expect(printed).toMatch(new RegExp(`^${workload} .*requests/s`, 'm'));
      for (const contender of ['limit', 'cordon', 'handbuilt']) {
        expect(results.workloads[workload]?.[contender]?.rps).toEqual([expect.any(Number)]);
        expect(results.workloads[workload]?.[contender]?.rps[0]).toBeGreaterThan(0);
      }
    }
    expect(results.targets.map(({ name }) => name)).toContain('list: of limit, floor');
    expect(printed).toMatch(
      /^ {2}plan of list from the cache, µs processor time: .* ≤ 30: (?:met|NOT MET)$/m,
    );
    expect(results.figures['plan_us']).toBeGreaterThan(results.figures['plan_cached_us']!);
    expect(results.targets.map(({ name }) => name)).toContain('plan of list from nothing, µs processor time');
    expect(results.figures['ledger_entries']).toBeGreaterThan(0);
    expect(results.figures['ledger_entries']).toBe(results.figures['cordon_requests']);
  }, 40_000);
});
