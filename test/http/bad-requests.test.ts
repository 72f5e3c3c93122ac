import { decodeBatch, decodeEntry, openLedgerReader } from '../../src/ledger/index.js';
import { mintToken } from '../../src/demo/index.js';
import { startGateway } from '../../src/main.js';
import { shop } from '../support/deployments.js';
import { prepareGateway, startTestGateway, type TestGateway } from '../support/gateway.js';
import { testFolder } from '../support/test-folders.js';
import { canary, entriesOf, expectError, send } from './ask.js';
import { attack } from '../attacks/attack.js';

const json = { 'content-type': 'application/json' };
const query = '{ customers { totalCount } }';
const good = JSON.stringify({ query });

let gateway: TestGateway;
let token: string;
const logged: string[] = [];
const keep = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message);
const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };

beforeAll(async () => {
  gateway = await startTestGateway({ ...shop, log });
  token = await gateway.token({ roles: ['manager'], subject: 'mia' });
});
afterAll(async () => {
  // Whatever was sent, the process is up and serves.
  expect((await gateway.query({ roles: ['manager'] }, query)).status).toBe(200);
  expect(logged.join('\n')).not.toContain(canary);
  await gateway.dispose();
});

const bearer = () => ({ authorization: `Bearer ${token}` });
const megabyte = JSON.stringify({ query, variables: { padding: 'x'.repeat(1_000_000) } });

describe('a known caller who sends no GraphQL request is refused, and it is entered', () => {
  attack.each(
    [36, 61, 76],
    [
      ['malformed JSON', 400, 'BAD_REQUEST', json, `{"query": "${canary}`],
      ['an empty body', 400, 'BAD_REQUEST', json, ''],
      ['null', 400, 'BAD_REQUEST', json, 'null'],
      ['a string', 400, 'BAD_REQUEST', json, `"${canary}"`],
      ['a number', 400, 'BAD_REQUEST', json, '7'],
      ['a batch', 400, 'BAD_REQUEST', json, `[${good},${good}]`],
      ['an empty batch', 400, 'BAD_REQUEST', json, '[]'],
      ['no query', 400, 'BAD_REQUEST', json, `{"variables":{"a":"${canary}"}}`],
      ['an empty query', 400, 'BAD_REQUEST', json, '{"query":""}'],
      ['a query that is no text', 400, 'BAD_REQUEST', json, `{"query":{"${canary}":1}}`],
      ['variables that are a list', 400, 'BAD_REQUEST', json, JSON.stringify({ query, variables: [canary] })],
      ['variables that are text', 400, 'BAD_REQUEST', json, JSON.stringify({ query, variables: canary })],
      [
        'an operation name that is no text',
        400,
        'BAD_REQUEST',
        json,
        JSON.stringify({ query, operationName: [canary] }),
      ],
      [
        'bytes that are no UTF-8',
        400,
        'BAD_REQUEST',
        json,
        Buffer.from([...Buffer.from('{"query":"'), 0xc3, 0x28, 0x22, 0x7d]),
      ],
      ['UTF-16', 400, 'BAD_REQUEST', json, Buffer.from(good, 'utf16le')],
      ['nothing but depth', 400, 'BAD_REQUEST', json, '['.repeat(90_000)],
      ['no content type', 415, 'UNSUPPORTED_MEDIA_TYPE', {}, good],
      ['plain text, as a form can', 415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-type': 'text/plain' }, good],
      [
        'a form',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        { 'content-type': 'application/x-www-form-urlencoded' },
        `query=${canary}`,
      ],
      [
        'a multipart form',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        { 'content-type': 'multipart/form-data; boundary=b' },
        `--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${good}\r\n--b--`,
      ],
      [
        'a document without JSON',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        { 'content-type': 'application/graphql' },
        query,
      ],
      [
        'another charset',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        { 'content-type': 'application/json; charset=utf-7' },
        good,
      ],
      [
        'JSON by another parameter',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        { 'content-type': 'text/plain; application/json' },
        good,
      ],
      ['a content type that is none', 415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-type': 'json' }, good],
      ['a megabyte', 413, 'REQUEST_TOO_LARGE', json, megabyte],
      [
        'a compressed body',
        400,
        'BAD_REQUEST',
        { ...json, 'content-encoding': 'gzip' },
        Buffer.from('1f8b08', 'hex'),
      ],
    ],
  )('%s: %i %s', async (_, status, code, headers, body) => {
    let response: Awaited<ReturnType<typeof send>> | undefined;
    const entries = await entriesOf(gateway, async () => {
      response = await send(gateway.address, { headers: { ...bearer(), ...headers }, body });
    });
    expectError(response!, status, code);
    expect(entries.map(({ entry, actor }) => [entry.outcome, entry.code, actor])).toEqual([
      ['REFUSED', code, expect.objectContaining({ personId: expect.stringContaining('mia') })],
    ]);
    expect(response!.headers.get('cordon-receipt')).not.toBeNull();
  });
});

describe('a document that cannot be run is refused, and it is entered', () => {
  test.each([
    ['a syntax error', 'GRAPHQL_PARSE_FAILED', '{ customers { nodes { name ', null],
    ['no operation at all', 'GRAPHQL_VALIDATION_FAILED', 'fragment f on Customer { name }', null],
    ['an unknown operation', 'OPERATION_RESOLUTION_FAILURE', `query A ${query}`, 'C'],
    [
      'several operations and no name',
      'OPERATION_RESOLUTION_FAILURE',
      `query A ${query} query B ${query}`,
      null,
    ],
    [
      'several operations and an unknown name',
      'OPERATION_RESOLUTION_FAILURE',
      `query A ${query} query B ${query}`,
      'C',
    ],
    ['an unknown field', 'GRAPHQL_VALIDATION_FAILED', '{ customers { nodes { nonesuch } } }', null],
    ['a mutation', 'OPERATION_NOT_SUPPORTED', 'mutation { deleteCustomers }', null],
    ['a subscription', 'OPERATION_NOT_SUPPORTED', 'subscription { customers { totalCount } }', null],
    ['too many tokens', 'OPERATION_TOO_LARGE', `{ ${'__typename '.repeat(5000)} }`, null],
  ])('%s: 400 %s', async (_, code, document, operationName) => {
    let response: Awaited<ReturnType<typeof send>> | undefined;
    const entries = await entriesOf(gateway, async () => {
      const body = JSON.stringify({ query: document, operationName, variables: { v: canary } });
      response = await send(gateway.address, { headers: { ...bearer(), ...json }, body });
    });
    expectError(response!, 400, code);
    expect(entries.map(({ entry }) => [entry.outcome, entry.code])).toEqual([['REFUSED', code]]);
  });
});

describe('a caller whom nobody knows is refused, whatever is sent', () => {
  const tokens: [string, number, string, () => Promise<string | undefined>][] = [
    ['no token', 401, 'UNAUTHENTICATED', () => Promise.resolve(undefined)],
    ['an empty token', 401, 'UNAUTHENTICATED', () => Promise.resolve('Bearer ')],
    ['another scheme', 401, 'UNAUTHENTICATED', () => Promise.resolve('Basic bWlhOm1pYQ==')],
    ['a garbled token', 401, 'UNAUTHENTICATED', () => Promise.resolve(`Bearer ${canary}`)],
    [
      'a token that was altered',
      401,
      'UNAUTHENTICATED',
      () => Promise.resolve(`Bearer ${token.slice(0, -8)}AAAAAAAA`),
    ],
    [
      'an expired token',
      401,
      'UNAUTHENTICATED',
      async () => `Bearer ${await mint(gateway.folder, { ttlSeconds: -1 })}`,
    ],
    [
      'a token for another service',
      401,
      'UNAUTHENTICATED',
      async () => `Bearer ${await mint(gateway.folder, { audience: 'elsewhere' })}`,
    ],
    [
      "a token of another issuer's key",
      401,
      'UNAUTHENTICATED',
      async () => `Bearer ${await mint(testFolder('issuer'), {})}`,
    ],
    [
      'a partner token that nobody issued',
      401,
      'UNAUTHENTICATED',
      () => Promise.resolve('Bearer cordon_abcdef'),
    ],
    [
      'a token of 9 kB',
      401,
      'NOT_ACCEPTABLE_TOKEN_SIZE',
      () => Promise.resolve(`Bearer ${'x'.repeat(9000)}`),
    ],
    [
      'a role that nobody knows',
      403,
      'FORBIDDEN',
      async () => `Bearer ${await mint(gateway.folder, { roles: ['root'] })}`,
    ],
  ];

  test.each(tokens)('%s: %i %s', async (_, status, code, make) => {
    const authorization = await make();
    const headers = { ...json, ...(authorization === undefined ? {} : { authorization }) };
    for (const body of [good, `{"${canary}`]) {
      let response: Awaited<ReturnType<typeof send>> | undefined;
      const entries = await entriesOf(gateway, async () => {
        response = await send(gateway.address, { headers, body });
      });
      expectError(response!, status, code);
      expect(response!.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
      expect(response!.headers.get('cordon-receipt')).toBeNull();
      expect(entries).toEqual([]);
    }
  });

  test('and a purpose that is too long is refused before the token is looked at', async () => {
    const headers = { ...json, ...bearer(), 'cordon-purpose': canary.repeat(100) };
    expectError(await send(gateway.address, { headers, body: good }), 400, 'BAD_REQUEST');
  });
});

describe('an address or method that is not served', () => {
  attack.each(
    [62],
    [
      ['GET', `/graphql?query=${encodeURIComponent(query)}`, 405, 'METHOD_NOT_ALLOWED'],
      ['PUT', '/graphql', 405, 'METHOD_NOT_ALLOWED'],
      ['DELETE', '/graphql', 405, 'METHOD_NOT_ALLOWED'],
      ['OPTIONS', '/graphql', 405, 'METHOD_NOT_ALLOWED'],
      ['POST', `/${canary}`, 404, 'NOT_FOUND'],
      ['POST', '/graphql/', 404, 'NOT_FOUND'],
      ['POST', '/GRAPHQL', 404, 'NOT_FOUND'],
      ['GET', `/%E0%A4%A${canary}`, 404, 'NOT_FOUND'],
      ['GET', '/', 404, 'NOT_FOUND'],
    ],
  )('%s %s: %i %s', async (method, path, status, code) => {
    const response = await send(gateway.address, {
      method,
      path,
      headers: bearer(),
      ...(method === 'POST' || method === 'PUT' ? { body: good } : {}),
    });
    expectError(response, status, code);
    expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  });
});

test('callers whom nobody knows are counted in the ledger by network and code, at the latest when the gateway stops', async () => {
  const prepared = await prepareGateway(shop);
  const own = await startGateway(prepared.config, prepared.secrets, log);
  for (let i = 0; i < 3; i += 1) await send(own.address, { headers: json, body: good });
  await own.close();
  const reader = await openLedgerReader(prepared.control);
  const counted: unknown[] = [];
  for await (const row of reader.batches())
    for (const bytes of decodeBatch(row).entries) {
      const entry = decodeEntry(bytes);
      if (entry.kind === 'unknown callers') counted.push([entry.network, entry.counts]);
    }
  await reader.close();
  await prepared.dispose();
  expect(counted).toEqual([['127.0.0.0/24', [{ code: 'UNAUTHENTICATED', count: 3 }]]]);
});

function mint(folder: string, changes: object): Promise<string> {
  return mintToken(`${folder}/issuer`, {
    subject: 'mia',
    roles: ['manager'],
    organisation: null,
    ...changes,
  });
}
