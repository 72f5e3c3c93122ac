import { shop } from '../support/deployments.js';
import { startGatewayProgram, type GatewayProgram } from '../support/gateway-program.js';
import { prepareGateway, type PreparedGateway } from '../support/gateway.js';
import { holdCommits, type HeldCommits } from '../support/held-commits.js';
import { document, holdsData, isLedgerRefusal, ledgerRefusal, startLoad, unentered } from './load.js';

jest.setTimeout(120_000);

// The deadline is far beyond the lease, so that it is the lease that decides. A lease is renewed after a third of it,
// which leaves time to hold the commits and ask before a renewal, not the batch, is what is held.
const ledger = { leaseMs: 4500, deadlineMs: 20_000 };

let prepared: PreparedGateway;
let gateway: GatewayProgram;

beforeAll(async () => {
  prepared = await prepareGateway({ ...shop, ledger });
  gateway = await startGatewayProgram(prepared);
});
afterAll(async () => {
  await gateway.end();
  await prepared.dispose();
});

const pause = () => gateway.child.kill('SIGSTOP');
const resume = () => gateway.child.kill('SIGCONT');

async function untilLeaseRanOut(held: HeldCommits): Promise<void> {
  const living = 'SELECT FROM ledger.writer WHERE closed_at IS NULL AND lease_until > clock_timestamp()';
  while ((await held.query(living)).rowCount !== 0) await held.query('SELECT pg_sleep(0.05)');
}

test.each([
  ['its lease has run out', undefined],
  [
    'another process has closed its writer',
    'UPDATE ledger.writer SET closed_at = clock_timestamp() WHERE closed_at IS NULL',
  ],
])(
  'paused while a response waits for its entry, until %s, it releases nothing of it when it resumes',
  async (_, meanwhile) => {
    await gateway.query({ roles: ['manager'] }, document);
    const before = (await prepared.entries()).length;
    await gateway.query({ roles: ['manager'] }, document);
    const held = await holdCommits(prepared.control);
    const asked = gateway.query({ roles: ['manager'] }, document);
    await held.untilOneWaits();
    pause();
    if (meanwhile === undefined) await untilLeaseRanOut(held);
    else await held.query(meanwhile);
    await held.release();
    resume();
    const response = await asked;
    expect(response.body).toEqual(ledgerRefusal);
    expect(response.status).toBe(503);
    expect(response.headers.get('cordon-receipt')).toBeNull();
    expect(await prepared.entries()).toHaveLength(before + 1);
    await untilItServes();
  },
);

test('paused under load past its lease, it releases nothing without an entry, and serves again by itself', async () => {
  const clients = startLoad(gateway.address, await prepared.token({ roles: ['manager'] }));
  await clients.until(100, holdsData);
  pause();
  // Takes the rows of the writers, so that nothing commits that was still on its way to the database.
  const held = await holdCommits(prepared.control);
  await untilLeaseRanOut(held);
  await held.release();
  resume();
  await clients.until(1, isLedgerRefusal);
  await clients.until(100, holdsData);
  const samples = await clients.stop();
  expect(samples.filter((sample) => !holdsData(sample) && !isLedgerRefusal(sample))).toEqual([]);
  expect(unentered(samples, await prepared.entries(), prepared.keys)).toEqual([]);
});

async function untilItServes(): Promise<void> {
  while ((await fetch(`${gateway.address}/readyz`)).status !== 200);
}
