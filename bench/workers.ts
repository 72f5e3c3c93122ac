// `npm run bench:workers`: what several processes on one port answer, beside one, by turns over one PostgreSQL. Each is
// `cordon start --workers N`, built as its users have it, on the demo's data with everything on.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { packageFolder } from '../src/base/index.js';
import { demoCallers, demoPlaces, mintToken, startDemo } from '../src/demo/index.js';
import type { LoadJob, LoadResult } from './rig/load.js';
import { postOf } from './rig/post.js';
import { processorTimeOfFamily } from './rig/processor-time.js';
import { ownFile } from './rig/program.js';
import { quiet } from './rig/quiet-log.js';
import { say } from './rig/say.js';

const usage = `npm run bench:workers -- [options]
  --workers 1,2   processes on one port, each number beside the first (1,2)
  --rounds N      rounds (3)
  --seconds N     of each in one round (5)
  --folder FOLDER where the demo's data is kept (.cordon/bench-workers)`;

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    folder: { type: 'string', default: '.cordon/bench-workers' },
    help: { type: 'boolean', default: false },
  },
});

/** Of one, what two are to answer where there are the cores for it. */
const target = 1.7;
const connections = 16;

const document = `{ customers(first: 20) { nodes { customerId name email creditLimit
  orders(first: 3) { nodes { orderId totalAmount } } } } }`;

interface Gateway {
  readonly workers: number;
  readonly process: ChildProcess;
  readonly port: number;
}

/** What one of them took in one round. */
interface Round {
  readonly rps: number;
  readonly p99Ms: number;
  /** Processors that were kept busy, of each part. */
  readonly gateway: number;
  readonly postgres: number;
  readonly generator: number;
}

async function start(config: string, workers: number): Promise<Gateway> {
  const words = ['start', '--config', config, '--port', '0', '--workers', String(workers)];
  const child = spawn(process.execPath, [packageFolder('dist/src/cli/cordon.js'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG: 'warn', PORT: '' },
  });
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${workers} workers did not start`))),
  ])) as [string];
  return { workers, process: child, port: Number(/:(\d+)\/graphql/.exec(line)?.[1]) };
}

/** The requests' sum, and what each part of the machine was busy with meanwhile. */
async function measure(
  gateway: Gateway,
  generator: ChildProcess,
  postgresId: number,
  request: string,
  seconds: number,
): Promise<Round> {
  const families = [gateway.process.pid ?? 0, postgresId, generator.pid ?? 0];
  const times = () => Promise.all(families.map(processorTimeOfFamily));
  const job: LoadJob = { port: gateway.port, requests: [request], connections, milliseconds: seconds * 1000 };
  const before = await times();
  const began = performance.now();
  generator.send(job);
  const [answer] = (await once(generator, 'message')) as [{ result: LoadResult } | { error: string }];
  const micros = (performance.now() - began) * 1000;
  const after = await times();
  if ('error' in answer) throw new Error(answer.error);
  const { rps, p99Ms, failed, sent } = answer.result;
  if (failed > 0) throw new Error(`${failed} of ${sent} requests failed`);
  const [gatewayBusy = 0, postgres = 0, generatorBusy = 0] = after.map(
    (time, i) => (time - (before[i] ?? 0)) / micros,
  );
  return { rps, p99Ms, gateway: gatewayBusy, postgres, generator: generatorBusy };
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function whyNot(taken: number, cores: number): string {
  return taken < 0.8 * cores
    ? 'Other work of the machine had the rest, or something waited: take these figures on a quiet one.'
    : 'PostgreSQL and the load generator have the same cores: a second worker takes from them what it gives.';
}

function report(measured: ReadonlyMap<number, readonly Round[]>): string {
  const cores = availableParallelism();
  const first = [...measured.values()][0] ?? [];
  const rows = [...measured].map(([workers, rounds]) => {
    const ratios = rounds.map(({ rps }, i) => rps / (first[i]?.rps ?? Number.NaN));
    const of = (part: (round: Round) => number, digits: number) => median(rounds.map(part)).toFixed(digits);
    const busy = [of((r) => r.gateway, 2), of((r) => r.postgres, 2), of((r) => r.generator, 2)];
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const micros = median(rounds.map(({ gateway, rps }) => (gateway * 1e6) / rps)).toFixed(0);
    const cells = [of((r) => r.rps, 0), `${median(ratios).toFixed(2)} (${spread})`, of((r) => r.p99Ms, 1)];
    return [String(workers), ...cells, micros, ...busy].join(' | ');
  });
  const two = measured.get(2);
  const ratio = median((two ?? []).map(({ rps }, i) => rps / (first[i]?.rps ?? Number.NaN)));
  const taken = median((two ?? []).map((r) => r.gateway + r.postgres + r.generator));
  const head =
    'workers | requests/s | of the first (spread) | p99 ms | CPU µs | busy: gateway | PostgreSQL | load';
  const verdict =
    two === undefined
      ? []
      : [
          `two of one: ${ratio.toFixed(2)}, target ${target.toFixed(1)}: ${ratio >= target ? 'met' : 'not met'}.`,
          `With two workers ${taken.toFixed(2)} of ${cores} cores were busy with this; the load of the machine is ${loadavg()[0]?.toFixed(1) ?? ''}.`,
          ...(ratio >= target ? [] : [whyNot(taken, cores)]),
        ];
  return [head, ...rows, ...verdict].join('\n');
}

async function main(): Promise<void> {
  const counts = values.workers.split(',').map(Number);
  const folder = resolve(packageFolder('.'), values.folder);
  const demo = await startDemo({ folder, port: 0, log: quiet, progress: say });
  const generator = fork(ownFile('generator'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gateways: Gateway[] = [];
  try {
    const places = demoPlaces(folder);
    const written = await readFile(places.config, 'utf8');
    const token = await mintToken(places.keys, { ...demoCallers.account_manager, ttlSeconds: 86_400 });
    for (const workers of counts) {
      const config = join(folder, `workers-${workers}.yaml`);
      // One person asks for everybody here; a ledger folder each, as these are different gateways.
      const limits = 'limits: { atOnce: 100000, requestsPerSecond: 1000000 }\n';
      await writeFile(config, written.replace(places.ledger, `${places.ledger}-${workers}`) + limits, {
        mode: 0o600,
      });
      gateways.push(await start(config, workers));
    }
    const [postmaster = ''] = (await readFile(join(places.postgres, 'data/postmaster.pid'), 'utf8')).split(
      '\n',
    );
    const request = postOf('/graphql', { query: document }, token);
    const measured = new Map<number, Round[]>(counts.map((count) => [count, []]));
    for (const gateway of gateways) await measure(gateway, generator, Number(postmaster), request, 2);
    for (let round = 0; round < Number(values.rounds); round += 1)
      for (const gateway of round % 2 === 0 ? gateways : gateways.toReversed()) {
        const taken = await measure(gateway, generator, Number(postmaster), request, Number(values.seconds));
        measured.get(gateway.workers)?.push(taken);
        say(`round ${round + 1}, ${gateway.workers} workers: ${taken.rps.toFixed(0)} requests/s`);
        await wait(200);
      }
    process.stdout.write(`${report(measured)}\n`);
  } finally {
    generator.disconnect();
    for (const { process: child } of gateways) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    await demo.stop();
  }
}

if (values.help) process.stdout.write(`${usage}\n`);
else await main();
