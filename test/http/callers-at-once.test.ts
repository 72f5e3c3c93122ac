import { attack } from '../attacks/attack.js';
import { shop } from '../support/deployments.js';
import {
  post,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { enrolmentPublicKey, verifyReceipt } from '../../src/ledger/index.js';

const callers = 64;
const rounds = Number(process.env['RACE_ROUNDS'] ?? 30);
const roles = ['partner', 'regional', 'masked', 'support'] as const;

/** Every caller has an account and an organisation of their own, and every fourth the same role. */
const callerOf = (number: number): TestCaller => ({
  roles: [roles[number % roles.length]!],
  subject: `caller-${number}`,
  organisation: `organisation-${number}`,
  accounts: [String(number + 1)],
});

const document = `query($least: ID!) { customers(first: 100, where: { customerId: { gte: $least } }) {
  totalCount nodes { customerId name email account { name } orders { nodes { orderId lines { nodes { product } } } } } } }`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    sources: {
      crm: `${shop.sources['crm']}
        truncate account cascade;
        insert into account select i, 'Account ' || i from generate_series(1, ${callers}) i;
        insert into customer select i, (i + 1) / 2, 'caller-' || ((i + 1) / 2 - 1), 'Customer ' || i, 'box' || i || '@own' || i || '.example', i, null
          from generate_series(1, ${2 * callers}) i;`,
      sales: `${shop.sources['sales']}
        truncate orders cascade;
        insert into orders select i, i, (i + 1) / 2, now(), i from generate_series(1, ${2 * callers}) i;
        insert into line select i, 1, 'Product ' || i, i from generate_series(1, ${2 * callers}) i;`,
    },
    limits: { reach: 1_000_000 },
  });
});
afterAll(() => gateway.dispose());

attack(
  [65, 66],
  '64 callers of different rights at once, over shared connections: each response is that caller’s own, and so is its entry',
  async () => {
    const everyone = await Promise.all(
      Array.from({ length: callers }, async (_, number) => {
        const caller = callerOf(number);
        const authorization = `Bearer ${await gateway.token(caller)}`;
        const body = { query: document, variables: { least: String(number % 8) } };
        return { number, caller, ask: () => post(`${gateway.address}/graphql`, { authorization }, body) };
      }),
    );
    const alone = new Map<number, string>();
    for (const { number, ask } of everyone) {
      const response = await ask();
      expect([response.status, response.body.errors]).toEqual([200, undefined]);
      alone.set(number, response.text);
    }
    // Or a mix-up would not show.
    expect(new Set(alone.values()).size).toBe(callers);
    for (const { number, caller } of everyone)
      if (caller.accounts !== undefined && number % roles.length < 2)
        expect([...new Set(alone.get(number)!.match(/Account \d+/g))]).toEqual([`Account ${number + 1}`]);

    const received: { number: number; response: TestResponse }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Another order each time, so that other callers meet on one connection.
      const order = everyone.map((_, i) => everyone[(i * 27 + round * 13) % callers]!);
      received.push(
        ...(await Promise.all(order.map(async ({ number, ask }) => ({ number, response: await ask() })))),
      );
    }
    for (const { number, response } of received)
      expect([number, response.text]).toEqual([number, alone.get(number)]);

    const enrolment = enrolmentPublicKey(gateway.keys);
    const byLeaf = new Map((await gateway.entries()).map((entry) => [entry.leaf, entry]));
    for (const { number, response } of received) {
      const { leaf } = verifyReceipt(response.headers.get('cordon-receipt')!, enrolment);
      const { actor, entry } = byLeaf.get(leaf)!;
      expect([entry.outcome, actor]).toEqual([
        'RELEASED',
        expect.objectContaining({ personId: expect.stringMatching(new RegExp(`caller-${number}$`)) }),
      ]);
    }
  },
  90_000,
);
