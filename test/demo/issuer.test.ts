import { once } from 'node:events';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../src/base/index.js';
import {
  demoAudience,
  demoIssuer,
  mintToken,
  startDemoIssuer,
  type DemoIssuer,
  type DemoToken,
} from '../../src/demo/issuer.js';
import {
  createAuthenticator,
  createIssuers,
  issuerConfigSchema,
  personIdOf,
  type Authenticator,
} from '../../src/identity/index.js';
import { refusal, unauthenticated } from '../identity/support/gate.js';
import { quietLog } from '../support/quiet-log.js';
import { testFolder } from '../support/test-folders.js';

const partner: DemoToken = {
  subject: 'portal@brightwater.example',
  roles: ['partner'],
  organisation: 'brightwater',
  claims: { accounts: ['2', '4'] },
  amr: ['pwd', 'mfa'],
};

let folder: string;
let issuers: DemoIssuer[];
beforeEach(() => {
  folder = join(testFolder('issuer'), 'demo');
  issuers = [];
});
afterEach(async () => {
  await Promise.all(issuers.map((issuer) => issuer.close()));
  await rm(join(folder, '..'), { recursive: true, force: true });
});

async function start(): Promise<DemoIssuer> {
  const issuer = await startDemoIssuer({ folder, port: 0 });
  issuers.push(issuer);
  return issuer;
}

function authenticatorOf(jwksUri: string): Authenticator {
  return createAuthenticator({
    issuers: createIssuers(
      [
        issuerConfigSchema.parse({
          issuer: demoIssuer,
          audience: demoAudience,
          jwksUri,
          algorithms: ['EdDSA'],
          claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
          scopes: null,
        }),
      ],
      { clock: systemClock, log: quietLog },
    ),
    partnerTokens: null,
    knownRoles: new Set(['partner']),
    clock: systemClock,
  });
}

describe('the demo’s issuer', () => {
  test('makes tokens that the gateway accepts for what they say', async () => {
    const issuer = await start();
    const signedIn = Math.floor(Date.now() / 1000) - 60;
    const token = await mintToken(folder, { ...partner, authTime: signedIn });
    expect(await authenticatorOf(issuer.jwksUri).authenticate(`Bearer ${token}`)).toMatchObject({
      personId: personIdOf(demoIssuer, partner.subject),
      organisation: 'brightwater',
      roles: ['partner'],
      claims: new Map([['accounts', ['2', '4']]]),
      authTime: signedIn,
      authMethods: ['pwd', 'mfa'],
    });
  });

  test('makes tokens while it is not running, and knows them when it runs again', async () => {
    const token = await mintToken(folder, partner);
    const issuer = await start();
    await authenticatorOf(issuer.jwksUri).authenticate(`Bearer ${token}`);
  });

  test('makes tokens for another audience or past their time on request, which the gateway refuses', async () => {
    const issuer = await start();
    const authenticator = authenticatorOf(issuer.jwksUri);
    for (const change of [{ audience: 'other' }, { ttlSeconds: -1 }]) {
      const token = await mintToken(folder, { ...partner, ...change });
      expect((await refusal(authenticator.authenticate(`Bearer ${token}`))).answer).toEqual(unauthenticated);
    }
  });

  test('of another folder is another issuer, whatever its name', async () => {
    const issuer = await start();
    const elsewhere = join(folder, 'other');
    const forged = await mintToken(elsewhere, partner);
    expect((await refusal(authenticatorOf(issuer.jwksUri).authenticate(`Bearer ${forged}`))).answer).toEqual(
      unauthenticated,
    );
  });

  test('keeps its private key to its owner and serves the public one only', async () => {
    const issuer = await start();
    const [file, ...others] = await readdir(folder);
    expect(others).toEqual([]);
    const path = join(folder, file!);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { d } = JSON.parse(await readFile(path, 'utf8')) as { d: string };
    const base = new URL(issuer.jwksUri).origin;
    const served = await Promise.all(
      ['/jwks', '/.well-known/openid-configuration', '/', `/${file}`].map(
        async (address) => await (await fetch(base + address)).text(),
      ),
    );
    for (const text of served) expect(text).not.toContain(d);
    expect(JSON.parse(served[0]!)).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: expect.any(String) as string,
          kid: expect.any(String) as string,
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    });
    expect(JSON.parse(served[1]!)).toMatchObject({ issuer: demoIssuer, jwks_uri: issuer.jwksUri });
  });

  test('makes one key, however many start at once on a new folder', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => mintToken(folder, partner)));
    const issuer = await start();
    const authenticator = authenticatorOf(issuer.jwksUri);
    for (const token of tokens) await authenticator.authenticate(`Bearer ${token}`);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('says so when its port is taken', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      await expect(startDemoIssuer({ folder, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    } finally {
      taken.close();
    }
  });
});
