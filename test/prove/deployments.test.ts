import { here } from '../../src/prove/gateways/gateway-host.js';
import { proveDeployment } from '../../src/prove/index.js';
import { quietLog } from '../support/quiet-log.js';
import { configOf, provedDeployments } from './deployments.js';

/** Pairs for each role; long runs are a matter of the environment: `npm run test:full`. */
const cases = Number(process.env['CORDON_PROVE_CASES'] ?? 24);
const seed = process.env['CORDON_PROVE_SEED'] ?? 'deployments';
const chosen = process.env['CORDON_PROVE_ONLY'];
/** Rows of a table at most. */
const rows = Number(process.env['CORDON_PROVE_ROWS'] ?? 24);

for (const deployment of provedDeployments) {
  const { name, missing } = deployment;
  if (chosen !== undefined && !name.includes(chosen)) continue;
  if (missing !== null) console.warn(missing);
  (missing === null ? test : test.skip)(
    `nothing that is hidden in ${name} has a part in what anybody is answered`,
    async () => {
      let pairs = 0;
      const report = await proveDeployment({
        config: await configOf(deployment),
        seed,
        cases,
        roles: null,
        minutes: null,
        rows,
        log: quietLog,
        host: here,
        onPairs: (count) => {
          pairs += count;
          if (chosen !== undefined) process.stderr.write(`${pairs} `);
        },
      });
      if (chosen !== undefined)
        console.log(JSON.stringify({ ...report, violations: report.violations.length }, null, 1));
      expect(report.violations).toEqual([]);
      expect(report.invalid).toEqual([]);
    },
    3_600_000,
  );
}
