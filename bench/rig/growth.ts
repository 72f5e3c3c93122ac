import type { Curve, Point } from '../scenarios/curves.js';
import type { PartsSize } from './parts-config.js';
import type { PartsGateway, PartsRig } from './parts-rig.js';
import { postOf } from './post.js';
import { say } from './say.js';

/** What a request took at one point in one round. */
export interface Cost {
  /** Processor time of the gateway's process. */
  readonly gatewayMicros: number;
  /** PostgreSQL's, the ledger's commits included. */
  readonly databaseMicros: number;
  readonly p50Ms: number;
}

/** The costs of each point of a curve, round by round. */
export interface MeasuredCurve {
  readonly name: string;
  readonly title: string;
  readonly points: readonly { readonly size: number; readonly costs: readonly Cost[] }[];
}

export interface GrowthSize {
  readonly rounds: number;
  /** Of each point in a round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** Few enough that nobody waits for a processor, so that what is measured is work and not waiting. */
const connections = 4;
const requestsDrawn = 2000;

interface Ready extends Point {
  readonly server: PartsGateway;
  readonly requests: readonly string[];
}

async function requestsOf(rig: PartsRig, { query, lastKey, callers }: Point): Promise<readonly string[]> {
  const tokens = await Promise.all(callers.map((caller) => rig.token(caller)));
  return Array.from({ length: Math.max(requestsDrawn, tokens.length) }, (_, i) => {
    const key = String(1 + Math.floor(Math.random() * lastKey));
    return postOf('/graphql', { query, variables: { key } }, tokens[i % tokens.length] ?? '');
  });
}

async function load(rig: PartsRig, { server, requests }: Ready, seconds: number): Promise<Cost> {
  const [database, before] = [await rig.databaseMicros(), await server.usage()];
  const { sent, p50Ms } = await server.load({ requests, connections, milliseconds: seconds * 1000 });
  const [databaseAfter, after] = [await rig.databaseMicros(), await server.usage()];
  return {
    gatewayMicros: (after.cpuMicros - before.cpuMicros) / sent,
    databaseMicros: (databaseAfter - database) / sent,
    p50Ms,
  };
}

/** Measures the points of each curve by turns. */
export async function measureGrowth(
  rig: PartsRig,
  curves: readonly Curve[],
  { rounds, seconds, warmUpSeconds }: GrowthSize,
): Promise<readonly MeasuredCurve[]> {
  const servers = new Map<PartsSize['types'], PartsGateway>();
  const serverOf = async (size: PartsSize): Promise<PartsGateway> => {
    const server = servers.get(size.types) ?? (await rig.gateway(size));
    servers.set(size.types, server);
    return server;
  };
  const measured: MeasuredCurve[] = [];
  for (const { name, title, points } of curves) {
    const ready: { point: Ready; costs: Cost[] }[] = [];
    for (const point of points) {
      const each = {
        ...point,
        server: await serverOf(point.gateway),
        requests: await requestsOf(rig, point),
      };
      await each.server.ask(each.requests[0] ?? '');
      await load(rig, each, warmUpSeconds);
      ready.push({ point: each, costs: [] });
    }
    for (let round = 0; round < rounds; round += 1)
      for (const { point, costs } of round % 2 === 0 ? ready : ready.toReversed())
        costs.push(await load(rig, point, seconds));
    measured.push({ name, title, points: ready.map(({ point: { size }, costs }) => ({ size, costs })) });
    say(`${name}: ${points.map(({ size }) => size).join(', ')} measured`);
  }
  return measured;
}
