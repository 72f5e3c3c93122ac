import { mkdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { describeProfile } from '../report/profile.js';
import type { Results } from '../report/results.js';
import type { Lane, Scenario } from '../scenarios/index.js';
import type { Contenders } from './contenders.js';
import type { Databases } from './databases.js';
import type { Flags } from './flags.js';
import { measure, type Measurement } from './measure.js';
import type { Program } from './program.js';
import { say } from './say.js';

/** Everything that a measurement needs, running. */
export interface Rig {
  readonly databases: Databases;
  readonly contenders: Contenders;
  readonly generator: Program;
}

/** Another lane is first in each round. */
const orderOf = (lanes: readonly Lane[], round: number): readonly Lane[] =>
  lanes.map((_, i) => lanes[(i + round) % lanes.length]).filter((lane) => lane !== undefined);

async function runWorkload(
  { databases, contenders, generator }: Rig,
  scenario: Scenario,
  flags: Flags,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const lanes = contenders.lanes(scenario);
  const run = (lane: Lane, seconds: number) =>
    measure(generator, contenders.of(lane.server), scenario, lane, { databases, seconds });
  const measured = new Map<string, Measurement[]>(lanes.map(({ name }) => [name, []]));
  for (const lane of lanes) await run(lane, flags.warmUpSeconds);
  for (let round = 0; round < flags.rounds; round += 1) {
    for (const lane of orderOf(lanes, round)) measured.get(lane.name)?.push(await run(lane, flags.seconds));
    const rates = lanes.map(({ name }) => `${name} ${measured.get(name)?.[round]?.rps.toFixed(0) ?? ''}`);
    const load = loadavg()[0]?.toFixed(1) ?? '';
    say(`${scenario.name}, round ${round + 1}: ${rates.join(', ')} requests/s; load ${load}`);
  }
  return measured;
}

/** Each round asks every lane of a workload in turn, so the ratios of a round met the same machine. */
export async function runRounds(rig: Rig, scenarios: readonly Scenario[], flags: Flags): Promise<Results> {
  const results = new Map<string, ReadonlyMap<string, readonly Measurement[]>>();
  for (const scenario of scenarios) {
    if (rig.contenders.lanes(scenario).length === 0) continue;
    results.set(scenario.name, await runWorkload(rig, scenario, flags));
  }
  return results;
}

/** Profiles Cordon on each workload, and prints what each stage takes. */
export async function takeProfiles(
  { databases, contenders, generator }: Rig,
  { scenarios, seconds }: Flags,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scenario of scenarios) {
    const lane = contenders.lanes(scenario).find(({ name }) => name === 'cordon');
    if (lane === undefined) continue;
    const contender = contenders.of(lane.server);
    const file = join(folder, `${scenario.name}.cpuprofile`);
    await contender.profile();
    const { cpuMicros } = await measure(generator, contender, scenario, lane, { databases, seconds });
    await contender.profiled(resolve(file));
    process.stdout.write(`${file}\n${await describeProfile(file, cpuMicros)}\n`);
  }
}
