import { getIntrospectionQuery } from 'graphql';
import { shop } from '../support/deployments.js';
import {
  post,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { attack } from './attack.js';

/** What one request may come to, over HTTP: refused with one error that names the limit, and before any statement. */

const manager: TestCaller = { roles: ['manager'] };
const guest: TestCaller = { roles: ['partner'], accounts: ['1'] };
const generous: TestCaller = { roles: ['partner', 'regional'], accounts: ['1'] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    captureStatements: true,
    policy: shop.policy
      .replace(
        'mask: [contact] }',
        'mask: [contact], limits: { aliases: 2, tokens: 100, page: { max: 2, flat: 2 }, body: 2kB, reach: 5 } }',
      )
      .replace('regional: {', 'regional: { limits: { aliases: 3, page: { max: 3, flat: 3 } },'),
  });
});
afterAll(() => gateway.dispose());

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

/** Holds a response to one refusal that names its limit and says nothing else. */
function expectRefusal({ status, body, text }: TestResponse, limit: string): void {
  expect([status, body.errors]).toEqual([
    400,
    [{ message: expect.stringContaining(limit), extensions: { code: 'OPERATION_TOO_LARGE' } }],
  ]);
  expect(body.data).toBeUndefined();
  expect(text).not.toMatch(/Acme|Bolt|TAX|public|select/);
}

const chain = (levels: number, spreads: number) =>
  `{ customers(first: 1) { nodes { ...F0 } } } ${times(levels, (i) => `fragment F${i} on Customer { ${times(spreads, () => `...F${i + 1}`)} name }`)} fragment F${levels} on Customer { email }`;

const nested = (levels: number) =>
  `{ accounts(first: 1) { nodes { ${times(levels, () => 'customers(first: 1) { nodes { account {')} name ${times(levels, () => '} } }')} } } }`;

attack.each([68, 70, 71, 72, 73], [
  ['aliases', '60 aliases', `{ customers { nodes { ${times(61, (i) => `a${i}: name`)} } } }`],
  [
    'aliases behind fragments',
    '60 aliases',
    `{ customers(first: 1) { nodes { ...A } } b: customers(first: 1) { nodes { ...A } } } fragment A on Customer { ${times(30, (i) => `a${i}: name`)} }`,
  ],
  ['root fields', '20 root fields', `{ ${times(21, () => 'account(accountId: 1) { name }')} }`],
  ['tokens', '4000 tokens', `{ ${times(4000, () => '__typename')} }`],
  ['tokens that are no document', '4000 tokens', '} '.repeat(40_000)],
  ['directives of a kind there is not', '30 directives', `{ __typename ${times(31, (i) => `@a${i}`)} }`],
  [
    'one directive over and over',
    '30 directives',
    `{ customers { totalCount ${times(500, () => '@include(if: true)')} } }`,
  ],
  ['relations in circles', '6 relations in depth', nested(4)],
  ['brackets', '300 brackets', `{ customers(where: ${'{ not: '.repeat(400)}`],
  ['fragments that double each other', 'fields, fragments spread', chain(60, 2)],
  ['one field over and over', '20 root fields', `{ ${times(1900, () => '__typename')} }`],
  [
    'one field in another',
    '10000 rows in reach',
    '{ accounts(first: 100) { nodes { customers(first: 100) { nodes { orders(first: 100) { nodes { total } } } } } } }',
  ],
  [
    'lists by their pages',
    '25000 cost',
    '{ accounts(first: 30) { nodes { customers(first: 50) { nodes { orders(first: 1) { totalCount } } } } } }',
  ],
  [
    'types by way of types',
    'more of the schema',
    `{ __schema { types { fields { ${times(150, () => 'name')} } } } }`,
  ],
] as [string, string, string][])(
  '%s: refused before any statement, in one error that names the limit',
  async (_, limit, document) => {
    let response: TestResponse | undefined;
    const began = performance.now();
    const statements = await gateway.statements('crm', async () => {
      response = await gateway.query(manager, document);
    });
    expectRefusal(response!, limit);
    expect(statements).toEqual([]);
    // Far from what the same document costs where it is validated first; a machine that is busy takes its time.
    expect(performance.now() - began).toBeLessThan(5000);
  },
);

attack(
  [72, 74],
  'a document of the greatest size is judged in a time that grows with its text and not with what it says',
  async () => {
    const judged = async (levels: number) => {
      const document = chain(levels, 2);
      const began = performance.now();
      expectRefusal(await gateway.query(manager, document), 'fields, fragments spread');
      return performance.now() - began;
    };
    await judged(20);
    const [small, large] = [await judged(50), await judged(220)];
    // Twice as many fields with each level: 2^170 times the work, were it done.
    expect(large).toBeLessThan(8 * small + 2000);
  },
);

attack([69], 'a batch is no request, whatever is in it', async () => {
  const { status, body } = await gatewayPost([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
  expect([status, body.errors?.[0]?.extensions.code, body.data]).toEqual([400, 'BAD_REQUEST', undefined]);
});

attack([68], 'whoever has roles with limits of their own has the most generous of them', async () => {
  const aliased = (count: number) =>
    `{ customers(first: 1) { nodes { ${times(count, (i) => `a${i}: name`)} } } }`;
  expectRefusal(await gateway.query(guest, aliased(3)), '2 aliases');
  expect((await gateway.query(guest, aliased(2))).status).toBe(200);
  expectRefusal(await gateway.query(generous, aliased(4)), '3 aliases');
  expect((await gateway.query(generous, aliased(3))).status).toBe(200);
  expect((await gateway.query(manager, aliased(60))).status).toBe(200);
});

test('limits of a role hold for its pages, its tokens and its bodies, and share no plan with those of another', async () => {
  const page = '{ customers { nodes { customerId } } }';
  const count = async (caller: TestCaller) =>
    ((await gateway.query(caller, page)).body.data!['customers'] as { nodes: unknown[] }).nodes.length;
  const several: TestCaller = { roles: ['partner'], accounts: ['1', '2'] };
  expect(await count(several)).toBe(2);
  expect(await count({ ...several, roles: ['regional'] })).toBe(3);
  expect(await count(manager)).toBe(4);
  expect(await count(several)).toBe(2);
  expectRefusal(await gateway.query(guest, `{ ${times(100, () => '__typename')} }`), '100 tokens');
  const long = await gateway.query(guest, page, { padding: 'x'.repeat(3000) });
  expect([long.status, long.body.errors?.[0]?.extensions.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
  expect((await gateway.query(manager, page, { padding: 'x'.repeat(3000) })).status).toBe(200);
});

test('introspection of a whole schema has a budget of its own, twice over and not more', async () => {
  const whole = getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    oneOf: true,
    inputValueDeprecation: true,
  });
  expect((await gateway.query(manager, whole)).body.errors).toBeUndefined();
  const again = (count: number) =>
    whole.replace(
      '__schema {',
      `${times(count, (i) => `s${i}: __schema { types { ...FullType } }`)} __schema {`,
    );
  expect((await gateway.query(manager, again(1))).body.errors).toBeUndefined();
  const often = again(10);
  expectRefusal(await gateway.query(manager, often), 'more of the schema');
});

async function gatewayPost(body: unknown): Promise<TestResponse> {
  return post(
    `${gateway.address}/graphql`,
    { authorization: `Bearer ${await gateway.token(manager)}` },
    body,
  );
}
