import { openGate, refusal, unauthenticated, type Gate } from './support/gate.js';
import { signingKey } from './support/signing-key.js';
import { attack } from '../attacks/attack.js';

/**
 * Tokens that come again: row 58 of the attacks to withstand. That a token was not verified again shows in its
 * principal being the very object it was before.
 */

let gate: Gate;
beforeEach(async () => (gate = await openGate()));
afterEach(() => gate.keyServer.stop());

describe('a token that comes again', () => {
  attack([58], 'is not verified again', async () => {
    const token = gate.token();
    const principal = await gate.enter(token);
    expect(await gate.enter(token)).toBe(principal);
  });

  attack([58], 'is verified once when it comes in many requests at a time', async () => {
    const token = gate.token();
    const principals = await Promise.all(Array.from({ length: 20 }, () => gate.enter(token)));
    expect(new Set(principals).size).toBe(1);
    expect(gate.keyServer.requests).toBe(1);
  });

  attack([58], 'is refused from the moment it expires', async () => {
    const token = gate.token();
    const principal = await gate.enter(token);
    const left = principal.expiresAt - gate.clock.now();
    gate.clock.advance((left - 1) / 1000);
    await gate.enter(token);
    gate.clock.advance(0.001);
    expect(await refusal(gate.enter(token))).toEqual({ answer: unauthenticated, detail: 'expired' });
  });

  attack([58], 'is verified again when it was refused: a refusal is not remembered', async () => {
    const now = Math.floor(gate.clock.now() / 1000);
    const early = gate.token({ claims: { nbf: now + 60 } });
    expect((await refusal(gate.enter(early))).answer).toEqual(unauthenticated);
    gate.clock.advance(60);
    expect((await gate.enter(early)).subject).toBe('alice');
  });
});

describe('a token that resembles one that was accepted', () => {
  attack([58], 'in its header and payload is not taken for it', async () => {
    const token = gate.token();
    await gate.enter(token);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const altered = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    expect((await refusal(gate.enter(`${header}.${payload}.${altered}`))).answer).toEqual(unauthenticated);
    expect((await refusal(gate.enter(`${header}.${payload}.${signature.slice(0, 40)}`))).answer).toEqual(
      unauthenticated,
    );
  });

  attack([58], 'in its signature is not taken for it', async () => {
    const [header, , signature] = gate.token().split('.') as [string, string, string];
    await gate.enter(gate.token());
    const [, payload] = gate.token({ claims: { sub: 'mallory', roles: ['partner'] } }).split('.');
    expect((await refusal(gate.enter(`${header}.${payload}.${signature}`))).answer).toEqual(unauthenticated);
  });

  attack([58], 'in its first and last kilobyte is not taken for it', async () => {
    const fill = 'x'.repeat(2000);
    const token = gate.token({ claims: { z: `${fill}1${fill}` } });
    await gate.enter(token);
    const middle = Math.floor(token.length / 2);
    const other = token[middle] === 'a' ? 'b' : 'a';
    const altered = token.slice(0, middle) + other + token.slice(middle + 1);
    expect((await refusal(gate.enter(altered))).answer).toEqual(unauthenticated);
  });

  attack([58], 'in everything but the person is another person’s', async () => {
    const alice = await gate.enter(gate.token());
    const bob = await gate.enter(gate.token({ claims: { sub: 'bob' } }));
    expect([alice.subject, bob.subject]).toEqual(['alice', 'bob']);
  });
});

describe('when the issuer changes its keys, an accepted token', () => {
  const next = signingKey('key-2');

  attack([58], 'is refused once its key is withdrawn and the cached keys are past their time', async () => {
    const token = gate.token();
    await gate.enter(token);
    gate.keyServer.serve(next);
    gate.clock.advance(300);
    expect(await refusal(gate.enter(token))).toEqual({
      answer: unauthenticated,
      detail: 'ERR_JWKS_NO_MATCHING_KEY',
    });
  });

  attack(
    [58],
    'is refused at once when another caller’s token has brought the new keys to light',
    async () => {
      const token = gate.token();
      await gate.enter(token);
      gate.keyServer.serve(next);
      gate.clock.advance(30);
      await gate.enter(gate.token({ key: next, header: { kid: 'key-2' }, claims: { sub: 'bob' } }));
      expect((await refusal(gate.enter(token))).answer).toEqual(unauthenticated);
    },
  );

  attack([58], 'is refused when another key takes over the name of its own', async () => {
    const token = gate.token();
    await gate.enter(token);
    gate.keyServer.serve(signingKey('key-1'));
    gate.clock.advance(300);
    expect(await refusal(gate.enter(token))).toEqual({
      answer: unauthenticated,
      detail: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  attack([58], 'is verified again and accepted while its key stays', async () => {
    const token = gate.token();
    const principal = await gate.enter(token);
    gate.keyServer.serve(gate.key, next);
    gate.clock.advance(300);
    const again = await gate.enter(token);
    expect(again).toEqual(principal);
    expect(again).not.toBe(principal);
  });
});
