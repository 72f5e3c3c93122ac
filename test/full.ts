import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The tests that are of random numbers, with so many of them that the suite would take too long: `npm run test:full`. What
 * the environment says already goes before.
 */

const numbers = {
  CORDON_PROVE_CASES: '1000',
  CORDON_PROVE_RUNS: '30',
  CORDON_OPERATIONS: '20000',
};

const files = ['test/prove', 'test/journeys/operations'];

const jest = join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
const { status } = spawnSync(
  process.execPath,
  [jest, '--runInBand', '--testTimeout=7200000', ...files, ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...numbers, ...process.env } },
);
process.exitCode = status ?? 1;
