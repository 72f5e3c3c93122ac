// Two workers end together when what takes longest does not begin last. jest remembers how long each file took, but on a
// fresh clone it knows only how long they are to read, and the longest runs are some of the shortest files.
const { existsSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

/** The one that this jest runs with, wherever it was installed. */
const requireAsJest = createRequire(createRequire(require.resolve('jest')).resolve('@jest/core'));
const { default: Sequencer } = requireAsJest('@jest/test-sequencer');

/** What takes ten seconds or more on two idle cores. */
const long = [
  'journeys/operations',
  'prove/deployments',
  'prove/command',
  'cli/demo',
  'resilience/killed-gateway',
  'attacks/total-sql',
  'prove/leaks',
  'versions/reload',
  'cli/encrypt-column',
  'journeys/rights',
  'http/callers-at-once',
  'journeys/queries',
  'cli/usage',
  'bench/smoke',
  'demo/databases',
  'defects/prover',
  'cli/tls',
  'plan/sample-databases',
  'cli/init',
  'journeys/relations',
  'governance/local-copy',
  'cli/diff',
  'cli/review',
  'cli/limits',
  'resilience/paused-gateway',
  'cli/documents',
  'init/served',
  'resilience/ledger-outage',
  'cli/start',
  'http/client-away',
  'clients/code-generation',
  'http/audits',
  'prove/twins',
].map((name) => join(__dirname, '..', `${name}.test.ts`));

const gone = long.find((file) => !existsSync(file));
if (gone !== undefined) throw new Error(`${__filename} names ${gone}, which is gone.`);

module.exports = class extends Sequencer {
  async sort(tests) {
    const others = (await super.sort(tests)).filter(({ path }) => !long.includes(path));
    const first = tests.filter(({ path }) => long.includes(path));
    first.sort((one, other) => long.indexOf(one.path) - long.indexOf(other.path));
    return [...first, ...others];
  }
};
