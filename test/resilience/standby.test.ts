import pg from 'pg';
import type { SocketConnection } from '../../src/embedded/index.js';
import { enrolmentPublicKey, verifyDatabase } from '../../src/ledger/index.js';
import { startGateway, type RunningGateway } from '../../src/main.js';
import { eventually } from '../ledger/fixture.js';
import { shop } from '../support/deployments.js';
import { prepareGateway, readEntries, type PreparedGateway } from '../support/gateway.js';
import { privateCluster, type PrivateCluster } from '../support/private-cluster.js';
import { quietLog } from '../support/quiet-log.js';
import { startStandby, type Standby } from '../support/standby.js';

/** Sources read from a streaming replica, and the replica as what the control database is restored from. */

const manager = { roles: ['manager'] };
const names = '{ customers { nodes { customerId name } } }';
const sourceNames = Object.keys(shop.sources);

let primary: PrivateCluster;
let standby: Standby;
let prepared: PreparedGateway;
let gateway: RunningGateway;

async function run<Row extends pg.QueryResultRow>(
  connection: SocketConnection,
  text: string,
): Promise<Row[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  primary = await privateCluster();
  for (const name of [...sourceNames, 'control']) await primary.ensureDatabase(name);
  for (const [name, sql] of Object.entries(shop.sources)) await run(primary.connection(name), sql);
  standby = await startStandby(primary);
  prepared = await prepareGateway({
    ...shop,
    sources: {},
    elsewhere: Object.fromEntries(sourceNames.map((name) => [name, standby.connection(name)])),
    control: primary.connection('control'),
  });
  gateway = await startGateway(prepared.config, prepared.secrets, quietLog);
}, 180_000);
afterAll(async () => {
  await gateway.close();
  await prepared.dispose();
  await standby.dispose();
  await primary.dispose();
});

const ask = () => prepared.queryAt(gateway.address)(manager, names);

test('sources are read from a standby, as far as it has come', async () => {
  const [row] = await run<{ standby: boolean }>(
    standby.connection('crm'),
    'SELECT pg_is_in_recovery() AS standby',
  );
  expect(row).toEqual({ standby: true });
  const first = await ask();
  expect(first.text).toContain('"Acme"');
  await run(primary.connection('crm'), `UPDATE customer SET name = 'Acme Holding' WHERE customer_id = 1`);
  await eventually(async () => (await ask()).text.includes('"Acme Holding"'));
});

test('the control database goes on where the standby is promoted, with every entry, and verifies', async () => {
  const before = await prepared.entries();
  await gateway.close();
  // All that was acknowledged has come over: the standby is not asked to confirm, so this waits for it.
  const [{ end }] = (await run<{ end: string }>(
    primary.connection(),
    'SELECT pg_current_wal_flush_lsn()::text AS end',
  )) as [{ end: string }];
  await eventually(async () => {
    const [there] = await run<{ there: boolean }>(
      standby.connection('control'),
      `SELECT pg_last_wal_replay_lsn() >= '${end}' AS there`,
    );
    return there?.there === true;
  });
  await primary.kill();
  await standby.promote();
  const control = standby.connection('control');
  const verify = () =>
    verifyDatabase(control, {
      enrolment: enrolmentPublicKey(prepared.keys),
      wrapping: prepared.keys.wrapping,
      folders: [prepared.config.ledgerFolder],
    });
  expect((await verify()).faults).toEqual([]);
  gateway = await startGateway({ ...prepared.config, control }, prepared.secrets, quietLog);
  expect((await ask()).status).toBe(200);
  const after = await readEntries(control, prepared.keys);
  const leaves = new Set(after.map(({ leaf }) => leaf));
  expect(before.filter(({ leaf }) => !leaves.has(leaf))).toEqual([]);
  expect(after).toHaveLength(before.length + 1);
  expect((await verify()).faults).toEqual([]);
});
