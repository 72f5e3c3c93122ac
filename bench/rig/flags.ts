import { parseArgs } from 'node:util';
import { peerNames, scenarios, type PeerName, type Scenario } from '../scenarios/index.js';

/** What is measured without load on a contender. */
const partNames = ['plan', 'view', 'ledger', 'start', 'timing'] as const;
export type PartName = (typeof partNames)[number];

/** How the benchmark is run. */
export interface Flags {
  /** None: no contender is started. */
  readonly scenarios: readonly Scenario[];
  readonly parts: ReadonlySet<PartName>;
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  /** Of one contender on one workload in one round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly customers: number;
  /** That the ledger holds of which `audit` asks. */
  readonly ledgerEntries: number;
  /** For the database, kept from run to run; null: `.cordon/bench`. */
  readonly folder: string | null;
  /** File for the results; null: none. */
  readonly json: string | null;
  /** File for a chart of them; null: none. */
  readonly svg: string | null;
  /** Results of a run before, of which the chart is drawn; null: of this one. */
  readonly from: string | null;
  /** Folder for processor profiles of Cordon; null: none are taken. */
  readonly profiles: string | null;
  readonly smoke: boolean;
}

const workloadNames = scenarios.map(({ name }) => name);

export const usage = `npm run bench -- [options]
  --only NAMES          these alone, of the workloads
                          ${workloadNames.join(', ')}
                        and of what is measured without load
                          plan    what planning an operation takes
                          view    what the view of 200 types takes
                          ledger  what one process appends, and how fast the ledger is verified
                          start   how long until a gateway is ready
                          timing  whether answers that are alike take alike; only where it is named
  --peers NAMES         of ${peerNames.join(', ')} (all; what is not installed is installed)
  --rounds N            rounds, at least 1 (3)
  --seconds N           of one contender on one workload in one round (6)
  --customers N         size of the customer database (20000); growth adds one of ten times that
  --ledger-entries N    size of the ledger that audit asks and ledger verifies (50000)
  --json FILE           writes the results
  --svg FILE            draws them
  --from FILE           draws these results, of a run before, and measures nothing
  --profile FOLDER      profiles Cordon on each workload, after the rounds; for Chrome's developer tools
  --folder FOLDER       where the databases are kept (.cordon/bench)
  --smoke               a hundredth of the data and a second for each contender: behaviour, not speed`;

function positive(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} takes a number above 0`);
  return value;
}

function whole(text: string | undefined, name: string, least: number): number | null {
  const value = positive(text, name);
  if (value !== null && !(Number.isInteger(value) && value >= least && value <= 10_000_000))
    throw new Error(`--${name} takes a whole number from ${least} to 10000000`);
  return value;
}

/** The names of a list, each one of these. */
function chosen<T extends string>(text: string, known: readonly T[], name: string): readonly T[] {
  return text.split(',').map((word) => {
    const found = known.find((each) => each === word);
    if (found === undefined) throw new Error(`--${name} takes ${known.join(', ')}`);
    return found;
  });
}

/** Everything but the timing, which takes its time to say little on a machine with other work; a smoke run is for behaviour. */
const allParts = (smoke: boolean): readonly PartName[] =>
  partNames.filter((name) => smoke || name !== 'timing');

/** @throws Error in words for whoever typed it */
export function readFlags(words: readonly string[]): Flags {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: text,
      peers: text,
      rounds: text,
      seconds: text,
      customers: text,
      'ledger-entries': text,
      json: text,
      svg: text,
      from: text,
      profile: text,
      folder: text,
      smoke: { type: 'boolean', default: false },
    },
  });
  const { smoke } = values;
  const only =
    values.only === undefined
      ? [...workloadNames, ...allParts(smoke)]
      : chosen(values.only, [...workloadNames, ...partNames], 'only');
  return {
    scenarios: scenarios.filter(({ name }) => only.includes(name)),
    parts: new Set(partNames.filter((name) => only.includes(name))),
    peers: values.peers === undefined ? peerNames : chosen(values.peers, peerNames, 'peers'),
    rounds: Math.ceil(positive(values.rounds, 'rounds') ?? (smoke ? 1 : 3)),
    seconds: positive(values.seconds, 'seconds') ?? (smoke ? 1 / scenarios.length : 6),
    warmUpSeconds: smoke ? 0.05 : 3,
    // Fewer have no page of a hundred behind a key.
    customers: whole(values.customers, 'customers', 200) ?? (smoke ? 200 : 20_000),
    ledgerEntries: whole(values['ledger-entries'], 'ledger-entries', 100) ?? (smoke ? 1000 : 50_000),
    folder: values.folder ?? null,
    json: values.json ?? null,
    svg: values.svg ?? null,
    from: values.from ?? null,
    profiles: values.profile ?? null,
    smoke,
  };
}
