import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../src/base/index.js';
import { createAuthenticator, issuerConfigSchema, type Authenticator } from '../../src/identity/index.js';
import { quietLog } from '../support/quiet-log.js';
import { refusal, unauthenticated } from './support/gate.js';

/** Tokens of a real identity provider (oidc-provider), fetched as a client fetches them. */
describe('with a real identity provider', () => {
  const audience = 'https://cordon.example';
  let provider: ChildProcess;
  let issuer: string;
  let authenticator: Authenticator;

  beforeAll(async () => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        pathToFileURL(join(__dirname, '../support/typescript.mjs')).href,
        join(__dirname, 'fixtures/provider.ts'),
      ],
      { stdio: ['pipe', 'pipe', 'ignore'] },
    );
    provider = child;
    [issuer] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    authenticator = createAuthenticator({
      issuers: [
        issuerConfigSchema.parse({
          issuer,
          audience,
          jwksUri: discovery.jwks_uri,
          algorithms: ['ES256'],
          claims: { roles: 'realm_access.roles', rows: { accounts: ['https://acme.example/accounts'] } },
          scopes: { claim: 'scope' },
        }),
      ],
      partnerTokens: null,
      knownRoles: new Set(['support']),
      clock: systemClock,
      log: quietLog,
    });
  });
  afterAll(async () => {
    const exit = once(provider, 'exit');
    provider.stdin?.end();
    await exit;
  });

  async function fetchToken(resource: string): Promise<string> {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('report-service:a-secret-of-the-test').toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource,
        scope: 'read:Customer read:Order.total write:everything',
      }),
    });
    const body = (await response.json()) as { access_token: string };
    expect(response.status).toBe(200);
    return body.access_token;
  }

  test('its access token makes a principal', async () => {
    const principal = await authenticator.authenticate(`Bearer ${await fetchToken(audience)}`);
    expect(principal).toMatchObject({
      personId: `${issuer}#report-service`,
      principalId: `${issuer}#report-service`,
      subject: 'report-service',
      organisation: null,
      roles: ['support'],
      assertedRoles: ['support', 'offline_access'],
      scopes: ['read:Customer', 'read:Order.total'],
      claims: new Map([['accounts', ['17', '23']]]),
      client: 'report-service',
      authTime: null,
      authMethods: [],
    });
    expect(principal.tokenId).toMatch(/.+/);
  });

  test('its token for another service is refused', async () => {
    const attempt = authenticator.authenticate(`Bearer ${await fetchToken('https://other.example')}`);
    expect(await refusal(attempt)).toEqual({ answer: unauthenticated, detail: 'claim aud: check_failed' });
  });
});
