import pg from 'pg';
import { issueToken } from '../../src/governance/index.js';
import { shop } from '../support/deployments.js';
import { post, startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { askControl, auditor } from './auditor.js';

const steward: TestCaller = { roles: ['steward'], subject: 'stella' };
const manager: TestCaller = { roles: ['manager'], subject: 'mia' };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    policy: shop.policy.replace('purposes:', '  steward: { rows: none, control: [tokens] }\npurposes:'),
    limits: { bodyBytes: 20_000, responseBytes: 5000, aliases: 8, rootFields: 3, tokens: 400 },
  });
  await gateway.query(manager, '{ customers { nodes { name email credit } } }');
});
afterAll(() => gateway.dispose());

const codeOf = ({ status, body }: Awaited<ReturnType<typeof askControl>>) => [
  status,
  body.errors?.[0]?.extensions.code,
];

/** Endpoint, outcome and code of what was entered meanwhile. */
async function entered(run: () => Promise<unknown>): Promise<unknown[]> {
  const before = (await gateway.entries()).length;
  await run();
  return (await gateway.entries())
    .slice(before)
    .map(({ entry: { endpoint, outcome, code } }) => [endpoint, outcome, code]);
}

describe('a question that could cost too much is refused, and entered', () => {
  const nodes = (count: number) =>
    Array.from({ length: count }, (_, i) => `r${i}: records`).join(' ') || '__typename';
  test.each([
    ['aliases', `{ accessHistory { nodes { ${nodes(9)} } } }`],
    [
      'aliases that fragments repeat',
      `{ a: accessHistory { ...P } b: accessHistory { ...P } } fragment P on AccessConnection { nodes { ${nodes(4)} } }`,
    ],
    [
      'root fields that fragments bring',
      '{ ...Q ... on Query { __typename } } fragment Q on Query { a: __typename b: __typename c: __typename }',
    ],
    ['tokens', `{ accessHistory { nodes { ${'leaf '.repeat(400)} } } }`],
  ])('%s', async (_, document) => {
    let response: Awaited<ReturnType<typeof askControl>> | undefined;
    const entries = await entered(async () => (response = await askControl(gateway, document)));
    const code = 'OPERATION_TOO_LARGE';
    expect(codeOf(response!)).toEqual([400, code]);
    expect(entries).toEqual([['control', 'REFUSED', code]]);
  });

  test('as many as the limits allow are answered', async () => {
    const document = `{ a: accessHistory { ...P } entry(leaf: "${'00'.repeat(32)}") { leaf } }
      fragment P on AccessConnection { nodes { ${nodes(7)} leaf person type usage mask class code } }`;
    expect((await askControl(gateway, document)).status).toBe(200);
  });

  test('an answer over the limit is not released', async () => {
    for (let i = 0; i < 12; i++)
      await gateway.query(manager, '{ customers { nodes { name email credit } } }');
    let response: Awaited<ReturnType<typeof askControl>> | undefined;
    const entries = await entered(
      async () =>
        (response = await askControl(
          gateway,
          '{ accessHistory(first: 100) { nodes { leaf person coordinates } } }',
        )),
    );
    expect(codeOf(response!)).toEqual([400, 'RESPONSE_TOO_LARGE']);
    expect(response!.body.data).toBeUndefined();
    expect(entries).toEqual([['control', 'REFUSED', 'RESPONSE_TOO_LARGE']]);
  });
});

describe('over HTTP it behaves as customer data does', () => {
  const send = async (headers: Record<string, string>, body: unknown) =>
    post(
      `${gateway.address}/control`,
      { authorization: `Bearer ${await gateway.token(auditor)}`, ...headers },
      body,
    );
  test.each([
    [
      'a body over the limit',
      {},
      { query: `{ __typename } #${'x'.repeat(21_000)}` },
      413,
      'REQUEST_TOO_LARGE',
    ],
    ['a form', { 'content-type': 'text/plain' }, { query: '{ __typename }' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a batch', {}, [{ query: '{ __typename }' }], 400, 'BAD_REQUEST'],
    ['no JSON', {}, '{', 400, 'BAD_REQUEST'],
    ['a mutation', {}, { query: 'mutation { __typename }' }, 400, 'OPERATION_NOT_SUPPORTED'],
  ])('%s', async (_, headers, body, status, code) => {
    let response: Awaited<ReturnType<typeof send>> | undefined;
    const entries = await entered(async () => (response = await send(headers, body)));
    expect(codeOf(response!)).toEqual([status, code]);
    expect(entries).toEqual([['control', 'REFUSED', code]]);
    expect(response!.headers.get('cordon-receipt')).not.toBeNull();
    expect(response!.headers.get('cache-control')).toBe('private, no-store');
  });

  test('a variable that does not fit is not repeated', async () => {
    const response = await askControl(
      gateway,
      'query ($first: Int) { accessHistory(first: $first) { nodes { leaf } } }',
      { first: 'secret-value' },
    );
    expect(codeOf(response)).toEqual([400, 'BAD_USER_INPUT']);
    expect(response.text).not.toContain('secret-value');
  });

  test('nobody is anonymous', async () => {
    const response = await post(`${gateway.address}/control`, {}, { query: '{ __typename }' });
    expect(codeOf(response)).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('who has a right to which field', () => {
  test('an auditor may read the schema', async () => {
    const { status, body } = await askControl(gateway, '{ __schema { queryType { fields { name } } } }');
    expect(status).toBe(200);
    expect(body.data).toEqual({
      __schema: { queryType: { fields: [{ name: 'accessHistory' }, { name: 'entry' }] } },
    });
  });

  test.each(['accessHistory { nodes { leaf } }', `entry(leaf: "${'00'.repeat(32)}") { leaf }`])(
    'a steward, whose right is another, is denied %s',
    async (field) => {
      let response: Awaited<ReturnType<typeof askControl>> | undefined;
      const entries = await entered(
        async () => (response = await askControl(gateway, `{ ${field} }`, {}, steward)),
      );
      expect(codeOf(response!)).toEqual([403, 'FORBIDDEN']);
      expect(response!.body.data ?? null).toBeNull();
      expect(entries).toEqual([['control', 'REFUSED', 'FORBIDDEN']]);
    },
  );

  test.each([
    ['read:*', 200],
    ['read:Customer', 403],
  ])('an auditing token of scope %s gets %d', async (scope, status) => {
    const client = new pg.Client(gateway.control);
    await client.connect();
    const { token } = await issueToken(client, {
      organisation: 'Watchers',
      agreement: null,
      roles: ['auditor'],
      scopes: [scope],
      claims: {},
      expiresAt: Date.now() + 3_600_000,
      issuedBy: 'test',
    }).finally(() => client.end());
    const ask = () =>
      post(
        `${gateway.address}/control`,
        { authorization: `Bearer ${token}` },
        { query: '{ accessHistory(first: 1) { nodes { leaf } } }' },
      );
    // The gateway's copy of tokens is at most a second old.
    let response = await ask();
    while (response.status === 401) response = await ask();
    expect(response.status).toBe(status);
  });
});
