import { setTimeout as wait } from 'node:timers/promises';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { shop } from '../support/deployments.js';
import { privateCluster } from '../support/private-cluster.js';

const manager: TestCaller = { roles: ['manager'] };
const support: TestCaller = { roles: ['support'], subject: 'rita' };
const masked: TestCaller = { roles: ['masked'], organisation: 'ours' };
const partner: TestCaller = { roles: ['partner'], organisation: 'north', accounts: ['1'] };

let gateway: TestGateway;
const logged: string[] = [];
const log = {
  debug: (fields: object, message: string) => void logged.push(JSON.stringify(fields), message),
  info: (fields: object, message: string) => void logged.push(JSON.stringify(fields), message),
  warn: (fields: object, message: string) => void logged.push(JSON.stringify(fields), message),
  error: (fields: object, message: string) => void logged.push(JSON.stringify(fields), message),
  child: () => log,
};

beforeAll(async () => {
  gateway = await startTestGateway({ ...shop, captureStatements: true, log });
});
afterAll(() => gateway.dispose());

describe('invariant 1, nothing unlogged', () => {
  test('every response that holds data has its entry, with the records and fields that it holds', async () => {
    const before = (await gateway.entries()).length;
    const response = await gateway.query(
      manager,
      'query Mine { customers(first: 2) { nodes { customerId name orders { nodes { orderId total } } } } }',
    );
    expect(response.status).toBe(200);
    const added = (await gateway.entries()).slice(before);
    expect(added).toHaveLength(1);
    const [entry] = added;
    expect(entry!.entry).toMatchObject({ outcome: 'RELEASED', code: null, roles: ['manager'] });
    expect(entry!.actor).toMatchObject({ operationName: 'Mine' });
    expect(
      entry!.given.map(({ type, count, records, cells }) => ({
        type,
        count,
        records,
        cells: cells.map(({ decision, usage, coordinates }) => [decision, usage, ...coordinates]),
      })),
    ).toEqual([
      {
        type: 'Customer',
        count: 2,
        records: [['1'], ['2']],
        cells: [
          ['CLEAR', 'READ', 'Customer.name'],
          ['CLEAR', 'READ', 'Customer.customerId'],
          ['CLEAR', 'RELATE', 'Customer.orders'],
        ],
      },
      {
        type: 'Order',
        count: 3,
        records: [['10'], ['11'], ['12']],
        cells: [
          ['CLEAR', 'READ', 'Order.total'],
          ['CLEAR', 'READ', 'Order.orderId'],
        ],
      },
    ]);
  });

  test('a refusal is an entry too, with the true reason', async () => {
    const response = await gateway.query(partner, '{ customers { nodes { credit } } }');
    expect(response.status).toBe(400);
    const last = (await gateway.entries()).at(-1)!;
    expect(last.entry).toMatchObject({
      outcome: 'REFUSED',
      code: 'GRAPHQL_VALIDATION_FAILED',
      reason: 'hidden: Customer.credit',
    });
  });

  test('without its ledger the gateway answers 503 and nothing else', async () => {
    const cluster = await privateCluster();
    await cluster.ensureDatabase('control');
    const closed = await startTestGateway({ ...shop, control: cluster.connection('control') });
    try {
      expect((await closed.query(manager, '{ customers { totalCount } }')).body.data).toEqual({
        customers: { totalCount: 4 },
      });
      await cluster.stop();
      const refused = await closed.query(manager, '{ customers { nodes { name } } }');
      expect(refused.status).toBe(503);
      expect(refused.body).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'LEDGER_UNAVAILABLE' } }],
      });
      expect(refused.headers.get('cordon-receipt')).toBeNull();
      await cluster.start();
      for (
        let i = 0;
        i < 100 && (await closed.query(manager, '{ customers { totalCount } }')).status !== 200;
        i += 1
      )
        await wait(100);
      expect((await closed.query(manager, '{ customers { totalCount } }')).status).toBe(200);
    } finally {
      await closed.dispose();
      await cluster.dispose();
    }
  });
});

describe('invariant 2, no influence', () => {
  test('rows out of sight change nothing: not pages, counts, order or relations', async () => {
    const document = `{ customers(first: 10, orderBy: [{ name: DESC }]) { totalCount pageInfo { hasNextPage endCursor } nodes { customerId name email
      account { name } orders { totalCount nodes { orderId lines { nodes { product } } } } } } account(accountId: "2") { name } }`;
    const before = await gateway.query(partner, document);
    await gateway.sources
      .get('crm')!
      .query(
        "update customer set name = 'Zulu', email = 'x', customer_id = 40, credit = 9e9 where customer_id = 4; delete from customer where customer_id = 3",
      );
    await gateway.sources.get('sales')!.query('insert into orders values (99, 4, 2, now(), 1)');
    const after = await gateway.query(partner, document);
    await gateway.sources
      .get('crm')!
      .query(
        "update customer set name = 'Dyno', email = 'team@dyno.example', customer_id = 4, credit = 120.25 where customer_id = 40; insert into customer values (3, 2, 'rita', 'Coil', null, null, null)",
      );
    await gateway.sources.get('sales')!.query('delete from orders where order_id = 99');
    expect(before.status).toBe(200);
    expect(after.text).toBe(before.text);
  });

  test('masked values change nothing but their mask', async () => {
    const document = '{ customers { nodes { customerId name email credit } } }';
    const before = await gateway.query(masked, document);
    await gateway.sources
      .get('crm')!
      .query("update customer set email = 'other@example.org', credit = 5999.99 where customer_id = 1");
    const after = await gateway.query(masked, document);
    await gateway.sources
      .get('crm')!
      .query("update customer set email = 'buy@acme.example', credit = 5000.50 where customer_id = 1");
    expect(after.text).toBe(before.text);
  });
});

describe('invariant 3, mask at the source', () => {
  test('the statement of a caller who is not cleared does not name the column', async () => {
    const document = '{ customers { nodes { customerId taxId credit } } }';
    const denied = await gateway.statements('crm', () => gateway.query(manager, document));
    expect(denied).toHaveLength(1);
    expect(denied[0]).not.toContain('tax_id');
    expect(denied[0]).toContain('"credit"');
    const cleared = await gateway.statements('crm', () =>
      gateway.query({ ...manager, headers: { 'Cordon-Purpose': 'audit-tax' } }, document),
    );
    expect(cleared[0]).toContain('"tax_id"');
  });

  test('the clear value is in no response and no log line', async () => {
    const document =
      '{ customers(orderBy: [{ customerId: ASC }]) { nodes { customerId name email credit taxId } edges { cursor node { email } } } }';
    // A process that has only ever served callers who see masks; the test's own memory would hold the value.
    const values = ['TAX-ACME-1', 'buy@acme.example', '5000.50'];
    const response = await gateway.query(masked, document.replace(' taxId', ''));
    expect(response.status).toBe(200);
    for (const value of values) {
      expect(response.text).not.toContain(value);
      expect(logged.join('\n')).not.toContain(value);
    }
  });
});

describe('invariant 4, decide once', () => {
  test('one decision a coordinate, whatever the number of rows: equal operations share a statement, and no value is looked at', async () => {
    const sent = await gateway.statements('crm', async () => {
      await gateway.query(manager, 'query($n: Int) { customers(first: $n) { nodes { name credit } } }', {
        n: 1,
      });
      await gateway.query(manager, 'query($n: Int) { customers(first: $n) { nodes { name credit } } }', {
        n: 4,
      });
    });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
  });
});

describe('invariant 5, closed by default', () => {
  test('a role that the policy does not know gives nothing', async () => {
    const response = await gateway.query({ roles: ['root'] }, '{ customers { nodes { name } } }');
    expect(response.status).toBe(403);
    expect(response.body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('an unmet condition withholds the value and says so', async () => {
    const { body } = await gateway.query(manager, '{ customer(customerId: 1) { taxId } }');
    expect(body.data).toEqual({ customer: { taxId: null } });
    expect(body.extensions!.cordon.withheld).toEqual([
      { path: ['customer', 'taxId'], code: 'PURPOSE_REQUIRED' },
    ]);
    const declared = await gateway.query(
      { ...manager, headers: { 'Cordon-Purpose': 'audit-tax' } },
      '{ customer(customerId: 1) { taxId } }',
    );
    expect(declared.body.data).toEqual({ customer: { taxId: 'TAX-ACME-1' } });
  });

  test('an operation that filters by it is refused whole', async () => {
    for (const [document, variables] of [
      ['{ customers(where: { taxId: { eq: "x" } }) { totalCount } }', undefined],
      [
        'query($w: CustomerWhere) { customers(where: $w) { totalCount } }',
        { w: { or: [{ not: { taxId: { isNull: true } } }] } },
      ],
      ['{ customers(orderBy: [{ taxId: ASC }]) { totalCount } }', undefined],
    ] as const) {
      const response = await gateway.query(manager, document, variables);
      expect(response.status).toBe(403);
      expect(response.body).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'PURPOSE_REQUIRED' } }],
      });
    }
  });

  test('a row claim that is missing, or no value of the column, owns no row', async () => {
    for (const accounts of [undefined, [], ['north'], ['1 or true']]) {
      const { body } = await gateway.query(
        { roles: ['partner'], ...(accounts === undefined ? {} : { accounts }) },
        '{ customers { totalCount nodes { name } } }',
      );
      expect(body.data).toEqual({ customers: { totalCount: 0, nodes: [] } });
    }
  });
});

describe('invariant 6, hidden is absent', () => {
  test('a hidden name answers exactly as from a gateway whose SDL lacks it', async () => {
    const lacking = await startTestGateway({
      ...shop,
      sdl: shop.sdl
        .split('\n')
        .filter((line) => !/class: (pricing|identity)/.test(line))
        .join('\n'),
    });
    try {
      for (const document of [
        '{ customers { nodes { credit } } }',
        '{ customers { nodes { creditt nam } } }',
        '{ customers(where: { credit: { gt: "1" } }) { totalCount } }',
        '{ customers(orderBy: [{ credit: ASC }]) { totalCount } }',
        'query($w: CustomerWhere) { customers(where: $w) { totalCount } }',
        '{ orders { nodes { total lines { nodes { price } } } } }',
        '{ __type(name: "Customer") { fields { name type { name kind ofType { name } } args { name } } } }',
        '{ __schema { types { name kind fields { name } inputFields { name } enumValues { name } } queryType { fields { name args { name type { name } } } } } }',
        '{ customers { nodes { ... on Customer { credit } ...f } } } fragment f on Customer { taxId }',
      ]) {
        const variables = { w: { credit: { gt: '1' } } };
        const hidden = await gateway.query(partner, document, variables);
        const absent = await lacking.query(partner, document, variables);
        expect([hidden.status, hidden.text]).toEqual([absent.status, absent.text]);
        expect(hidden.text).not.toContain('pricing');
      }
    } finally {
      await lacking.dispose();
    }
  });

  test('a row out of sight answers as one that does not exist', async () => {
    const outside = await gateway.query(partner, '{ customer(customerId: 4) { name } }');
    const absent = await gateway.query(partner, '{ customer(customerId: 4000) { name } }');
    expect(outside.text).toBe(absent.text);
    expect(outside.body.data).toEqual({ customer: null });
  });
});

test('support sees contacts of its own customers in clear and masks elsewhere', async () => {
  const { body } = await gateway.query(support, '{ customers { nodes { customerId email credit } } }');
  expect(body.data).toEqual({
    customers: {
      nodes: [
        { customerId: '1', email: 'buy@acme.example', credit: null },
        { customerId: '2', email: '•••••@•••••', credit: null },
        { customerId: '3', email: null, credit: null },
        { customerId: '4', email: '•••••@•••••', credit: null },
      ],
    },
  });
});
