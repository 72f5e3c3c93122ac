import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { openGate, refusal, unauthenticated, type Answer, type Gate } from './support/gate.js';

/** Headers as they come over a real connection: the client writes the lines, Node's parser reads them. */
describe('the Authorization header', () => {
  let gate: Gate;
  let server: Server;

  beforeAll(async () => {
    gate = await openGate();
    server = createServer((request, response) => {
      const attempt = gate.authenticator.authenticate(request.headersDistinct.authorization);
      void attempt.then(
        ({ subject }) => response.end(JSON.stringify({ subject })),
        async () => response.end(JSON.stringify(await refusal(attempt))),
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    server.close();
    await gate.keyServer.stop();
  });

  async function send(
    ...lines: readonly string[]
  ): Promise<{ subject?: string; answer?: Answer; detail?: string }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return JSON.parse(/\{.*\}/s.exec(text)![0]) as object;
  }

  test('with one bearer token lets its caller in, in whatever letters the scheme is written', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect(await send(`Authorization: ${scheme} ${gate.token()}`)).toEqual({ subject: 'alice' });
    }
  });

  test('that is missing lets nobody in', async () => {
    expect(await send()).toEqual({ answer: unauthenticated, detail: 'no Authorization header' });
  });

  test('that is repeated lets nobody in, whichever of the two is good', async () => {
    const good = `Authorization: Bearer ${gate.token()}`;
    for (const other of ['Authorization: Bearer x', 'authorization: Basic YTpi', good]) {
      for (const lines of [
        [good, other],
        [other, good],
      ]) {
        expect(await send(...lines)).toEqual({
          answer: unauthenticated,
          detail: 'several Authorization headers',
        });
      }
    }
  });

  test.each([
    ['empty', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['the token alone', (token: string) => token],
    ['two tokens in one', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['two spaces', (token: string) => `Bearer  ${token}`],
    ['a tab', (token: string) => `Bearer\t${token}`],
    ['something after the token', (token: string) => `Bearer ${token} x`],
    ['quotes', (token: string) => `Bearer "${token}"`],
    ['Basic', () => 'Basic YWxpY2U6c2VjcmV0'],
    ['DPoP', (token: string) => `DPoP ${token}`],
    ['Token', (token: string) => `Token ${token}`],
  ])('with %s lets nobody in', async (_what, header) => {
    expect(await send(`Authorization: ${header(gate.token())}`)).toEqual({
      answer: unauthenticated,
      detail: 'not one bearer token',
    });
  });
});

describe('the size of a token', () => {
  const tooLarge: Answer = {
    status: 401,
    code: 'NOT_ACCEPTABLE_TOKEN_SIZE',
    text: 'The token is larger than the gateway accepts.',
  };
  let gate: Gate;
  beforeAll(async () => (gate = await openGate()));
  afterAll(() => gate.keyServer.stop());

  /** A valid token of exactly so many bytes. */
  function tokenOf(bytes: number): string {
    // Four characters carry three bytes; the header's padding makes up the rest.
    for (let pad = 0; pad < 4; pad += 1) {
      const header = { pad: 'x'.repeat(pad) };
      const missing = bytes - gate.token({ header, claims: { fill: '' } }).length;
      for (const fill of [Math.floor((missing * 3) / 4), Math.ceil((missing * 3) / 4)]) {
        const token = gate.token({ header, claims: { fill: 'x'.repeat(fill) } });
        if (token.length === bytes) return token;
      }
    }
    throw new Error('no token of this size');
  }

  test('may be 8 kB', async () => {
    expect((await gate.enter(tokenOf(8192))).subject).toBe('alice');
  });

  test('may not be a byte more, be the token good or bad: nothing of it is read', async () => {
    const before = gate.keyServer.requests;
    for (const token of [
      tokenOf(8193),
      'x'.repeat(8193),
      `cordon_pt_${'x'.repeat(9000)}`,
      '\0'.repeat(1e6),
    ]) {
      expect(await refusal(gate.enter(token))).toEqual({ answer: tooLarge, detail: undefined });
    }
    expect(gate.keyServer.requests).toBe(before);
  });
});
