import { connect } from 'node:net';
import { once } from 'node:events';
import { startTestGateway, type TestGateway, type TestResponse } from '../support/gateway.js';
import { attack } from './attack.js';
import { house, learned, manager, partner } from './house.js';

/** What Cordon does not do is refused in words that say so, and in the same words whatever was named in it. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(house());
});
afterAll(() => gateway.dispose());

const codeOf = ({ body }: TestResponse) => body.errors?.map(({ extensions }) => extensions.code);

/** All answers of one kind are one answer, and no source hears of any. */
async function expectOneRefusal(documents: readonly string[], code: string, says: RegExp): Promise<void> {
  const answers = new Set<string>();
  const sent = await gateway.statements('crm', async () => {
    for (const document of documents)
      for (const caller of [partner, manager]) {
        const response = await gateway.query(caller, document);
        expect([document, response.status, codeOf(response)]).toEqual([document, 400, [code]]);
        answers.add(response.text);
      }
  });
  expect(answers.size).toBe(1);
  expect([...answers][0]).toMatch(says);
  expect(sent).toEqual([]);
}

attack(
  [41, 42, 43],
  'a subscription is refused as such, whatever it would be of and whatever it would filter by',
  async () => {
    await expectOneRefusal(
      [
        'subscription { customers { totalCount } }',
        'subscription { customerChanged(where: { taxId: { startsWith: "TAX-A" } }) { customerId } }',
        'subscription { dossiers { finding } }',
        'subscription S { a: neverHeardOf }',
      ],
      'OPERATION_NOT_SUPPORTED',
      /Only queries are served/,
    );
  },
);

attack([44, 45], 'no connection is upgraded, and no event stream opened', async () => {
  const token = await gateway.token(manager);
  const port = Number(new URL(gateway.address).port);
  for (const protocol of ['graphql-transport-ws', 'graphql-ws'])
    for (const path of ['/graphql', '/control', '/subscriptions']) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: ${protocol}\r\nauthorization: Bearer ${token}\r\n\r\n`,
      );
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect([path, chunk.toString().split('\r\n')[0]]).toEqual([
        path,
        expect.stringMatching(/^HTTP\/1.1 (405|404) /),
      ]);
    }
  for (const accept of [
    'text/event-stream',
    'multipart/mixed; subscriptionSpec=1.0',
    'multipart/mixed; deferSpec=20220824',
  ]) {
    const streamed = await gateway.query(
      { ...manager, headers: { accept } },
      'subscription { customers { totalCount } }',
    );
    expect(codeOf(streamed)).toEqual(['OPERATION_NOT_SUPPORTED']);
    expect(streamed.headers.get('content-type')).toBe('application/json; charset=utf-8');
  }
});

attack(
  [46],
  'nothing is deferred, streamed or kept live: the directives are not there, and the refusal is whole',
  async () => {
    for (const [document, directive] of [
      ['{ customers { nodes { name ... @defer { email } } } }', 'defer'],
      ['{ customers { nodes @stream(initialCount: 1) { name } } }', 'stream'],
      ['query @live { customers { totalCount } }', 'live'],
    ] as const)
      for (const accept of ['application/json', 'multipart/mixed; deferSpec=20220824']) {
        const { status, body, headers } = await gateway.query({ ...partner, headers: { accept } }, document);
        expect([status, body]).toEqual([
          400,
          {
            errors: [
              {
                message: `Unknown directive "@${directive}".`,
                locations: expect.any(Array),
                extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
              },
            ],
          },
        ]);
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      }
  },
);

attack(
  [26, 28, 47],
  'nothing is written: a mutation is refused before it is looked at, so no constraint can answer',
  async () => {
    await expectOneRefusal(
      [
        'mutation { deleteCustomers }',
        'mutation { createCustomer(input: { taxId: "TAX-ACME-1" }) { customerId } }',
        'mutation { updateDossier(dossierId: "31", finding: "x") { finding } }',
        'mutation M($v: Int) { neverHeardOf(v: $v) }',
      ],
      'OPERATION_NOT_SUPPORTED',
      /Only queries are served/,
    );
    const { rows } = await gateway.sources.get('crm')!.query('select count(*)::int as n from customer');
    expect(rows).toEqual([{ n: 4 }]);
  },
);

attack(
  [80, 82, 93],
  'there is no export, webhook, console, explorer or metric on the gateway’s address, and no page in HTML',
  async () => {
    const answers = new Set<string>();
    for (const path of [
      '/',
      '/export',
      '/export/customers.csv',
      '/webhooks',
      '/console',
      '/explorer',
      '/graphiql',
      '/playground',
      '/altair',
      '/voyager',
      '/metrics',
      '/debug',
      '/.well-known/apollo/server-health',
    ])
      for (const accept of ['text/html', '*/*', 'text/csv']) {
        const response = await fetch(gateway.address + path, {
          headers: { accept, authorization: `Bearer ${await gateway.token(manager)}` },
        });
        expect([path, response.status, response.headers.get('content-type')]).toEqual([
          path,
          404,
          'application/json; charset=utf-8',
        ]);
        expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
        answers.add(await response.text());
      }
    expect(answers.size).toBe(1);
    const page = await fetch(`${gateway.address}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([405, expect.not.stringContaining('<')]);
  },
);

attack([93], 'readiness says the same whatever was asked, hidden or absent', async () => {
  const probes = async () =>
    Promise.all(
      ['/healthz', '/readyz'].map(async (path) => {
        const response = await fetch(gateway.address + path);
        const headers = [...response.headers].filter(([name]) => name !== 'date');
        return [response.status, headers, await response.text()];
      }),
    );
  const before = await probes();
  await gateway.query(partner, '{ customers { nodes { taxId } } }');
  const hidden = await probes();
  await gateway.query(partner, '{ customers { nodes { tuxId } } }');
  expect([hidden, await probes()]).toEqual([before, before]);
  expect(before.map(([status, , text]) => [status, text])).toEqual([
    [200, 'ok\n'],
    [200, 'ready\n'],
  ]);
});

attack([67, 94], 'a document that one caller sent is nobody’s to ask for by its hash', async () => {
  const document = '{ customers { nodes { customerId region } } }';
  await gateway.query(manager, document);
  const hash = 'a'.repeat(64);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${await gateway.token(partner)}`,
  };
  const ask = async (sha256Hash: string) => {
    const body = JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
    const response = await fetch(`${gateway.address}/graphql`, { method: 'POST', headers, body });
    return learned({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      body: {},
    });
  };
  const { createHash } = await import('node:crypto');
  expect(await ask(createHash('sha256').update(document).digest('hex'))).toEqual(await ask(hash));
});
