import { cpSync, readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { Cancellation, CordonError, ProblemsError, Reporter, utf8AsText } from '../../src/base/index.js';
import { databaseConnection } from '../../src/database-connection.js';
import type { TlsFiles } from '../../src/http/index.js';
import { readCatalogs, startGateway, type RunningGateway } from '../../src/main.js';
import { Source } from '../../src/sources/index.js';
import { attack } from '../attacks/attack.js';
import { selfSigned } from '../support/certificates.js';
import { shop } from '../support/deployments.js';
import { prepareGateway, type PreparedGateway } from '../support/gateway.js';
import { quietLog } from '../support/quiet-log.js';
import { tlsRelay } from '../support/tls-relay.js';

/** What goes over the wire: the gateway's own TLS, its databases' TLS, proxies in front and pages elsewhere. */

const app = 'https://app.example.com';
const body = JSON.stringify({ query: '{ customers { totalCount } }' });

let prepared: PreparedGateway;
let gateway: RunningGateway;
let own: TlsFiles;
let other: TlsFiles;
let bearer: string;
beforeAll(async () => {
  prepared = await prepareGateway(shop);
  own = await selfSigned(prepared.folder, 'own');
  other = await selfSigned(prepared.folder, 'other');
  const listen = {
    ...prepared.config.listen,
    tls: own,
    origins: [app],
    trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  };
  gateway = await startGateway({ ...prepared.config, listen }, prepared.secrets, quietLog);
  bearer = `Bearer ${await prepared.token({ roles: ['manager'] })}`;
});
afterAll(async () => {
  await gateway.close();
  await prepared.dispose();
});

interface Asked extends RequestOptions {
  readonly at?: RunningGateway;
}

async function ask({ at = gateway, headers = {}, ...options }: Asked = {}): Promise<
  IncomingMessage & { text: string }
> {
  const { port } = new URL(at.address);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/graphql',
        method: 'POST',
        ca: readFileSync(own.cert),
        headers: { authorization: bearer, 'content-type': 'application/json', ...(headers as object) },
        ...options,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(Object.assign(response, { text: Buffer.concat(chunks).toString() })),
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.method === 'OPTIONS' || options.method === 'GET' ? undefined : body);
  });
}

describe('the gateway’s own TLS', () => {
  test('is of version 1.2 at least, and shows the certificate that is configured', async () => {
    expect(gateway.address).toMatch(/^https:/);
    expect((await ask()).statusCode).toBe(200);
    await expect(ask({ ca: readFileSync(other.cert) })).rejects.toThrow(/self-signed/);
    await expect(
      ask({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol version|alert|unsupported/);
    await expect(fetch(gateway.address.replace('https', 'http'))).rejects.toThrow();
  });

  test('shows a renewed certificate after a reload, and the old one while the new one cannot be used', async () => {
    const before = readFileSync(own.cert);
    cpSync(other.cert, own.cert);
    await gateway.reload();
    expect((await ask({ ca: before })).statusCode).toBe(200);
    cpSync(other.key, own.key);
    await gateway.reload();
    expect((await ask({ ca: readFileSync(other.cert) })).statusCode).toBe(200);
    await expect(ask({ ca: before, agent: false })).rejects.toThrow(/self-signed/);
  });
});

attack(
  [60],
  'the client’s address is taken from a trusted proxy, the nearest that is not one, and from nobody else',
  async () => {
    const addressFor = async (forwarded: string, at = gateway) => {
      const before = new Set((await prepared.entries()).map(({ leaf }) => leaf));
      await ask({ at, headers: { 'x-forwarded-for': forwarded } });
      const [added] = (await prepared.entries()).filter(({ leaf }) => !before.has(leaf));
      const actor = added!.actor;
      return typeof actor === 'string' ? null : actor.ip;
    };
    expect(await addressFor('203.0.113.7')).toBe('203.0.113.7');
    // What the client wrote itself stands left of what the proxies added.
    expect(await addressFor('198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
    const plain = { ...prepared.config.listen, tls: own };
    const distrusting = await startGateway(
      { ...prepared.config, ledgerFolder: `${prepared.folder}/ledger2`, listen: plain },
      prepared.secrets,
      quietLog,
    );
    expect(await addressFor('203.0.113.7', distrusting)).toBe('127.0.0.1');
    await distrusting.close();
  },
);

const corsOf = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control')));

attack.each([63], [
  ['another site', 'https://evil.example'],
  ['a site whose name begins so', `${app}.evil.example`],
  ['a site whose name ends so', 'https://evilapp.example.com'],
  ['another scheme', 'http://app.example.com'],
  ['another port', `${app}:8443`],
  ['nowhere', 'null'],
] as [string, string][])('%s may read nothing, and its name is not said back', async (_, origin) => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  for (const asked of [{ headers: { origin } }, { method: 'OPTIONS', headers: { origin, ...preflight } }]) {
    const response = await ask(asked);
    expect(corsOf(response)).toEqual({});
    expect(JSON.stringify(response.headers)).not.toContain(origin);
  }
});

test('a page of an allowed origin may ask and read, with a token and without cookies', async () => {
  const response = await ask({ headers: { origin: app } });
  expect(response.statusCode).toBe(200);
  expect(response.headers['access-control-allow-origin']).toBe(app);
  expect(response.headers['access-control-allow-credentials']).toBeUndefined();
  expect(response.headers.vary).toContain('Origin');
  const preflight = await ask({
    method: 'OPTIONS',
    headers: {
      origin: app,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  expect([preflight.statusCode, preflight.headers['access-control-allow-origin']]).toEqual([204, app]);
  expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
});

attack(
  [61, 62],
  'what a browser sends across sites unasked gives nothing: no GET, no form, no plain text',
  async () => {
    const path = `/graphql?query=${encodeURIComponent('{ customers { totalCount } }')}`;
    const got = await ask({ method: 'GET', path });
    expect([got.statusCode, JSON.parse(got.text)]).toEqual([
      405,
      { errors: [expect.objectContaining({ extensions: { code: 'METHOD_NOT_ALLOWED' } })] },
    ]);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
    ]) {
      const response = await ask({ headers: { 'content-type': type } });
      expect([response.statusCode, response.text.includes('"data"')]).toEqual([415, false]);
    }
  },
);

attack.each([76], [['utf-7'], ['utf-16'], ['ibm500'], ['shift_jis'], ['x-user-defined'], ['utf-32']] as [
  string,
][])('a body in %s is not read', async (charset) => {
  const response = await ask({ headers: { 'content-type': `application/json; charset=${charset}` } });
  expect([response.statusCode, response.text.includes('"data"')]).toEqual([415, false]);
});

describe('TLS to a database', () => {
  const report = () => new Reporter('cordon.yaml', { value: {}, lineOf: () => 1, has: () => true }, 'It', []);
  const crm = () => prepared.sources.get('crm')!.config;
  const sourceAt = (port: number, ca: string) => ({
    name: 'crm',
    connection: databaseConnection(
      {
        url: `postgres://${crm().user}@127.0.0.1:${port}/${crm().database}`,
        tls: { ca, acceptPlaintext: false, acceptUnverified: false },
      },
      prepared.folder,
      ['sources', 'crm'],
      report(),
    ),
    poolSize: 1,
    statementTimeoutMs: 60_000,
    connectTimeoutMs: 5000,
  });
  const problemOf = async (run: Promise<unknown>) => {
    const error: unknown = await run.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(ProblemsError);
    return (error as ProblemsError).problems[0]!.message;
  };

  test('is used with the right authority, refused with another, and never given up for plain text', async () => {
    const pair = { cert: readFileSync(other.cert, 'utf8'), key: readFileSync(other.key, 'utf8') };
    const database = await tlsRelay(crm(), pair);
    const wrong = await selfSigned(prepared.folder, 'wrong');
    const right = sourceAt(database.port, other.cert);
    expect(await readCatalogs(new Map([['crm', right]]))).toHaveLength(1);
    expect(await problemOf(readCatalogs(new Map([['crm', sourceAt(database.port, wrong.cert)]])))).toMatch(
      /certificate is not trusted .*tls: \{ ca: file \}/,
    );
    const without = await tlsRelay(crm(), null);
    expect(await problemOf(readCatalogs(new Map([['crm', sourceAt(without.port, other.cert)]])))).toMatch(
      /does not offer TLS; .*acceptPlaintext: true/,
    );
    without.close();

    // The order to cancel takes the same way.
    const source = new Source(right, quietLog);
    const greeting = await source.run({ text: `select 'grüß dich'`, name: '', values: [] });
    expect(greeting).toEqual([[utf8AsText('grüß dich')]]);
    const gone = new Cancellation();
    const slept = source.run(
      { text: 'select pg_sleep(50)::text', name: '', values: [] },
      { cancellation: gone, statementMs: 60_000 },
    );
    const sleeping = async () =>
      (
        await prepared.sources
          .get('crm')!
          .query("select from pg_stat_activity where query like 'select pg_sleep(50)%' and state = 'active'")
      ).rowCount;
    while ((await sleeping()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    gone.cancel(new CordonError('CLIENT_GONE'));
    await expect(slept).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    expect(await sleeping()).toBe(0);
    await source.close();
    database.close();
  });

  test.each([
    ['over a network', 'postgres://u@db.example/crm', {}, true, []],
    ['over a network, as libpq says it', 'postgres://u@db.example/crm?sslmode=require', {}, true, []],
    ['on this machine', 'postgres://u@127.0.0.1/crm', {}, false, []],
    ['through a socket', 'postgres://u@localhost/crm?host=/run/pg', {}, false, []],
    ['in the clear', 'postgres://u@db.example/crm?sslmode=disable', {}, false, ['PLAIN_CONNECTION']],
    [
      'in the clear if the server says so',
      'postgres://u@10.1.1.1/crm?sslmode=prefer',
      {},
      false,
      ['PLAIN_CONNECTION'],
    ],
    ['unchecked', 'postgres://u@db.example/crm?sslmode=no-verify', {}, true, ['UNVERIFIED_CONNECTION']],
    ['in the clear, and accepted', 'postgres://u@db.example/crm', { acceptPlaintext: true }, false, []],
    ['unchecked, and accepted', 'postgres://u@db.example/crm', { acceptUnverified: true }, 'unverified', []],
  ] as const)('%s', (_, url, tls, secured, problems) => {
    const told = report();
    const given = { acceptPlaintext: false, acceptUnverified: false, ...tls };
    const { ssl, connectionString } = databaseConnection({ url, tls: given }, '/', ['control'], told);
    expect(told.problems.map(({ code }) => code)).toEqual(problems);
    expect(connectionString).not.toContain('ssl');
    expect(ssl).toEqual(
      secured === false ? undefined : { minVersion: 'TLSv1.2', rejectUnauthorized: secured === true },
    );
  });
});
