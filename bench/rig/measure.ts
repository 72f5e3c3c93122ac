import type { Lane, Scenario } from '../scenarios/index.js';
import { WrongAnswer } from './ask.js';
import type { Contender } from './contenders.js';
import type { Databases } from './databases.js';
import type { LoadJob, LoadResult } from './load.js';
import type { Program } from './program.js';

/** One lane of one workload in one round. */
export interface Measurement {
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the contender's own process for a request. */
  readonly cpuMicros: number;
  /** PostgreSQL's for a request, audit and ledger included; NaN where the system does not tell. */
  readonly databaseMicros: number;
  readonly bytesPerResponse: number;
}

/** Unless a workload says otherwise. */
const connections = 16;

/** Keys to draw requests from, enough for no cache to hold the answers. */
const keysDrawn = 2000;

function requestsOf(contender: Contender, scenario: Scenario, lane: Lane): readonly string[] {
  const last = scenario.lastKey(contender.customers);
  return Array.from({ length: keysDrawn }, (_, i) =>
    contender.request(lane, 1 + Math.floor(Math.random() * last), lane.callers[i % lane.callers.length]),
  );
}

/** Puts load on one contender. @throws WrongAnswer when any answer was not what it must be */
export async function measure(
  generator: Program,
  contender: Contender,
  scenario: Scenario,
  lane: Lane,
  { databases, seconds }: { readonly databases: Databases; readonly seconds: number },
): Promise<Measurement> {
  const job: LoadJob = {
    port: contender.port,
    requests: requestsOf(contender, scenario, lane),
    connections: scenario.connections ?? connections,
    milliseconds: seconds * 1000,
  };
  await databases.quiet();
  const databaseBefore = await databases.cpuMicros();
  const before = await contender.usage();
  const answer = (await generator.ask(job)) as { result: LoadResult } | { error: string };
  if ('error' in answer) throw new WrongAnswer(`${lane.name} on ${scenario.name}: ${answer.error}`);
  const { rps, p50Ms, p99Ms, sent, failed, masked, bytesPerResponse } = answer.result;
  contender.asked += sent;
  if (failed > 0)
    throw new WrongAnswer(`${lane.name} failed ${failed} of ${sent} requests of ${scenario.name}`);
  if (lane.masks !== undefined && masked < sent)
    throw new WrongAnswer(
      `${lane.name} gave no masks to ${sent - masked} of ${sent} requests of ${scenario.name}`,
    );
  if (lane.masks === undefined) contender.closed += masked;
  const after = await contender.usage();
  // What goes on behind the last answer, such as an audit that nobody waited for, was this contender's doing.
  await databases.quiet();
  const databaseAfter = await databases.cpuMicros();
  return {
    rps,
    p50Ms,
    p99Ms,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / sent,
    databaseMicros: (databaseAfter - databaseBefore) / sent,
    bytesPerResponse,
  };
}
