import { issuerConfigSchema } from '../../src/identity/index.js';
import { startKeyServer } from './support/key-server.js';
import { audience, issuer, openGate, refusal, unauthenticated, type Gate } from './support/gate.js';
import { signedWithSecret, signingKey, unsigned } from './support/signing-key.js';
import { attack } from '../attacks/attack.js';

/**
 * Tokens whose signature or key is forged: rows 52 to 55 of the attacks to withstand. Whatever was tried, the caller
 * reads one and the same answer; only log and ledger learn which check failed, in words that hold nothing of the token.
 */

const forger = signingKey('key-1', 'EdDSA');

let gate: Gate;
afterEach(() => gate.keyServer.stop());

async function expectRefusal(token: string, detail: string): Promise<void> {
  expect(await refusal(gate.enter(token))).toEqual({ answer: unauthenticated, detail });
}

describe('the signature algorithm', () => {
  attack.each([52], ['none', 'None', 'NONE', ''])('%j is refused, signed or not', async (alg) => {
    gate = await openGate();
    await expectRefusal(unsigned(gate.header({ alg }), gate.claims()), 'not a compact JWS');
    const detail = alg === '' ? 'ERR_JWS_INVALID' : 'ERR_JOSE_ALG_NOT_ALLOWED';
    await expectRefusal(gate.token({ header: { alg } }), detail);
  });

  attack.each([53], ['HS256', 'HS384', 'HS512'])(
    '%s under the public key as secret is refused',
    async (alg) => {
      gate = await openGate({ key: signingKey('key-1', 'RS256') });
      const { publicKey, publicJwk } = gate.key;
      for (const secret of [
        publicKey.export({ type: 'spki', format: 'pem' }),
        publicKey.export({ type: 'pkcs1', format: 'pem' }),
        publicKey.export({ type: 'spki', format: 'der' }),
        JSON.stringify(publicJwk),
        publicJwk.n!,
        '',
      ]) {
        const forged = signedWithSecret(secret, gate.header({ alg }), gate.claims());
        await expectRefusal(forged, 'ERR_JOSE_ALG_NOT_ALLOWED');
      }
    },
  );

  attack([53, 54], 'a symmetric key among the issuer’s keys is never used', async () => {
    gate = await openGate();
    gate.keyServer.answer((response) => {
      response.end(JSON.stringify({ keys: [{ kty: 'oct', kid: 'key-1', k: '', alg: 'HS256' }] }));
    });
    const forged = signedWithSecret('', gate.header({ alg: 'HS256' }), gate.claims());
    await expectRefusal(forged, 'ERR_JOSE_ALG_NOT_ALLOWED');
    await expectRefusal(gate.token(), 'ERR_JWKS_NO_MATCHING_KEY');
  });

  attack([53], 'other than the pinned one is refused, though the issuer has the key', async () => {
    gate = await openGate({ key: signingKey('key-1', 'RS256') });
    const other = signingKey('key-2', 'ES256');
    gate.keyServer.serve(gate.key, other);
    const token = gate.token({ key: other, header: { alg: 'ES256', kid: 'key-2' } });
    await expectRefusal(token, 'ERR_JOSE_ALG_NOT_ALLOWED');
  });

  attack([53], 'is bound to the key: of two pinned ones, only the key’s own is accepted', async () => {
    gate = await openGate({
      key: signingKey('key-1', 'RS256'),
      config: { algorithms: ['RS256', 'PS256', 'ES256'] },
    });
    await gate.enter(gate.token());
    const pss = gate.token({ key: { ...gate.key, algorithm: 'PS256' }, header: { alg: 'PS256' } });
    await expectRefusal(pss, 'ERR_JWKS_NO_MATCHING_KEY');
    await expectRefusal(gate.token({ header: { alg: 'ES256' } }), 'ERR_JWKS_NO_MATCHING_KEY');
  });

  test('with an RSA key under 2048 bits is refused', async () => {
    gate = await openGate({ key: signingKey('key-1', 'RS256', 1024) });
    await expectRefusal(gate.token(), 'the key cannot be used');
  });

  attack.each([52, 53], ['none', 'HS256', 'RS384', 'ES512'])(
    '%s cannot even be configured',
    async (algorithm) => {
      gate = await openGate();
      const config = { issuer, audience, jwksUri: gate.keyServer.uri, algorithms: [algorithm], scopes: null };
      expect(issuerConfigSchema.safeParse(config).success).toBe(false);
      expect(issuerConfigSchema.safeParse({ ...config, algorithms: [] }).success).toBe(false);
      expect(issuerConfigSchema.safeParse({ ...config, algorithms: ['RS256'] }).success).toBe(true);
    },
  );
});

describe('the key', () => {
  attack.each(
    [54, 55],
    [
      '../../../../dev/null',
      "key-1' OR '1'='1",
      'key-1\0',
      'KEY-1',
      'key-1 ',
      '__proto__',
      'https://forger.example/keys#key-1',
    ],
  )('named %j is unknown', async (kid) => {
    gate = await openGate();
    await expectRefusal(gate.token({ header: { kid } }), 'ERR_JWKS_NO_MATCHING_KEY');
    const empty = signedWithSecret('', gate.header({ kid, alg: 'HS256' }), gate.claims());
    await expectRefusal(empty, 'ERR_JOSE_ALG_NOT_ALLOWED');
  });

  attack.each([54], [[undefined], [''], [null], [1], [['key-1']], [{ kid: 'key-1' }]])(
    'named %j is not named',
    async (kid) => {
      gate = await openGate();
      await expectRefusal(gate.token({ header: { kid } }), 'no key id');
    },
  );

  attack([54], 'cannot be had from an empty key set', async () => {
    gate = await openGate();
    gate.keyServer.serve();
    await expectRefusal(gate.token(), 'ERR_JWKS_NO_MATCHING_KEY');
  });

  attack([54], 'must be the issuer’s: another under the same name is refused', async () => {
    gate = await openGate();
    await expectRefusal(gate.token({ key: forger }), 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  attack([54], 'of two of one name cannot be told, so neither is used', async () => {
    gate = await openGate();
    gate.keyServer.serve(gate.key, forger);
    await expectRefusal(gate.token(), 'ERR_JWKS_MULTIPLE_MATCHING_KEYS');
  });

  attack.each([55], ['jku', 'x5u'])('is never fetched from where the token says (%s)', async (parameter) => {
    gate = await openGate();
    const forgers = await startKeyServer(forger);
    const header = { [parameter]: forgers.uri };
    await expectRefusal(gate.token({ key: forger, header }), `header parameter ${parameter}`);
    expect(forgers.requests).toBe(0);
    await forgers.stop();
  });

  attack.each(
    [55],
    [
      ['jwk', forger.publicJwk],
      ['x5c', ['MIIB']],
    ],
  )('is never taken from the token itself (%s)', async (parameter, value) => {
    gate = await openGate();
    const header = { [parameter]: value };
    await expectRefusal(gate.token({ key: forger, header }), `header parameter ${parameter}`);
    await expectRefusal(gate.token({ header }), `header parameter ${parameter}`);
  });
});
