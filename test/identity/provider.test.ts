import { spawn, type ChildProcess } from 'node:child_process';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/base/index.js';
import {
  createAuthenticator,
  createIssuers,
  issuerConfigSchema,
  type Authenticator,
} from '../../src/identity/index.js';
import { compiled } from '../support/compiled.js';
import { quietLog } from '../support/quiet-log.js';
import { refusal, unauthenticated } from './support/gate.js';
import { signed, signedWithSecret, signingKey, unsigned } from './support/signing-key.js';

/** The issuer's published key, in the form in which it is most often at hand. */
function publicKeyOf([jwk]: readonly JsonWebKey[]): string {
  return createPublicKey({ key: jwk!, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

/** Tokens of a real identity provider (oidc-provider), fetched as a client fetches them. */
describe('with a real identity provider', () => {
  const audience = 'https://cordon.example';
  let provider: ChildProcess;
  let issuer: string;
  let keys: readonly JsonWebKey[];
  let authenticator: Authenticator;

  beforeAll(async () => {
    const child = spawn(process.execPath, [compiled('test/identity/fixtures/provider.ts')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    provider = child;
    [issuer] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    ({ keys } = (await (await fetch(discovery.jwks_uri)).json()) as { keys: JsonWebKey[] });
    authenticator = createAuthenticator({
      issuers: createIssuers(
        [
          issuerConfigSchema.parse({
            issuer,
            audience,
            jwksUri: discovery.jwks_uri,
            algorithms: ['ES256'],
            claims: { roles: 'realm_access.roles', rows: { accounts: ['https://acme.example/accounts'] } },
            scopes: { claim: 'scope' },
          }),
        ],
        { clock: systemClock, log: quietLog },
      ),
      partnerTokens: null,
      knownRoles: new Set(['support']),
      clock: systemClock,
    });
  });
  afterAll(async () => {
    const exit = once(provider, 'exit');
    provider.stdin?.end();
    await exit;
  });

  /** An access token for a service, or an opaque one for the provider itself. */
  async function fetchToken(resource: string | null): Promise<string> {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('report-service:a-secret-of-the-test').toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(resource === null ? {} : { resource }),
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
      documentsOnly: false,
    });
    expect(principal.tokenId).toMatch(/.+/);
  });

  /** Rows 52 to 57 of the attacks to withstand, each made from a token that is good. */
  describe('a forger who holds its token is refused', () => {
    const forger = signingKey('provider-key', 'ES256');
    let header: Record<string, unknown>;
    let claims: Record<string, unknown>;
    let signature: string;
    beforeAll(async () => {
      const token = await fetchToken(audience);
      const [first, second, third] = token.split('.') as [string, string, string];
      [header, claims] = [first, second].map(
        (part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>,
      ) as [typeof header, typeof claims];
      signature = third;
      // What is refused below is refused for what was changed.
      await authenticator.authenticate(`Bearer ${token}`);
    });

    test.each<[string, () => string]>([
      ['without a signature (52)', () => unsigned({ ...header, alg: 'none' }, claims)],
      [
        'signed with the public key as a secret (53)',
        () => signedWithSecret(publicKeyOf(keys), { ...header, alg: 'HS256' }, claims),
      ],
      ['signed with a key of their own (54)', () => signed(forger, header, claims)],
      [
        'signed with a key of an unknown name (54)',
        () => signed(forger, { ...header, kid: 'other' }, claims),
      ],
      ['with a path for a key (55)', () => signed(forger, { ...header, kid: '../../../dev/null' }, claims)],
      ['with the key in the token (55)', () => signed(forger, { ...header, jwk: forger.publicJwk }, claims)],
      ['with the key elsewhere (55)', () => signed(forger, { ...header, jku: `${issuer}/jwks` }, claims)],
      ['for another audience (56)', () => `${unsigned(header, { ...claims, aud: 'other' })}${signature}`],
      [
        'of another issuer (56)',
        () => `${unsigned(header, { ...claims, iss: 'https://x.example' })}${signature}`,
      ],
      [
        'with more roles',
        () => `${unsigned(header, { ...claims, realm_access: { roles: ['admin'] } })}${signature}`,
      ],
      ['with demands (57)', () => signed(forger, { ...header, crit: ['exp'], exp: 1 }, claims)],
    ])('%s', async (_what, forged) => {
      expect((await refusal(authenticator.authenticate(`Bearer ${forged()}`))).answer).toEqual(
        unauthenticated,
      );
    });
  });

  test('its token that is no JWT is refused', async () => {
    const opaque = await fetchToken(null);
    expect(opaque).not.toContain('.');
    expect(await refusal(authenticator.authenticate(`Bearer ${opaque}`))).toEqual({
      answer: unauthenticated,
      detail: 'not a compact JWS',
    });
  });

  test('its token for another service is refused', async () => {
    const attempt = authenticator.authenticate(`Bearer ${await fetchToken('https://other.example')}`);
    expect(await refusal(attempt)).toEqual({ answer: unauthenticated, detail: 'claim aud: check_failed' });
  });
});
