import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '../../src/base/index.js';
import { issueToken, revokeToken } from '../../src/governance/index.js';
import { shop } from '../support/deployments.js';
import { post, startTestGateway, type TestGateway, type TestResponse } from '../support/gateway.js';
import { attack } from '../attacks/attack.js';

/** Requests with a partner token, over HTTP: rows 47, 50 and 60 of the attacks to withstand. */
describe('a request with a partner token', () => {
  let gateway: TestGateway;
  let control: pg.Pool;
  let issued: { readonly id: string; readonly token: string };

  const ask = (query: string, headers: Readonly<Record<string, string>> = {}): Promise<TestResponse> =>
    post(`${gateway.address}/graphql`, { authorization: `Bearer ${issued.token}`, ...headers }, { query });

  /** Asks until the status is another: the gateway's copy of the tokens is at most a second old. */
  async function askUntil(status: number, query: string): Promise<TestResponse> {
    for (;;) {
      const response = await ask(query);
      if (response.status === status) return response;
      await wait(20);
    }
  }

  const names = '{ customers { nodes { customerId name } } }';

  beforeAll(async () => {
    gateway = await startTestGateway(shop);
    control = new pg.Pool({ ...gateway.control, max: 1 });
    issued = await issueToken(control, {
      organisation: 'north',
      agreement: null,
      roles: ['partner'],
      scopes: ['read:Customer.customerId', 'read:Customer.name'],
      claims: { accounts: ['1'] },
      expiresAt: systemClock.now() + 3_600_000,
      issuedBy: 'https://idp.example#steward',
    });
    await askUntil(200, names);
  });
  afterAll(async () => {
    await control.end();
    await gateway.dispose();
  });

  test('reads the rows of its claims, and of them what its scopes name', async () => {
    expect((await ask(names)).body.data).toEqual({
      customers: {
        nodes: [
          { customerId: '1', name: 'Acme' },
          { customerId: '2', name: 'Bolt' },
        ],
      },
    });
  });

  attack([47, 48], 'knows nothing beyond its scopes, be it of its role or of none', async () => {
    const refused = async (field: string) => {
      const response = await ask(`{ customers { nodes { ${field} } } }`);
      return [response.status, response.text.replaceAll(field, 'field')];
    };
    // The role gives the address masked; the scopes do not, and a field that nobody has answers alike.
    const [scoped, absent] = [await refused('email'), await refused('emaik')];
    expect(scoped).toEqual(absent);
    expect(scoped[0]).toBe(400);
    expect((await ask('{ accounts { nodes { name } } }')).status).toBe(400);
  });

  attack([47], 'cannot write', async () => {
    for (const operation of ['mutation { deleteCustomer }', 'subscription { customers { totalCount } }'])
      expect((await ask(operation)).status).toBe(400);
  });

  test('is entered under the address that it came from, not one that it names (60)', async () => {
    await ask(names, {
      'x-forwarded-for': '203.0.113.7',
      'x-real-ip': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
    });
    const { actor } = (await gateway.entries()).at(-1)!;
    expect(actor).toMatchObject({ principalId: issued.id, ip: '127.0.0.1' });
    expect(JSON.stringify(actor)).not.toContain('203.0.113.7');
  });

  attack([50], 'is refused once the token is revoked', async () => {
    expect(await revokeToken(control, issued.id)).toBe(true);
    const response = await askUntil(401, names);
    expect(response.body.errors!.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(response.body.data).toBeUndefined();
  });
});
