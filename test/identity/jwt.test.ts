import { openGate, type Gate } from './support/gate.js';
import { signingKey } from './support/signing-key.js';

describe('a JWT of a configured issuer', () => {
  let gate: Gate;
  afterEach(() => gate.keyServer.stop());

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'is accepted when signed with %s',
    async (algorithm) => {
      gate = await openGate({ key: signingKey('key-1', algorithm) });
      expect((await gate.enter(gate.token())).subject).toBe('alice');
    },
  );
});
