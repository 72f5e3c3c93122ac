import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';
import { house, learned, manager, partner, rep, support } from './house.js';

/** A record that a caller may not see is one that does not exist: found by key, reached, counted, filtered or sorted by. */
let gateway: TestGateway;
const crm = () => gateway.sources.get('crm')!;
const sales = () => gateway.sources.get('sales')!;
beforeAll(async () => {
  gateway = await startTestGateway(house({ captureStatements: false }));
});
afterAll(() => gateway.dispose());

const ask = async (caller: TestCaller, document: string, variables?: unknown) =>
  learned(await gateway.query(caller, document, variables));

/**
 * Twins: what callers are answered before and after a change of cells and rows that are hidden from them, undone again.
 */
async function expectSame(
  questions: readonly (readonly [TestCaller, string])[],
  change: readonly string[],
  undo: readonly string[],
): Promise<void> {
  const answers = async () => {
    const found: unknown[] = [];
    for (const [caller, document] of questions) found.push([document, await ask(caller, document)]);
    return found;
  };
  const before = await answers();
  for (const answer of before as [string, { status: number }][])
    expect([answer[0], answer[1].status]).toEqual([answer[0], 200]);
  try {
    for (const statement of change) await crm().query(statement);
    expect(await answers()).toEqual(before);
  } finally {
    for (const statement of undo) await crm().query(statement);
  }
  expect(await answers()).toEqual(before);
}

attack([18, 29], 'a record out of sight answers to its key as one that does not exist', async () => {
  for (const [field, key, out] of [
    ['customer', 'customerId', '4'],
    ['account', 'accountId', '2'],
    ['contract', 'contractId', '23'],
    ['order', 'orderId', '13'],
  ] as const) {
    const document = `query($key: ID!) { found: ${field}(${key}: $key) { ${key} } again: ${field}(${key}: $key) { __typename } }`;
    const [outside, absent] = [
      await ask(partner, document, { key: out }),
      await ask(partner, document, { key: '987654' }),
    ];
    expect(outside).toEqual(absent);
    expect(outside).toMatchObject({
      status: 200,
      text: expect.stringContaining('"data":{"found":null,"again":null}'),
    });
    // Or neither would be found by anybody.
    expect(JSON.stringify(await ask(manager, document, { key: out }))).toContain(`\\"${out}\\"`);
  }
});

attack(
  [29],
  'a denied value is withheld from records that have it and from lists that are empty, alike',
  async () => {
    const document = (region: string) =>
      `{ customers(where: { region: { eq: "${region}" } }) { nodes { taxId profile } } }`;
    const withheld = [
      { path: ['customers', 'nodes', '*', 'taxId'], code: 'DENIED' },
      { path: ['customers', 'nodes', '*', 'profile'], code: 'DENIED' },
    ];
    for (const [region, nodes] of [
      ['EU', 2],
      ['NOWHERE', 0],
    ] as const) {
      const { status, body } = await gateway.query(support, document(region));
      expect(status).toBe(200);
      expect(body).toEqual({
        data: { customers: { nodes: Array.from({ length: nodes }, () => ({ taxId: null, profile: null })) } },
        extensions: { cordon: { masked: [], withheld } },
      });
    }
  },
);

const others: readonly (readonly [TestCaller, string])[] = [
  '{ customers { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { customerId name email } } }',
  '{ customers(first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { customerId } } }',
  '{ customers(last: 1) { pageInfo { hasPreviousPage startCursor } edges { cursor node { name } } } }',
  '{ customers(orderBy: [{ name: DESC }]) { nodes { name } aggregate { count min { name customerId } max { name } countDistinct { region } } groupBy(by: [REGION]) { keys { region } aggregate { count } } } }',
  '{ accounts { totalCount nodes { name customers { totalCount nodes { customerId orders { totalCount nodes { orderId } } } } } } }',
  '{ accounts(where: { customers: { some: { name: { eq: "Zulu" } } } }) { totalCount } }',
  '{ accounts(where: { customers: { every: { region: { eq: "EU" } } } }) { totalCount } }',
  '{ contracts(where: { customer: { name: { gte: "A" } } }) { totalCount nodes { customer { name } } } }',
].map((document) => [partner, document] as const);

attack([2, 12, 21, 29], 'rows out of sight change no page, count, aggregate, order or filter', async () => {
  await expectSame(
    others,
    [
      "update customer set name = 'Aaa', region = 'EU', email = 'z', employees = 1 where customer_id = 4",
      "insert into customer select i, 2, 'rita', 'EU', 'Zulu', 'z', 1, 'TAX-Z-' || i, '{}', 5, '' from generate_series(100, 140) i",
      'delete from contract where contract_id = 23',
    ],
    [
      'delete from customer where customer_id >= 100',
      "update customer set name = 'Dyno', region = 'US', email = 'team@dyno.example', employees = 260 where customer_id = 4",
      "insert into contract values (23, 4, 2, 'TAX-DYNO-4', 9300.30)",
    ],
  );
});

attack(
  [2, 7],
  'a filter or order through a relation sees the records that the caller sees, and null for others',
  async () => {
    // Contract 21 is the partner's, but leads for a while to a customer of somebody else.
    const through = [
      '{ contracts(where: { customer: { name: { eq: "Coil" } } }) { totalCount } }',
      '{ contracts(where: { customer: { region: { isNull: false } } }) { totalCount nodes { contractId } } }',
      '{ contracts(where: { not: { customer: { name: { ne: "Dyno" } } } }) { nodes { contractId } } }',
      '{ contracts(orderBy: [{ customer: { name: ASC } }]) { nodes { contractId customer { name } } edges { cursor } } }',
      '{ contracts(orderBy: [{ customer: { account: { name: DESC } } }]) { nodes { contractId } } }',
    ].map((document) => [partner, document] as const);
    await crm().query(
      "update contract set customer_id = 3, holder_tax = 'TAX-COIL-3' where contract_id = 21",
    );
    try {
      await expectSame(
        through,
        ["update customer set name = '000', region = 'ZZ' where customer_id = 3"],
        ["update customer set name = 'Coil', region = 'US' where customer_id = 3"],
      );
    } finally {
      await crm().query(
        "update contract set customer_id = 1, holder_tax = 'TAX-ACME-1' where contract_id = 21",
      );
    }
  },
);

attack([21], 'no page goes beyond the rows in sight, whatever is asked for', async () => {
  const met = new Set<string>();
  for (const page of [
    'first: 100',
    'last: 100',
    'first: 1',
    'last: 1',
    'first: 0',
    'last: 100, before: null',
  ])
    for (const order of ['', ', orderBy: [{ region: DESC }, { customerId: DESC }]']) {
      let after: string | null = null;
      do {
        const { body } = await gateway.query(
          partner,
          `query($after: String) { customers(${page}${order}${page.startsWith('first') ? ', after: $after' : ''}) { nodes { customerId } pageInfo { endCursor hasNextPage } } }`,
          page.startsWith('first') ? { after } : undefined,
        );
        if (body.errors !== undefined) break;
        const { nodes, pageInfo } = (
          body.data as {
            customers: {
              nodes: { customerId: string }[];
              pageInfo: { endCursor: string; hasNextPage: boolean };
            };
          }
        ).customers;
        for (const { customerId } of nodes) met.add(customerId);
        after = page === 'first: 1' && pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
    }
  expect([...met].sort()).toEqual(['1', '2']);
});

attack([89], 'a row of which it is unknown whether a condition holds is not cleared', async () => {
  // Customer 2 has no representative: whether it is rita's is null.
  const { body } = await gateway.query(rep, '{ customers { nodes { customerId employees credit } } }');
  expect(body.data).toEqual({
    customers: {
      nodes: [
        { customerId: '1', employees: 120, credit: '5000.50' },
        { customerId: '2', employees: 100, credit: '7000' },
        { customerId: '3', employees: 240, credit: '310.75' },
        { customerId: '4', employees: 200, credit: '0' },
      ],
    },
  });
});

attack(
  [14, 89],
  'and is filtered and sorted by as it is read: its value behind the mask changes nothing',
  async () => {
    const questions = [
      '{ customers(where: { employees: { eq: 180 } }) { totalCount } }',
      '{ customers(where: { not: { employees: { lt: 150 } } }) { nodes { customerId } } }',
      '{ customers(orderBy: [{ employees: DESC }]) { edges { cursor node { customerId employees } } } }',
      '{ customers { nodes { customerId employees credit } } }',
    ].map((document) => [rep, document] as const);
    await expectSame(
      questions,
      ['update customer set employees = 101, credit = 7999.99 where customer_id = 2'],
      ['update customer set employees = 180, credit = 7250.00 where customer_id = 2'],
    );
    expect(JSON.stringify(await ask(rep, questions[0]![1]))).toContain('\\"totalCount\\":0');
  },
);

attack(
  [90],
  'records that an order leaves equal come in the order of their keys, wherever they are stored',
  async () => {
    const document =
      '{ customers(orderBy: [{ region: ASC }]) { nodes { customerId } } accounts { nodes { customers(orderBy: [{ region: DESC }]) { nodes { customerId } } } } orders { nodes { orderId } } }';
    await expectSame(
      [[manager, document]],
      // Each is stored anew, behind all others.
      [4, 3, 2, 1].map((id) => `update customer set notes = notes || '.' where customer_id = ${id}`),
      [1, 3, 2, 4].map((id) => `update customer set notes = notes || '.' where customer_id = ${id}`),
    );
    expect(
      JSON.stringify(
        await ask(manager, '{ customers(orderBy: [{ region: ASC }]) { nodes { customerId } } }'),
      ),
    ).toContain(['1', '2', '3', '4'].map((id) => `{\\"customerId\\":\\"${id}\\"}`).join(','));
  },
);

attack([29], 'nor does a relation into another source tell of records there', async () => {
  // Order 11 is of a customer of the partner's, but of another account.
  const document = '{ customers { nodes { customerId orders { totalCount nodes { orderId } } } } }';
  const before = await ask(partner, document);
  await sales().query(
    'update orders set customer_id = 2, total = 9 where order_id = 11; insert into orders values (99, 1, 2, 1)',
  );
  expect(await ask(partner, document)).toEqual(before);
  await sales().query(
    'update orders set customer_id = 1, total = 200.20 where order_id = 11; delete from orders where order_id = 99',
  );
  expect(JSON.stringify(before)).not.toMatch(/\\"(11|13|99)\\"/);
});
