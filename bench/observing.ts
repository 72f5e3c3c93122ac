// What metrics and spans cost: first what a request tells a watch, by itself, over and over; then gateways that differ in nothing else are asked in alternating rounds over one PostgreSQL, and
// the processor time of a request is compared. `node --import ./test/support/typescript.mjs bench/observing.ts [rounds] [seconds]`
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder, type Log } from '../src/base/index.js';
import { mintToken, startDemoIssuer } from '../src/demo/index.js';
import { unwatched, type Answered, type ClassResult, type Watch } from '../src/observe/index.js';
import { observerOf, type Observing } from '../src/observing.js';
import { cleared } from './deployment/callers.js';
import type { GatewaySettings } from './gateway.js';
import { median } from './report/statistics.js';
import { poolSize, recordFacts, start, type Contender } from './rig/contenders.js';
import { startDatabases, type Databases } from './rig/databases.js';
import { measure } from './rig/measure.js';
import { ownFile, startProgram } from './rig/program.js';
import { say } from './rig/say.js';
import { one } from './scenarios/index.js';

const customers = 2000;
const warmUpSeconds = 8;
const metrics = { host: '127.0.0.1', port: 0 };

const kinds: Readonly<Record<string, Observing>> = {
  off: {},
  metrics: { metrics },
  spans: { tracing: { parents: [] } },
  both: { metrics, tracing: { parents: [] } },
};

/** Often enough for the compiler to have settled. */
const watched = 200_000;

/** All that an answered request tells: nine stages, a statement, two classes, an answer. */
function tell(watch: Watch): void {
  watch.enter('identify');
  watch.enter('body');
  watch.enter('view');
  watch.enter('document');
  watch.enter('clearance');
  watch.cleared(results);
  watch.enter('plan');
  watch.enter('sources');
  const statement = watch.statement('shop');
  statement?.connected();
  statement?.ended(null);
  watch.enter('ledger');
  watch.answered(answer);
  watch.enter('send');
}

const results: ReadonlyMap<string, ClassResult> = new Map([
  ['pricing', { met: true }],
  ['contact', { met: false, code: 'PURPOSE_REQUIRED' }],
]);
const cells = ['CLEAR', 'MASKED'].map((decision) => ({ decision, secretClass: 'pricing' }));
const answer: Answered = {
  outcome: 'RELEASED',
  code: null,
  body: { length: 1000 },
  disclosures: [{ descriptor: { cells }, count: 6 }],
};

/** Processor µs that watching one request takes. */
function watchingAlone(observing: Observing): number {
  const observer = observerOf(observing);
  const once = () => {
    if (observer === undefined) {
      tell(unwatched);
      return;
    }
    const watch = observer.begin({
      endpoint: 'data',
      requestId: '1',
      traceParent: undefined,
      peer: undefined,
    });
    tell(watch);
    watch.end(200);
  };
  for (let i = 0; i < watched; i += 1) once();
  const before = process.cpuUsage();
  for (let i = 0; i < watched; i += 1) once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / watched;
}

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_, message) => say(message),
  error: (_, message) => say(message),
  child: () => log,
};

async function startGateways(databases: Databases, folder: string) {
  await recordFacts(databases.control);
  const keys = join(folder, 'issuer');
  const issuer = await startDemoIssuer({ folder: keys, port: 0 });
  const tokens = new Map([[cleared, await mintToken(keys, cleared.token)]]);
  const gateways = new Map<string, Contender>();
  for (const [kind, observing] of Object.entries(kinds)) {
    const { reader, control } = databases;
    const ledgerFolder = join(folder, 'ledger', kind);
    const settings: GatewaySettings = {
      ...{ reader, control, poolSize, jwksUri: issuer.jwksUri, folder },
      ...{ ledgerFolder, observing },
    };
    gateways.set(kind, await start('cordon', ownFile('gateway'), settings, tokens));
  }
  const end = async () => {
    await Promise.all([...gateways.values()].map((gateway) => gateway.end()));
    await issuer.close();
  };
  return { gateways, end };
}

/** Processor µs of a request, by kind, one a round. */
async function measureKinds(databases: Databases, folder: string, rounds: number, seconds: number) {
  const generator = startProgram(ownFile('generator'), {});
  const { gateways, end } = await startGateways(databases, folder);
  const micros = new Map([...gateways.keys()].map((kind) => [kind, [] as number[]]));
  try {
    const run = async (gateway: Contender, length: number) =>
      (await measure(generator, gateway, one, databases, { customers, seconds: length })).cpuMicros;
    for (const gateway of gateways.values()) await run(gateway, warmUpSeconds);
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [...gateways] : [...gateways].reverse();
      for (const [kind, gateway] of order) micros.get(kind)?.push(await run(gateway, seconds));
      say(
        `round ${round + 1}: ${[...micros].map(([kind, each]) => `${kind} ${each.at(-1)?.toFixed(0) ?? ''}`).join(', ')} µs`,
      );
    }
  } finally {
    await end();
    await generator.end();
  }
  return micros;
}

await import('./rig/span-taker.js');
for (const [kind, observing] of Object.entries(kinds))
  process.stdout.write(
    `${kind.padEnd(8)} ${watchingAlone(observing).toFixed(2).padStart(6)} µs of watching alone\n`,
  );

const [rounds = 4, seconds = 3] = process.argv.slice(2).map(Number);
const folder = packageFolder('.cordon/bench-observing');
await mkdir(folder, { recursive: true });
const databases = await startDatabases(folder, customers, log);
try {
  const micros = await measureKinds(databases, folder, rounds, seconds);
  const off = micros.get('off') ?? [];
  for (const [kind, each] of micros) {
    const ratio = median(each.map((value, round) => value / (off[round] ?? Number.NaN)));
    process.stdout.write(
      `${kind.padEnd(8)} ${median(each).toFixed(0).padStart(5)} µs a request, ${ratio.toFixed(3)} of off\n`,
    );
  }
} finally {
  await databases.stop();
}
