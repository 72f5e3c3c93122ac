// Everything that is asked of contenders: first whether they answer rightly, then how fast.
import { cleared, masked } from '../deployment/callers.js';
import { figureOfMemory, figuresOfResults, type Figure } from '../report/figures.js';
import type { Results } from '../report/results.js';
import { audit, deny, growth, isGateway, one, views, type Scenario } from '../scenarios/index.js';
import { checkAgreement } from './agreement.js';
import {
  checkEnforcement,
  checkGrowth,
  checkHistory,
  checkLedger,
  checkViews,
  keysAround,
} from './checks.js';
import { chooseServers } from './choose-servers.js';
import { startContenders, type Contenders } from './contenders.js';
import type { Databases } from './databases.js';
import type { FilledLedger } from './filled-ledger.js';
import type { Flags } from './flags.js';
import { ownFile, startProgram } from './program.js';
import { runRounds, takeProfiles, type Rig } from './rounds.js';
import { say } from './say.js';
import { measureTiming, type Timing } from './timing.js';

export interface Contest {
  readonly results: Results;
  readonly timings: readonly Timing[];
  readonly figures: readonly Figure[];
}

/** Workloads with a check of their own: a history names moments and entries, and other sizes have other orders. */
const checkedOtherwise: readonly Scenario[] = [audit, growth];

async function check(
  contenders: Contenders,
  { data }: Databases,
  filled: FilledLedger | null,
  { scenarios, smoke }: Flags,
): Promise<void> {
  const many = !smoke;
  for (const scenario of scenarios)
    if (!checkedOtherwise.includes(scenario)) await checkAgreement(contenders, scenario, { many });
  if (contenders.all.some(({ name }) => name === 'cordon')) {
    await checkEnforcement(contenders, data.shop);
    // Whatever else is chosen: masks of everything that is marked, on rows that are all there.
    if (!scenarios.includes(deny)) await checkAgreement(contenders, deny, { many });
  }
  if (scenarios.includes(growth)) await checkGrowth(contenders);
  if (filled !== null) await checkHistory(contenders, filled);
  say('all contenders agree, and who enforces does');
}

/** Times answers about a record that the masked caller does not see, beside those about none. */
async function timeAnswers(
  { databases, contenders }: Rig,
  { parts, smoke }: Flags,
): Promise<readonly Timing[]> {
  if (!parts.has('timing')) return [];
  const { shop, customers } = databases.data;
  const hidden = (await keysAround(shop)).find(({ theirs }) => !theirs)?.key;
  if (hidden === undefined) throw new Error('the masked caller sees every record');
  // Beyond all keys, so the same index is walked and nothing is found.
  return measureTiming(contenders.of('cordon'), { hidden, absent: customers + hidden }, smoke ? 50 : 3000);
}

/** Counts every gateway's ledger, once all have ended. */
async function checkLedgers({ all }: Contenders): Promise<readonly Figure[]> {
  let [requests, entries, closed] = [0, 0, 0];
  for (const contender of all) {
    if (!isGateway(contender.name)) continue;
    entries += await checkLedger(contender);
    requests += contender.asked;
    closed += contender.closed;
  }
  say(`the ledger holds an entry for each of ${entries} requests`);
  if (closed > 0)
    say(`${closed} answers had masks, since facts were over a second old: the machine is too busy`);
  return [
    { key: 'cordon_requests', name: 'requests that gateways were sent', values: [requests], bound: null },
    { key: 'ledger_entries', name: 'entries that their ledgers gained', values: [entries], bound: null },
    { key: 'closed_answers', name: 'answers masked since facts were too old', values: [closed], bound: null },
  ];
}

/**
 * Runs the rounds; the hundred views last, so that what Cordon's memory is held by is the work of a few, and growth first,
 * while the code of neither of its two gateways has been compiled further than the other's.
 */
async function runAll(rig: Rig, flags: Flags): Promise<{ results: Results; memory: readonly Figure[] }> {
  const { contenders } = rig;
  const chosen = (wanted: Scenario) => flags.scenarios.filter((scenario) => scenario === wanted);
  const others = flags.scenarios.filter((scenario) => scenario !== views && scenario !== growth);
  const few = [...chosen(growth), ...others];
  const results = new Map(await runRounds(rig, few, flags));
  const cordon = contenders.all.find(({ name }) => name === 'cordon');
  const measured = cordon !== undefined && results.size > 0;
  const memory = measured ? [figureOfMemory((await cordon.usage()).residentBytes)] : [];
  if (chosen(views).length > 0) {
    await checkViews(contenders, flags.smoke ? 10 : 100);
    for (const [name, workload] of await runRounds(rig, [views], flags)) results.set(name, workload);
  }
  // In the order that they are told in.
  const told = flags.scenarios.flatMap(({ name }) => {
    const found = results.get(name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return { results: new Map(told), memory };
}

async function contestWith(rig: Rig, filled: FilledLedger | null, flags: Flags): Promise<Contest> {
  const { databases, contenders } = rig;
  await check(contenders, databases, filled, flags);
  const { results, memory } = await runAll(rig, flags);
  const timings = await timeAnswers(rig, flags);
  if (flags.profiles !== null) await takeProfiles(rig, flags, flags.profiles);
  await contenders.end();
  const sizes = { customers: databases.data.customers, entries: filled?.before ?? 0 };
  return {
    results,
    timings,
    figures: [...figuresOfResults(results, sizes), ...memory, ...(await checkLedgers(contenders))],
  };
}

/** Everybody who asks something in this run. */
const callersOf = ({ scenarios }: Flags) => [
  cleared,
  masked,
  ...[...scenarios, one, deny].flatMap(({ lanes }) => lanes.flatMap(({ callers }) => callers)),
];

/** Starts whoever is asked, asks them, and ends them. */
export async function runContest(
  databases: Databases,
  filled: FilledLedger | null,
  { folder, flags }: { readonly folder: string; readonly flags: Flags },
): Promise<Contest> {
  const servers = await chooseServers(flags);
  if (servers.length === 0) return { results: new Map(), timings: [], figures: [] };
  const generator = startProgram(ownFile('generator'), {});
  try {
    const contenders = await startContenders(servers, callersOf(flags), { databases, folder, filled });
    say(`these answer: ${contenders.all.map(({ name }) => name).join(', ')}`);
    try {
      return await contestWith({ databases, contenders, generator }, filled, flags);
    } finally {
      await contenders.end();
    }
  } finally {
    await generator.end();
  }
}
