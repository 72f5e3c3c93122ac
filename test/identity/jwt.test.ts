import { issuer, openGate, refusal, unauthenticated, type Gate } from './support/gate.js';
import { signingKey } from './support/signing-key.js';
import { attack } from '../attacks/attack.js';

let gate: Gate;
afterEach(() => gate.keyServer.stop());

describe('a JWT of a configured issuer', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'is accepted when signed with %s',
    async (algorithm) => {
      gate = await openGate({ key: signingKey('key-1', algorithm) });
      expect((await gate.enter(gate.token())).subject).toBe('alice');
    },
  );

  test('makes a principal of its claims', async () => {
    gate = await openGate();
    const signedInAt = Math.floor(gate.clock.now() / 1000) - 60;
    const token = gate.token({
      claims: {
        roles: ['support', 'owner', 'partner', 'support'],
        organisation: 'acme',
        accounts: ['A-1', 7],
        jti: 'token-1',
        client_id: 'console',
        sid: 'session-1',
        auth_time: signedInAt,
        amr: ['pwd', 'mfa'],
      },
    });
    const principal = await gate.enter(token);
    expect(principal).toEqual({
      personId: `${issuer}#alice`,
      principalId: `${issuer}#alice`,
      subject: 'alice',
      organisation: 'acme',
      roles: ['partner', 'support'],
      assertedRoles: ['support', 'owner', 'partner', 'support'],
      scopes: ['read:*'],
      claims: new Map([['accounts', ['A-1', '7']]]),
      tokenId: 'token-1',
      client: 'console',
      session: 'session-1',
      authTime: signedInAt,
      authMethods: ['pwd', 'mfa'],
      documentsOnly: false,
      expiresAt: Math.floor(gate.clock.now() / 1000) * 1000 + 600_000,
    });
    expect(Object.isFrozen(principal)).toBe(true);
  });

  test('that says no more than it must makes a principal of little', async () => {
    gate = await openGate();
    expect(await gate.enter(gate.token())).toMatchObject({
      organisation: null,
      claims: new Map([['accounts', []]]),
      tokenId: null,
      client: null,
      session: null,
      authTime: null,
      authMethods: [],
      documentsOnly: false,
    });
  });

  test.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('may call its type %s (RFC 9068)', async (typ) => {
    gate = await openGate();
    await gate.enter(gate.token({ header: { typ } }));
  });

  test('may name several audiences', async () => {
    gate = await openGate();
    await gate.enter(gate.token({ claims: { aud: ['other', 'cordon'] } }));
  });

  test('may come from a clock that runs ahead by no more than the tolerance', async () => {
    gate = await openGate();
    const now = Math.floor(gate.clock.now() / 1000);
    await gate.enter(gate.token({ claims: { iat: now + 5, nbf: now + 5 } }));
  });

  test.each([
    ['a path with dots', 'realm_access.roles', { realm_access: { roles: ['support'] } }],
    ['a name with dots', ['https://acme.example/roles'], { 'https://acme.example/roles': 'support' }],
  ])('has its roles at %s where so configured', async (_what, path, claims) => {
    gate = await openGate({ config: { claims: { roles: path } } });
    expect((await gate.enter(gate.token({ claims }))).roles).toEqual(['support']);
  });

  test("keeps a person one person where the issuer's subjects differ by client", async () => {
    gate = await openGate({ config: { claims: { person: 'employee' } } });
    const [one, other] = await Promise.all(
      ['pairwise-1', 'pairwise-2'].map((sub) => gate.enter(gate.token({ claims: { sub, employee: 'e-7' } }))),
    );
    expect([one!.personId, other!.personId]).toEqual([`${issuer}#e-7`, `${issuer}#e-7`]);
    expect(one!.principalId).not.toBe(other!.principalId);
    expect(await refusal(gate.enter(gate.token()))).toEqual({
      answer: unauthenticated,
      detail: 'no claim of the person',
    });
  });
});

describe('the scopes of a token', () => {
  attack.each(
    [47, 49],
    [
      ['openid read:Customer write:Customer read:Order.total', ['read:Customer', 'read:Order.total']],
      [['read:*', 'admin'], ['read:*']],
      ['read: read:* read:a.b.c READ:X read:x; read:Customer.', ['read:*']],
      ['write:Customer', []],
      [undefined, []],
    ],
  )('%j give %j and nothing else', async (scope, given) => {
    gate = await openGate({ config: { scopes: { claim: 'scope' } } });
    expect((await gate.enter(gate.token({ claims: { scope } }))).scopes).toEqual(given);
  });
});

describe('a valid token without a known role', () => {
  attack.each([49], [[['owner']], [[]], [undefined], ['Support'], [['__proto__', 'constructor']]])(
    '(%j) is forbidden',
    async (roles) => {
      gate = await openGate();
      expect(await refusal(gate.enter(gate.token({ claims: { roles } })))).toEqual({
        answer: { status: 403, code: 'FORBIDDEN', text: 'This caller has no role here.' },
        detail: 'none of the roles is known',
      });
    },
  );
});

describe('claims that are not what they should be', () => {
  test.each([
    ['a subject that is a number', { sub: 7 }],
    ['an empty subject', { sub: '' }],
    ['a subject with NUL', { sub: 'ali\0ce' }],
    ['a subject that is not Unicode, which would be written as another is', { sub: 'a\uD800' }],
    ['no subject', { sub: undefined }],
    ['roles that are an object', { roles: { support: true } }],
    ['roles among which is an object', { roles: ['support', {}] }],
    ['an organisation that is a list', { organisation: ['acme', 'rival'] }],
    ['a row claim that is true', { accounts: true }],
    ['a row claim beyond the safe integers, which JSON rounds to another', { accounts: [2 ** 53] }],
    ['a row claim that is a fraction', { accounts: [1.5] }],
    ['a sign-in time that is a text', { auth_time: '1' }],
  ])('make it refused: %s', async (_what, claims) => {
    gate = await openGate();
    expect((await refusal(gate.enter(gate.token({ claims })))).answer).toEqual(unauthenticated);
  });

  test('do not reach a prototype by their path', async () => {
    gate = await openGate({
      config: { claims: { session: 'constructor.name', client: '__proto__', roles: 'roles' } },
    });
    expect(await gate.enter(gate.token())).toMatchObject({ session: null, client: null });
  });

  test('a sign-in in the future is no sign-in', async () => {
    gate = await openGate();
    const future = Math.floor(gate.clock.now() / 1000) + 3600;
    expect((await gate.enter(gate.token({ claims: { auth_time: future } }))).authTime).toBeNull();
  });
});
