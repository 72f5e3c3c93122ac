import { parseArgs } from 'node:util';
import { scenarios, type Scenario } from '../scenarios/index.js';

/** How the benchmark is run. */
export interface Flags {
  /** None: no contender is started. */
  readonly scenarios: readonly Scenario[];
  /** Whether planning is measured, and in how many rounds; 0: it is not. */
  readonly planRounds: number;
  /** Answers of each kind whose times are compared; 0: none are. */
  readonly timingCount: number;
  readonly rounds: number;
  /** Of one contender on one workload in one round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly customers: number;
  /** For the database, kept from run to run; null: `.cordon/bench`. */
  readonly folder: string | null;
  /** File for the results; null: none. */
  readonly json: string | null;
  /** Folder for processor profiles of Cordon; null: none are taken. */
  readonly profiles: string | null;
  readonly smoke: boolean;
}

export const usage = `npm run bench -- [options]
  --only list,flat,one,plan,timing  these alone; plan: what planning an operation takes, in one process;
                        timing, which is done only where it is named: whether answers that are alike take alike
  --rounds N            rounds, at least 1 (3)
  --seconds N           of one contender on one workload in one round (6)
  --json FILE           writes the results
  --profile FOLDER      profiles Cordon on each workload, after the rounds; for Chrome's developer tools
  --folder FOLDER       where the database is kept (.cordon/bench)
  --smoke               a hundredth of the data and a second for each contender: behaviour, not speed`;

function positive(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} takes a number above 0`);
  return value;
}

/** The parts that are no workloads. */
const planning = 'plan';
const timing = 'timing';

function chosen(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return scenarios;
  return names
    .filter((name) => name !== planning && name !== timing)
    .map((name) => {
      const scenario = scenarios.find((each) => each.name === name);
      if (scenario === undefined)
        throw new Error(
          `--only takes ${[...scenarios.map((each) => each.name), planning, timing].join(', ')}`,
        );
      return scenario;
    });
}

/** @throws Error in words for whoever typed it */
export function readFlags(words: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
      folder: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const { smoke } = values;
  const only = values.only?.split(',');
  return {
    scenarios: chosen(only),
    planRounds: only?.includes(planning) === false ? 0 : smoke ? 3 : 40,
    timingCount: only?.includes(timing) === true || (smoke && only === undefined) ? (smoke ? 50 : 3000) : 0,
    rounds: Math.ceil(positive(values.rounds, 'rounds') ?? (smoke ? 1 : 3)),
    seconds: positive(values.seconds, 'seconds') ?? (smoke ? 1 / scenarios.length : 6),
    warmUpSeconds: smoke ? 0.1 : 3,
    customers: smoke ? 200 : 20_000,
    folder: values.folder ?? null,
    json: values.json ?? null,
    profiles: values.profile ?? null,
    smoke,
  };
}
