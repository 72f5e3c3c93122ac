import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { startGateway } from '../../src/main.js';
import { shop } from '../support/deployments.js';
import { prepareGateway, startTestGateway, type TestGateway } from '../support/gateway.js';
import { holdCommits } from '../support/held-commits.js';
import { quietLog } from '../support/quiet-log.js';
import { canary, send } from './ask.js';
import { attack } from '../attacks/attack.js';

const query = '{ customers { totalCount } }';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway(shop);
});
afterAll(() => gateway.dispose());

const socketTo = async (address: string): Promise<Socket> => {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

/** All that comes back over a connection until its end. */
async function exchange(text: string): Promise<string> {
  const socket = await socketTo(gateway.address);
  socket.write(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('the headers of a response', () => {
  const bearer = async () => ({ authorization: `Bearer ${await gateway.token({ roles: ['manager'] })}` });
  const json = { 'content-type': 'application/json', origin: 'https://elsewhere.example' };

  test.each([
    [
      'data',
      200,
      async () => ({ headers: { ...(await bearer()), ...json }, body: JSON.stringify({ query }) }),
    ],
    [
      'a refused document',
      400,
      async () => ({ headers: { ...(await bearer()), ...json }, body: '{"query":"{ x }"}' }),
    ],
    ['a refused body', 400, async () => ({ headers: { ...(await bearer()), ...json }, body: '{' })],
    ['a caller whom nobody knows', 401, () => ({ headers: json, body: '{}' })],
    [
      'a request from a page elsewhere',
      405,
      () => ({ method: 'OPTIONS', headers: { ...json, 'access-control-request-method': 'POST' } }),
    ],
    ['an unknown address', 404, () => ({ path: '/nothing', headers: json, body: '{}' })],
    ['a sign of life', 200, () => ({ method: 'GET', path: '/healthz', headers: json })],
  ] as const)(
    '%s: kept by nobody, shown to no other page, and silent on what serves it',
    async (_, status, request) => {
      const response = await send(gateway.address, await request());
      const { headers } = response;
      expect(response.status).toBe(status);
      expect(headers.get('cache-control')).toMatch(/no-store/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      for (const name of ['server', 'x-powered-by', 'etag', 'set-cookie'])
        expect([name, headers.get(name)]).toEqual([name, null]);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  test('with data name their entry and say that they are confidential', async () => {
    const response = await gateway.query({ roles: ['manager'] }, query);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('cordon-notice')).toMatch(/trade secrets/);
    expect(response.headers.get('cordon-receipt')).not.toBeNull();
  });

  attack([1, 93], 'do not tell a hidden name from one that does not exist', async () => {
    const asked = async (field: string) => {
      const { headers } = await gateway.query({ roles: ['partner'] }, `{ customers { nodes { ${field} } } }`);
      const others = /^(date|cordon-(receipt|request-id))$/;
      const shown = [...headers].filter(([name]) => !others.test(name));
      const lengths = ['receipt', 'request-id'].map((name) => headers.get(`cordon-${name}`)!.length);
      return { shown, lengths };
    };
    expect(await asked('credit')).toEqual(await asked('nonsen'));
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['no request line', `${canary}\r\n\r\n`, 400, 'BAD_REQUEST'],
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}${canary}`,
      400,
      'BAD_REQUEST',
    ],
    [
      'a length and chunks',
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}${canary}`,
      400,
      'BAD_REQUEST',
    ],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx-${canary}: ${'y'.repeat(40_000)}\r\n\r\n`,
      413,
      'REQUEST_TOO_LARGE',
    ],
  ])('%s: refused in a sentence, and the connection ends', async (_, text, status, code) => {
    const [head, body] = (await exchange(text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('cache-control: private, no-store');
    expect(JSON.parse(body!)).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
    expect(head! + body!).not.toContain(canary);
  });

  test('goes unanswered over TLS, and the gateway serves on', async () => {
    const hello = Buffer.from('160301000a0100000603030000', 'hex').toString('latin1');
    expect(await exchange(`${hello}\r\n\r\n`)).not.toContain(canary);
    expect((await gateway.query({ roles: ['manager'] }, query)).status).toBe(200);
  });
});

test('a gateway that stops answers what is in flight, and waits for nobody who only holds a connection', async () => {
  const prepared = await prepareGateway(shop);
  const own = await startGateway(prepared.config, prepared.secrets, quietLog);
  await prepared.queryAt(own.address)({ roles: ['manager'] }, query);
  const silent = await socketTo(own.address);
  const trickling = await socketTo(own.address);
  trickling.write('POST /graphql HTTP/1.1\r\nhost: x\r\nx-');
  const held = await holdCommits(prepared.control);
  const asked = prepared.queryAt(own.address)({ roles: ['manager'] }, query);
  await held.untilOneWaits();
  const closed = own.close();
  await held.release();
  expect((await asked).body.data).toEqual({ customers: { totalCount: 4 } });
  await closed;
  for (const socket of [silent, trickling]) socket.destroy();
  await prepared.dispose();
});
