// What planning takes: in this process alone, with nothing asked of a database after the catalogue is read.
import { getOperationAST, parse } from 'graphql';
import type { ClearanceVector } from '../../src/clearance/index.js';
import { defaultLimits } from '../../src/limits.js';
import { readModel } from '../../src/main.js';
import { CursorCodec, Planner, type OperationRequest } from '../../src/plan/index.js';
import { buildView } from '../../src/view/index.js';
import { cleared } from '../deployment/callers.js';
import { list } from '../scenarios/index.js';
import { deploymentConfig, shopDeployment } from './bench-config.js';
import type { CustomerData } from './customer-data.js';

/** One way to come by a plan, in one round. */
export interface PlanTimes {
  readonly wallMicros: number;
  /** Processor time of this process, which other work on the machine changes little. */
  readonly cpuMicros: number;
}

/** Round by round. */
export interface Planning {
  /** Every plan by a planner that has seen nothing; the document is parsed and valid by then, as it is in the gateway. */
  readonly fromNothing: readonly PlanTimes[];
  /** The same operation about another key each time. */
  readonly fromCache: readonly PlanTimes[];
}

function timed(times: number, plan: (i: number) => void): PlanTimes {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (let i = 0; i < times; i += 1) plan(i);
  const wallMicros = (performance.now() - begin) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMicros: wallMicros / times, cpuMicros: (user + system) / times };
}

/** Plans the `list` operation over and over for the cleared caller, every condition met. */
export async function measurePlanning(data: CustomerData, rounds: number): Promise<Planning> {
  const { model } = await readModel(deploymentConfig(shopDeployment(data, 1)));
  const view = buildView(model, [...cleared.token.roles].sort(), ['read:*'], '1');
  const source = list.lanes.find(({ server }) => server === 'cordon')?.document ?? '';
  const document = parse(source);
  const definition = getOperationAST(document);
  if (definition == null) throw new Error('the list scenario is not one operation');
  const vector: ClearanceVector = new Map(
    [...model.policy.classes.keys()].map((name) => [name, { met: true, grantors: null }]),
  );
  const request = (i: number): OperationRequest => ({
    view,
    document,
    source,
    definition,
    variables: { key: String(i) },
    vector,
    vectorKey: 'all met',
    audience: Buffer.alloc(32),
  });
  const newPlanner = () => new Planner(model, defaultLimits, new CursorCodec(Buffer.alloc(32)));
  const planner = newPlanner();
  const fromNothing = () => timed(25, (i) => void newPlanner().plan(request(i)));
  const fromCache = () => timed(2000, (i) => void planner.plan(request(i)));
  // The first rounds are those of a compiler that has yet to see the code.
  const round = () => [fromNothing(), fromCache()] as const;
  for (let i = 0; i < 3; i += 1) round();
  const measured = Array.from({ length: rounds }, round);
  return { fromNothing: measured.map(([each]) => each), fromCache: measured.map(([, each]) => each) };
}
