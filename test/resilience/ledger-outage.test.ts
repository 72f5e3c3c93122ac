import { enrolmentPublicKey, verifyDatabase } from '../../src/ledger/index.js';
import { scrape } from '../observe/page.js';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestEntry, type TestGateway } from '../support/gateway.js';
import { holdCommits } from '../support/held-commits.js';
import { privateCluster, type PrivateCluster } from '../support/private-cluster.js';
import { document, holdsData, isLedgerRefusal, startLoad, unentered } from './load.js';

jest.setTimeout(120_000);

let cluster: PrivateCluster;
let gateway: TestGateway;

beforeAll(async () => {
  cluster = await privateCluster();
  await cluster.ensureDatabase('control');
  gateway = await startTestGateway({
    ...shop,
    control: cluster.connection('control'),
    observing: { metrics: { host: '127.0.0.1', port: 0 } },
  });
});
afterAll(async () => {
  await gateway.dispose();
  await cluster.dispose();
});

const available = async () => (await scrape(gateway.metricsAddress)).value('cordon_ledger_available');
const readiness = async () => (await fetch(`${gateway.address}/readyz`)).status;

test.each([
  ['is stopped', () => cluster.stop()],
  ['is killed', () => cluster.kill()],
])(
  "when the ledger's database %s under load, every request gets 503 and no data until it is back, and service returns by itself",
  async (_, fail) => {
    const load = startLoad(gateway.address, await gateway.token({ roles: ['manager'] }));
    await load.until(200, holdsData);
    await fail();
    const downAt = Date.now();
    await load.until(200, isLedgerRefusal);
    expect([await readiness(), await available()]).toEqual([503, 0]);
    const backAt = Date.now();
    await cluster.start();
    await load.until(200, holdsData);
    expect([await readiness(), await available()]).toEqual([200, 1]);
    const samples = await load.stop();

    const meanwhile = samples.filter(({ sentAt }) => sentAt >= downAt && sentAt < backAt);
    expect(meanwhile.filter((sample) => !isLedgerRefusal(sample))).toEqual([]);
    // In flight when it went down, too: either the data, with its entry, or the refusal.
    expect(samples.filter((sample) => !holdsData(sample) && !isLedgerRefusal(sample))).toEqual([]);
    expect(unentered(samples, await gateway.entries(), gateway.keys)).toEqual([]);
  },
);

test('what was entered through the outages verifies without trusting the database', async () => {
  const { faults } = await verifyDatabase(gateway.control, {
    enrolment: enrolmentPublicKey(gateway.keys),
    folders: [gateway.config.ledgerFolder],
  });
  expect(faults).toEqual([]);
});

test('a caller who goes away before the commit is entered all the same', async () => {
  const before = (await gateway.entries()).length;
  const held = await holdCommits(gateway.control);
  const caller = new AbortController();
  const asked = fetch(`${gateway.address}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token({ roles: ['manager'] })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: document }),
    signal: caller.signal,
  });
  await held.untilOneWaits();
  caller.abort();
  await expect(asked).rejects.toThrow('abort');
  await held.release();
  const added = await untilEntered(before + 1);
  expect(added.slice(before).map(({ entry }) => [entry.outcome, entry.rows])).toEqual([['RELEASED', 8]]);
});

async function untilEntered(count: number): Promise<TestEntry[]> {
  for (;;) {
    const entries = await gateway.entries();
    if (entries.length >= count) return entries;
  }
}
