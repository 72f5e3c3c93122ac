import pg from 'pg';
import { issueToken } from '../../src/governance/index.js';
import { post, startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';
import { auditing, house, manager, partner, support } from './house.js';

/** Views, plans and connections are shared by callers; what is decided, fetched or opened for one is never another's. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(house({ captureStatements: false }));
});
afterAll(() => gateway.dispose());

const dataOf = async (caller: TestCaller, document: string) =>
  (await gateway.query(caller, document)).body.data;

attack([19, 20], 'a condition that held for one request is asked anew for the next', async () => {
  const document = '{ customer(customerId: "1") { taxId profile } }';
  const cleared = { customer: { taxId: 'TAX-ACME-1', profile: { terms: { rebate: 'REBATE-A' } } } };
  const denied = { customer: { taxId: null, profile: null } };
  for (let round = 0; round < 3; round += 1) {
    expect(await dataOf(auditing, document)).toEqual(cleared);
    expect(await dataOf(manager, document)).toEqual(denied);
    expect(await dataOf({ ...manager, headers: { 'Cordon-Purpose': 'regional-tax' } }, document)).toEqual(
      denied,
    );
  }
  const both = await Promise.all(
    Array.from({ length: 12 }, (_, i) => dataOf(i % 2 === 0 ? auditing : manager, document)),
  );
  expect(both).toEqual(both.map((_, i) => (i % 2 === 0 ? cleared : denied)));
  // A filter by it is refused again as well.
  const filter = '{ customers(where: { taxId: { eq: "TAX-ACME-1" } }) { totalCount } }';
  expect(await dataOf(auditing, filter)).toEqual({ customers: { totalCount: 1 } });
  expect((await gateway.query(manager, filter)).body).toEqual({
    errors: [{ message: expect.any(String), extensions: { code: 'PURPOSE_REQUIRED' } }],
  });
});

attack([19], 'one document is decided for each caller’s own rights', async () => {
  const document = '{ customers { nodes { customerId email employees } } }';
  const own = {
    manager: [
      [1, 'buy@acme.example', 120],
      [2, 'hi@bolt.example', 180],
      [3, 'x@coil.example', 240],
      [4, 'team@dyno.example', 260],
    ],
    support: [
      [1, 'buy@acme.example', 100],
      [2, '•••••@•••••', 100],
      [3, 'x@coil.example', 200],
      [4, '•••••@•••••', 200],
    ],
    sam: [
      [1, '•••••@•••••', 100],
      [2, '•••••@•••••', 100],
      [3, '•••••@•••••', 200],
      [4, 'team@dyno.example', 200],
    ],
    partner: [
      [1, '•••••@•••••', 100],
      [2, '•••••@•••••', 100],
    ],
    south: [
      [3, '•••••@•••••', 200],
      [4, '•••••@•••••', 200],
    ],
  } as const;
  const callers = {
    manager,
    support,
    sam: { ...support, subject: 'sam' },
    partner,
    south: { ...partner, accounts: ['2'] },
  };
  for (const order of [Object.keys(own), Object.keys(own).reverse()])
    for (const name of order as (keyof typeof own)[])
      expect([name, await dataOf(callers[name], document)]).toEqual([
        name,
        {
          customers: {
            nodes: own[name].map(([id, email, employees]) => ({ customerId: String(id), email, employees })),
          },
        },
      ]);
});

attack(
  [19, 65],
  'what is fetched from another source for one caller is fetched anew for another',
  async () => {
    const document = '{ customers { nodes { customerId orders { nodes { orderId } } } } }';
    const orders = (caller: TestCaller) => dataOf(caller, document);
    const of = (...rows: readonly (readonly [string, ...string[]])[]) => ({
      customers: {
        nodes: rows.map(([customerId, ...ids]) => ({
          customerId,
          orders: { nodes: ids.map((orderId) => ({ orderId })) },
        })),
      },
    });
    const south = { ...partner, accounts: ['2'] };
    // Order 11 is of customer 1, but of the other account.
    const both = { ...partner, accounts: ['1', '2'] };
    for (let round = 0; round < 2; round += 1) {
      expect(await orders(partner)).toEqual(of(['1', '10'], ['2', '12']));
      expect(await orders(south)).toEqual(of(['3'], ['4', '13']));
      expect(await orders(both)).toEqual(of(['1', '10', '11'], ['2', '12'], ['3'], ['4', '13']));
    }
  },
);

attack([19, 48], 'tokens of one role and other scopes have each their own view', async () => {
  const control = new pg.Client(gateway.control);
  await control.connect();
  const issue = (scopes: readonly string[]) =>
    issueToken(control, {
      organisation: 'north',
      agreement: null,
      roles: ['partner'],
      scopes: [...scopes],
      claims: { accounts: ['1'] },
      documentsOnly: false,
      expiresAt: Date.now() + 3_600_000,
      issuedBy: 'test',
    });
  const [wide, narrow] = [
    await issue(['read:*']),
    await issue(['read:Customer.customerId', 'read:Customer.region']),
  ];
  await control.end();
  const ask = async (token: string, query: string): Promise<{ status: number; text: string }> => {
    const response = await post(
      `${gateway.address}/graphql`,
      { authorization: `Bearer ${token}` },
      { query },
    );
    // The gateway's copy of tokens is at most a second old.
    return response.status === 401 ? ask(token, query) : response;
  };
  const [named, unnamed] = ['{ customers { nodes { name } } }', '{ customers { nodes { nome } } }'];
  for (let round = 0; round < 2; round += 1) {
    expect((await ask(wide.token, named)).text).toContain('"nodes":[{"name":"Acme"},{"name":"Bolt"}]');
    const [outside, absent] = [await ask(narrow.token, named), await ask(narrow.token, unnamed)];
    expect([outside.status, outside.text]).toEqual([400, absent.text.replace('nome', 'name')]);
  }
});

attack([22], 'a purpose that one role has opens nothing that only another role grants', async () => {
  const both: TestCaller = { roles: ['manager', 'taxes'], subject: 'tom', accounts: ['2'] };
  const taxes = async (purpose: string) =>
    (
      (await dataOf(
        { ...both, headers: { 'Cordon-Purpose': purpose } },
        '{ customers { nodes { taxId } } }',
      )) as {
        customers: { nodes: { taxId: string | null }[] };
      }
    ).customers.nodes.map(({ taxId }) => taxId);
  expect(await taxes('regional-tax')).toEqual([null, null, 'TAX-COIL-3', 'TAX-DYNO-4']);
  expect(await taxes('audit-tax')).toEqual(['TAX-ACME-1', 'TAX-BOLT-2', 'TAX-COIL-3', 'TAX-DYNO-4']);
  expect(await taxes('none')).toEqual([null, null, null, null]);
});
