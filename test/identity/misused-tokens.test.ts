import { CompactEncrypt } from 'jose';
import { issuerConfigSchema } from '../../src/identity/index.js';
import { startKeyServer } from './support/key-server.js';
import { audience, issuer, openGate, refusal, unauthenticated, type Gate } from './support/gate.js';
import { signed, signingKey } from './support/signing-key.js';
import { attack } from '../attacks/attack.js';

/**
 * Tokens that somebody signed but that are not access tokens of a trusted issuer for this gateway at this time: rows 56,
 * 57 and 59 of the attacks to withstand. The caller reads one and the same answer to all of them.
 */

const forger = signingKey('key-1', 'EdDSA');

let gate: Gate;
afterEach(() => gate.keyServer.stop());

async function expectRefusal(token: string, detail: string): Promise<void> {
  expect(await refusal(gate.enter(token))).toEqual({ answer: unauthenticated, detail });
}

describe('issuer and audience', () => {
  attack.each(
    [56],
    [
      ['another issuer', { iss: 'https://idp.example/realms/rival' }],
      ['the issuer with a slash', { iss: `${issuer}/` }],
      ['the issuer in other letters', { iss: issuer.toUpperCase() }],
      ['a list of issuers', { iss: [issuer] }],
      ['no issuer', { iss: undefined }],
      ['the name of a property', { iss: '__proto__' }],
    ],
  )('%s is unknown, whoever signed', async (_what, claims) => {
    gate = await openGate();
    await expectRefusal(gate.token({ claims }), 'unknown issuer');
  });

  attack.each(
    [56],
    [
      ['another audience', { aud: 'other' }, 'check_failed'],
      ['other audiences', { aud: ['other', 'cordon2'] }, 'check_failed'],
      ['a longer audience', { aud: 'cordon ' }, 'check_failed'],
      ['a nested audience', { aud: [['cordon']] }, 'check_failed'],
      ['an object', { aud: { cordon: true } }, 'check_failed'],
      ['no audience', { aud: undefined }, 'missing'],
    ],
  )('%s is not this gateway', async (_what, claims, why) => {
    gate = await openGate();
    await expectRefusal(gate.token({ claims }), `claim aud: ${why}`);
  });

  attack([56], 'one trusted issuer cannot speak for another, even with a key of the same name', async () => {
    const rival = await startKeyServer(forger);
    gate = await openGate({
      others: [
        issuerConfigSchema.parse({
          issuer: 'https://rival.example',
          audience,
          jwksUri: rival.uri,
          algorithms: ['EdDSA'],
          scopes: null,
        }),
      ],
    });
    await gate.enter(gate.token({ key: forger, claims: { iss: 'https://rival.example' } }));
    await expectRefusal(gate.token({ key: forger }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    await rival.stop();
  });

  attack([56], 'people of two issuers are two people, whatever their subjects', async () => {
    const rival = await startKeyServer(forger);
    const name = `${issuer}2`;
    gate = await openGate({
      others: [
        issuerConfigSchema.parse({
          issuer: name,
          audience,
          jwksUri: rival.uri,
          algorithms: ['EdDSA'],
          scopes: null,
        }),
      ],
    });
    const ours = await gate.enter(gate.token({ claims: { sub: '2#alice' } }));
    const theirs = await gate.enter(gate.token({ key: forger, claims: { iss: name, sub: 'alice' } }));
    expect(ours.personId).not.toBe(theirs.personId);
    expect(issuerConfigSchema.shape.issuer.safeParse('https://idp.example#').success).toBe(false);
    await rival.stop();
  });

  test('keys are not to be fetched over a network in the clear', () => {
    const { jwksUri } = issuerConfigSchema.shape;
    expect(jwksUri.safeParse('http://idp.example/jwks').success).toBe(false);
    expect(jwksUri.safeParse('http://127.0.0.1.idp.example/jwks').success).toBe(false);
    expect(jwksUri.safeParse('file:///etc/passwd').success).toBe(false);
    expect(jwksUri.safeParse('https://idp.example/jwks').success).toBe(true);
    expect(jwksUri.safeParse('http://127.0.0.1:1/jwks').success).toBe(true);
  });
});

describe('what a header may ask for', () => {
  attack.each([57], [[['exp']], [['https://acme.example/must']], [['b64']], [[]], ['exp'], [null]])(
    'crit %j is not understood',
    async (crit) => {
      gate = await openGate();
      const header = { crit, exp: 1, 'https://acme.example/must': true };
      await expectRefusal(gate.token({ header }), 'header parameter crit');
    },
  );

  attack([57], 'an unencoded payload is refused', async () => {
    gate = await openGate();
    await expectRefusal(gate.token({ header: { b64: false } }), 'header parameter b64');
  });

  attack([59], 'a JWE is never opened, so no bomb in it either', async () => {
    gate = await openGate({ key: signingKey('key-1', 'RS256') });
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify(gate.claims())))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'key-1' })
      .encrypt(gate.key.publicKey);
    expect(jwe.split('.')).toHaveLength(5);
    await expectRefusal(jwe, 'not a compact JWS');
  });

  attack([59], 'a JWS that pretends to be compressed or encrypted is refused', async () => {
    gate = await openGate();
    await expectRefusal(gate.token({ header: { zip: 'DEF' } }), 'header parameter zip');
    await expectRefusal(gate.token({ header: { enc: 'A256GCM' } }), 'header parameter enc');
  });

  test.each([undefined, 'JWT', 'logout+jwt', 'dpop+jwt', 'at+jwt;x', '', null, 1])(
    'type %j is no access token',
    async (typ) => {
      gate = await openGate();
      await expectRefusal(gate.token({ header: { typ } }), 'claim typ: check_failed');
    },
  );

  test.each(['at_hash', 'c_hash', 'events'])(
    'an ID or logout token is refused where the issuer calls all its tokens JWT (%s)',
    async (claim) => {
      gate = await openGate({ config: { tokenType: 'JWT' } });
      const header = { typ: 'JWT' };
      await gate.enter(gate.token({ header }));
      const token = gate.token({ header, claims: { [claim]: 'x' } });
      await expectRefusal(token, `not an access token: ${claim}`);
    },
  );
});

describe('the times of a token', () => {
  const times: [string, (now: number) => object, string][] = [
    ['expired', (now) => ({ exp: now - 1 }), 'expired'],
    ['expired long ago', (now) => ({ exp: now - 3600 }), 'ERR_JWT_EXPIRED'],
    ['expiring now', (now) => ({ exp: now }), 'expired'],
    ['without expiry', () => ({ exp: undefined }), 'claim exp: missing'],
    ['with a text for expiry', (now) => ({ exp: String(now + 60) }), 'claim exp: invalid'],
    ['that never expires', () => ({ exp: 1e300 }), 'exp is not a time'],
    ['not yet valid', (now) => ({ nbf: now + 7 }), 'claim nbf: check_failed'],
    ['issued in the future', (now) => ({ iat: now + 7 }), 'issued in the future'],
    ['without time of issue', () => ({ iat: undefined }), 'claim iat: missing'],
  ];
  test.each(times)('a token %s is refused', async (_what, claims, detail) => {
    gate = await openGate();
    await expectRefusal(gate.token({ claims: claims(Math.floor(gate.clock.now() / 1000)) }), detail);
  });
});

describe('what is no token', () => {
  test.each(['x', 'a.b', 'a.b.c', 'a.b.c.d', '..', 'e30.e30.e30', 'bnVsbA.bnVsbA.AA'])('%j', async (text) => {
    gate = await openGate();
    expect((await refusal(gate.enter(text))).answer).toEqual(unauthenticated);
  });

  test.each([
    ['null', null],
    ['a list', []],
    ['a text', 'alice'],
    ['a number', 1],
  ])('a signed payload that is %s', async (_what, payload) => {
    gate = await openGate();
    await expectRefusal(signed(gate.key, gate.header(), payload), 'not a JWT');
  });
});
