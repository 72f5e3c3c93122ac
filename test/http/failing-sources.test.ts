import pg from 'pg';
import { shop } from '../support/deployments.js';
import {
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { privateCluster, type PrivateCluster } from '../support/private-cluster.js';
import { entriesOf } from './ask.js';

const manager: TestCaller = { roles: ['manager'] };
const unreachable = 'A customer database cannot be reached.';

let cluster: PrivateCluster;
let gateway: TestGateway;

beforeAll(async () => {
  cluster = await privateCluster();
  await cluster.ensureDatabase('sales');
  await inSales(shop.sources['sales']!);
  gateway = await startTestGateway({
    ...shop,
    sources: { crm: shop.sources['crm']! },
    elsewhere: { sales: cluster.connection('sales') },
    sourceOptions: { statementTimeoutMs: 400, connectTimeoutMs: 400 },
  });
});
afterAll(async () => {
  await gateway.dispose();
  await cluster.dispose();
});

async function inSales(sql: string): Promise<void> {
  const client = await salesClient();
  await client.query(sql);
  await client.end();
}

async function salesClient(): Promise<pg.Client> {
  const client = new pg.Client(cluster.connection('sales'));
  // A test that stops the server ends this connection too.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const failed = (path: string, code: string, message = expect.any(String) as string) => [
  { message, path: [path], extensions: { code } },
];

/** Asks, and gives the response with the entries that it made. */
async function ask(document: string) {
  let response: TestResponse | undefined;
  const entries = await entriesOf(gateway, async () => {
    response = await gateway.query(manager, document);
  });
  return {
    response: response!,
    entries: entries.map(({ entry, given }) => ({
      outcome: entry.outcome,
      code: entry.code,
      given: given.map(({ type, records }) => [type, records.flat().join()]),
    })),
  };
}

describe('a source that is down', () => {
  beforeAll(() => cluster.stop());
  afterAll(() => cluster.start());

  test('is null with its own error, and the other roots live', async () => {
    const { response, entries } = await ask(
      '{ mine: customers(first: 1) { nodes { name } } orders { nodes { orderId } } order(orderId: 10) { total } account(accountId: 1) { name } }',
    );
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      data: {
        mine: { nodes: [{ name: 'Acme' }] },
        orders: null,
        order: null,
        account: { name: 'North' },
      },
      errors: [
        ...failed('orders', 'SOURCE_UNAVAILABLE', unreachable),
        ...failed('order', 'SOURCE_UNAVAILABLE', unreachable),
      ],
    });
    expect(response.headers.get('cordon-receipt')).not.toBeNull();
    expect(entries).toEqual([
      {
        outcome: 'PARTIAL',
        code: 'SOURCE_UNAVAILABLE',
        given: [
          ['Customer', '1'],
          ['Account', '1'],
        ],
      },
    ]);
  });

  test('is 503 where nothing else was asked for', async () => {
    const { response, entries } = await ask('{ orders { nodes { orderId } } }');
    expect(response.status).toBe(503);
    expect(response.body).toMatchObject({
      data: { orders: null },
      errors: failed('orders', 'SOURCE_UNAVAILABLE', unreachable),
    });
    expect(entries).toEqual([{ outcome: 'FAILED', code: 'SOURCE_UNAVAILABLE', given: [] }]);
  });

  test('takes with it the root that leads into it, and the ledger has the join keys that were for it', async () => {
    const { response, entries } = await ask(
      '{ customers(first: 2) { nodes { name orders { nodes { orderId } } } } accounts { totalCount } }',
    );
    expect(response.status).toBe(200);
    expect(response.text).not.toContain('Acme');
    expect(response.body).toMatchObject({
      data: { customers: null, accounts: { totalCount: 2 } },
      errors: failed('customers', 'SOURCE_UNAVAILABLE', unreachable),
    });
    expect(entries).toMatchObject([{ outcome: 'PARTIAL', code: 'SOURCE_UNAVAILABLE' }]);
    expect(entries[0]!.given).toContainEqual(['Order', '1,2']);
  });

  test('leaves the gateway ready', async () => {
    expect((await fetch(`${gateway.address}/readyz`)).status).toBe(200);
  });
});

test('a source that is back answers again by itself', async () => {
  const { response } = await ask('{ orders { totalCount } }');
  expect([response.status, response.body.data]).toEqual([200, { orders: { totalCount: 4 } }]);
});

describe('a statement that cannot end', () => {
  let other: pg.Client;
  beforeEach(async () => {
    other = await salesClient();
    await other.query('begin; lock table orders in access exclusive mode');
  });
  afterEach(() => other.end());

  test('is ended at its time, and the other roots live', async () => {
    const { response, entries } = await ask('{ orders { totalCount } accounts { totalCount } }');
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      data: { orders: null, accounts: { totalCount: 2 } },
      errors: failed('orders', 'SOURCE_TIMEOUT', 'A customer database took too long.'),
    });
    expect(entries).toMatchObject([{ outcome: 'PARTIAL', code: 'SOURCE_TIMEOUT' }]);
  });

  test('fails those who wait for a connection, and them only', async () => {
    const asked = Array.from({ length: 12 }, () => gateway.query(manager, '{ orders { totalCount } }'));
    expect((await gateway.query(manager, '{ accounts { totalCount } }')).status).toBe(200);
    for (const { status, body } of await Promise.all(asked)) {
      expect([status, body.data]).toEqual([503, { orders: null }]);
      expect(body.errors![0]!.extensions.code).toMatch(/^SOURCE_(TIMEOUT|UNAVAILABLE)$/);
    }
  });

  test('and whose session is ended by an administrator says that the source cannot be reached', async () => {
    const asked = gateway.query(manager, '{ orders { totalCount } }');
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%orders%' and pid <> pg_backend_pid()`;
    while ((await other.query(ended)).rowCount === 0) await other.query('select pg_stat_clear_snapshot()');
    const { status, text, body } = await asked;
    expect([status, body.errors]).toEqual([503, failed('orders', 'SOURCE_UNAVAILABLE', unreachable)]);
    expect(text).not.toMatch(/terminat|administrator|57P01/);
  });
});

test('what a source says of a failure stays in the gateway', async () => {
  await inSales('alter table orders rename column total to total_amount');
  try {
    const { response, entries } = await ask('{ order(orderId: 10) { total } }');
    expect(response.status).toBe(500);
    expect(response.body).toEqual({
      data: { order: null },
      errors: failed('order', 'SOURCE_FAILED', 'A customer database could not answer.'),
      extensions: { cordon: { masked: [], withheld: [] } },
    });
    expect(entries).toMatchObject([{ outcome: 'FAILED', code: 'SOURCE_FAILED', given: [] }]);
  } finally {
    await inSales('alter table orders rename column total_amount to total');
  }
  expect((await ask('{ order(orderId: 10) { total } }')).response.body.data).toEqual({
    order: { total: '100.10' },
  });
});
