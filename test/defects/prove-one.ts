// `node --import ./test/support/typescript.mjs test/defects/prove-one.ts '{…}'`: one run of the prover, with whatever defect the
// environment names, until the first violation. Prints its report as JSON.
import { here } from '../../src/prove/gateways/gateway-host.js';
import { proveDeployment } from '../../src/prove/index.js';
import { quietLog } from '../support/quiet-log.js';
import { withDeployment, type DeploymentName } from './deployments.js';

/** What the run is asked for. */
export interface OneRun {
  readonly deployment: DeploymentName;
  readonly seed: string;
  readonly cases: number;
  readonly roles: readonly string[] | null;
  readonly minutes: number | null;
}

const { deployment, seed, cases, roles, minutes } = JSON.parse(process.argv[2] ?? '{}') as OneRun;
const rows = 24;

const report = await withDeployment(deployment, quietLog, (config) =>
  proveDeployment({
    config,
    seed,
    cases,
    roles,
    minutes,
    rows,
    untilFirst: true,
    // A thread would look for what is compiled.
    host: here,
    log: quietLog,
  }),
);
process.stdout.write(`${JSON.stringify(report)}\n`);
