import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { didYouMean, packageFolder, type Log } from '../../base/index.js';
import type { Config } from '../../config.js';
import { readCatalogs, readModel } from '../../main.js';
import { parsePolicy } from '../../policy/index.js';
import { proveCallers, type ProveCaller } from '../sight/caller.js';
import { startCluster, type Cluster } from '../gateways/cluster.js';
import { comparandsOf } from '../twins/comparands.js';
import { load } from '../data/dataset.js';
import { demoDeployment } from './demo-deployment.js';
import { alikeToAll } from '../sight/everybody.js';
import { GatewayThreads } from '../gateways/gateway-threads.js';
import { prove, type ProveOptions, type TwinData } from './prove.js';
import { seededRandom } from '../data/random.js';
import type { ProveReport } from './report.js';
import { marksOf } from '../twins/secrets.js';
import { tableStatements } from '../data/tables.js';
import { makeTwins, type Ground } from '../twins/twins.js';

/** What a run reads of a configuration. */
export type ProvedConfig = ProveOptions['config'] & Pick<Config, 'policyFile'>;

export interface ProveRequest {
  /** Null: the demo, which need not run. */
  readonly config: ProvedConfig | null;
  readonly seed: string;
  /** Pairs for each role. */
  readonly cases: number;
  /** Null: every role. */
  readonly roles: readonly string[] | null;
  readonly minutes: number | null;
  /** Rows of a table at most. */
  readonly rows: number;
  readonly log: Log;
  /** What is being done, before it begins. */
  readonly onStage?: (doing: string) => void;
  readonly onTotal?: ProveOptions['onTotal'];
  readonly onPairs?: ProveOptions['onPairs'];
  readonly untilFirst?: ProveOptions['untilFirst'];
  readonly through?: ProveOptions['through'];
  /** Ends the run wherever it is: it is rejected with the signal's reason, once nothing is left of it. */
  readonly signal?: AbortSignal;
  /** Threads of their own, unless given. */
  readonly host?: ProveOptions['host'];
}

/** What the run builds otherwise than it is in the sources comes with what it has found. */
export interface DeploymentReport extends ProveReport {
  readonly notes: readonly string[];
}

function twinData(
  ground: Ground,
  caller: ProveCaller,
  random: ProveOptions['random'],
  rows: number,
): TwinData {
  const twins = makeTwins(ground, caller, random, rows);
  const { b, shuffled, secrets } = twins;
  const datasets = { a: twins.a, b, shuffled };
  return {
    comparands: comparandsOf(twins, ground.model),
    canaries: secrets,
    marks: marksOf(Object.values(datasets)),
    identical: alikeToAll(ground.model, [twins.a, b, shuffled]),
    load: async (name, sources) => {
      for (const [source, connection] of sources) {
        const client = new pg.Client(connection);
        await client.connect();
        try {
          await load(client, source, datasets[name], { analyze: true });
        } finally {
          await client.end();
        }
      }
    },
  };
}

/** A role that the policy does not know: a slip of the pen would otherwise prove nothing. */
export class UnknownRoleError extends Error {
  override readonly name = 'UnknownRoleError';
}

/** Before anything is started: of a policy that cannot be read, all that is wrong is told later. */
async function requireRoles({ config, roles }: ProveRequest): Promise<void> {
  const file = config?.policyFile ?? join(packageFolder('schema'), 'policy.yaml');
  const text = await readFile(file, 'utf8').catch(() => null);
  const parsed = text === null ? null : parsePolicy(text, file);
  if (parsed === null || 'problems' in parsed) return;
  const { policy } = parsed;
  const unknown = roles?.find((name) => !policy.roles.has(name));
  if (unknown !== undefined)
    throw new UnknownRoleError(
      `The policy has no role "${unknown}".${didYouMean(unknown, policy.roles.keys())}`,
    );
}

async function run(request: ProveRequest, cluster: Cluster): Promise<DeploymentReport> {
  const { seed, cases, roles, minutes, rows, log, onStage } = request;
  onStage?.("reading the sources' catalogues");
  const config = request.config ?? (await demoDeployment(cluster, log));
  const { model } = await readModel(config);
  const ground: Ground = { model, catalogs: await readCatalogs(config.sources) };
  const random = seededRandom(seed);
  const callers = proveCallers(model, random.fork('callers')).filter(
    (caller) => roles === null || caller.roles.every((role) => roles.includes(role)),
  );
  const { statements, reasons } = tableStatements(model, ground.catalogs);
  onStage?.('starting three gateways');
  const report = await prove({
    config,
    model,
    cluster,
    callers,
    tables: statements,
    host: request.host ?? new GatewayThreads(),
    twinsOf: (caller, own) => twinData(ground, caller, own, rows),
    random,
    seed,
    cases,
    minutes,
    ...(request.untilFirst && { untilFirst: request.untilFirst }),
    ...(request.through && { through: request.through }),
    ...(request.onTotal && { onTotal: request.onTotal }),
    ...(request.onPairs && { onPairs: request.onPairs }),
  });
  return { ...report, notes: reasons };
}

/**
 * The non-interference run on a deployment's own schema and policy, over twins in a PostgreSQL of its own. Of the
 * deployment's databases it reads the catalogues and nothing else.
 * @throws ProblemsError for mistakes in schema or policy, EmbeddedError where PostgreSQL does not start, UnknownRoleError
 */
export async function proveDeployment(request: ProveRequest): Promise<DeploymentReport> {
  await requireRoles(request);
  const { signal, log, onStage } = request;
  const stopped = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
  onStage?.('starting PostgreSQL');
  const starting = startCluster(log);
  try {
    return await Promise.race([starting.then((cluster) => run(request, cluster)), stopped]);
  } finally {
    await starting.then(
      (cluster) => cluster.close(),
      () => undefined,
    );
  }
}
