import type { Log } from '../../src/base/index.js';
import { quietLog } from '../support/quiet-log.js';
import { until } from '../governance/support/until.js';
import { startKeyServer } from './support/key-server.js';
import { openGate, refusal, unauthenticated, type Gate } from './support/gate.js';
import { signingKey } from './support/signing-key.js';

const cannotBeFetched = { answer: unauthenticated, detail: "the issuer's keys cannot be fetched" };

let gate: Gate;
let errors: string[];
const log: Log = { ...quietLog, error: (_fields, message) => void errors.push(message) };
beforeEach(async () => {
  errors = [];
  gate = await openGate({ log });
});
afterEach(() => gate.keyServer.stop());

/** A token that is not in the cache. */
let serial = 0;
const fresh = (changes: { header?: object } = {}): string =>
  gate.token({ ...changes, claims: { jti: String((serial += 1)) } });

describe('the keys of an issuer', () => {
  test('are fetched when the first token comes, and kept', async () => {
    expect(gate.keyServer.requests).toBe(0);
    for (let i = 0; i < 5; i += 1) await gate.enter(fresh());
    expect(gate.keyServer.requests).toBe(1);
  });

  test('are not used past their time while the issuer is away, and return with it', async () => {
    const token = gate.token();
    await gate.enter(token);
    await gate.keyServer.stop();
    gate.clock.advance(299.999);
    await gate.enter(token);
    gate.clock.advance(0.001);
    expect(await refusal(gate.enter(token))).toEqual(cannotBeFetched);
    await gate.keyServer.restart();
    gate.clock.advance(1);
    await gate.enter(token);
    expect(errors).toContain('the keys of an issuer cannot be fetched');
  });

  test('are fetched anew in the background from half their time, while callers go on', async () => {
    const token = gate.token();
    const principal = await gate.enter(token);
    gate.clock.advance(149);
    await gate.enter(token);
    expect(gate.keyServer.requests).toBe(1);
    gate.clock.advance(1);
    expect(await gate.enter(token)).toBe(principal);
    await until(() => gate.keyServer.requests === 2);
    // The new keys count from then: what would have been too old is not.
    await until(async () => (await gate.enter(token)) !== principal);
    gate.clock.advance(299);
    await gate.enter(token);
  });

  test('are asked for at most once in 30 seconds on behalf of invented key ids', async () => {
    await gate.enter(fresh());
    for (let round = 1; round <= 3; round += 1) {
      for (let i = 0; i < 10; i += 1) {
        const attempt = gate.enter(fresh({ header: { kid: `invented-${i}` } }));
        expect((await refusal(attempt)).answer).toEqual(unauthenticated);
      }
      expect(gate.keyServer.requests).toBe(round);
      gate.clock.advance(30);
    }
  });

  test('are asked for at most once a second while the issuer fails, however many callers wait', async () => {
    gate.keyServer.answer((response) => void response.writeHead(500).end());
    for (let round = 1; round <= 2; round += 1) {
      const attempts = Array.from({ length: 10 }, () => refusal(gate.enter(fresh())));
      for (const result of await Promise.all(attempts)) expect(result).toEqual(cannotBeFetched);
      expect(await refusal(gate.enter(fresh()))).toEqual(cannotBeFetched);
      expect(gate.keyServer.requests).toBe(round);
      gate.clock.advance(1);
    }
  });

  test('are found by a token signed with a key that is newer than the last fetch', async () => {
    await gate.enter(fresh());
    const next = signingKey('key-2');
    gate.keyServer.serve(gate.key, next);
    gate.clock.advance(30);
    expect((await gate.enter(gate.token({ key: next, header: { kid: 'key-2' } }))).subject).toBe('alice');
    expect(gate.keyServer.requests).toBe(2);
  });
});

describe('an answer that is not a key set', () => {
  test.each([
    ['an error', 500, JSON.stringify({ keys: [] })],
    ['a page', 200, '<html>'],
    ['nothing', 200, ''],
    ['a list', 200, '[]'],
    ['no keys', 200, '{}'],
    ['keys that are none', 200, '{"keys":[1]}'],
    ['more than a key set can be', 200, `{"keys":[],"x":"${'x'.repeat(300_000)}"}`],
  ])('gives no key: %s', async (_what, status, body) => {
    gate.keyServer.answer((response) => void response.writeHead(status).end(body));
    expect(await refusal(gate.enter(fresh()))).toEqual(cannotBeFetched);
  });

  test('is not read without end', async () => {
    gate.keyServer.answer((response) => {
      response.on('error', () => undefined);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    expect(await refusal(gate.enter(fresh()))).toEqual(cannotBeFetched);
  });

  test('is not followed elsewhere', async () => {
    const elsewhere = await startKeyServer(gate.key);
    gate.keyServer.answer((response) => void response.writeHead(302, { location: elsewhere.uri }).end());
    expect(await refusal(gate.enter(fresh()))).toEqual(cannotBeFetched);
    expect(elsewhere.requests).toBe(0);
    await elsewhere.stop();
  });

  test('is not waited for without end', async () => {
    gate.keyServer.answer(() => undefined);
    expect(await refusal(gate.enter(fresh()))).toEqual(cannotBeFetched);
  });

  test('with a private key among the keys gives none of that name', async () => {
    gate.keyServer.answer((response) => {
      const jwk = { ...gate.key.privateKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'EdDSA' };
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    expect((await refusal(gate.enter(fresh()))).answer).toEqual(unauthenticated);
  });
});
