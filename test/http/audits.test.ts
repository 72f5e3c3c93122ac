import { serverAudits, type AuditResult } from 'graphql-http';
import fc from 'fast-check';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { attack } from '../attacks/attack.js';
import { send } from './ask.js';

/** What others hold a server of GraphQL over HTTP to, and what nobody would send on purpose. */

const secret = 'S3CRET-in-a-cell';
const password = 'pa55word-of-the-source';
const logged: string[] = [];
const keep = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message);
const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };

let gateway: TestGateway;
let token: string;
let auditor: string;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    sources: {
      ...shop.sources,
      crm: `${shop.sources['crm']} update customer set tax_id = '${secret}', name = '${secret} ' || customer_id;`,
    },
    log,
  });
  token = await gateway.token({ roles: ['masked'] });
  auditor = await gateway.token({ roles: ['auditor'] });
});
afterAll(() => gateway.dispose());

/** Audits that do not hold here, and why they need not. None of them is a MUST. */
const knowingly: Readonly<Record<string, string>> = {
  '572B':
    'SHOULD answer 200 to a parse failure where application/json is accepted: a client that is refused is told so by the status as well',
  FDE2: 'SHOULD answer 200 to an invalid document where application/json is accepted: likewise',
  '7B9B': 'SHOULD answer 200 to variables that do not fit where application/json is accepted: likewise',
  '5A70': 'MAY accept application/x-www-form-urlencoded GETs: data is never given to GET',
  D6D5: 'MAY allow GET: likewise',
  '6A70': 'MAY allow GET: likewise',
};

describe('the audits of graphql-http', () => {
  test.each([
    ['/graphql', () => token],
    ['/control', () => auditor],
  ])('%s: no errors, and no notices but those that are known', async (path, bearer) => {
    const audits = serverAudits({
      url: gateway.address + path,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, {
          ...init,
          headers: {
            ...(init.headers as Record<string, string> | undefined),
            authorization: `Bearer ${bearer()}`,
          },
        }),
    });
    // One after the other: all at once would be more than one token may have.
    const results: AuditResult[] = [];
    for (const { fn } of audits) results.push(await fn());
    const failed = results.filter(({ status }) => status !== 'ok');
    expect(
      failed.flatMap((each) => (each.status === 'error' ? [[each.id, each.name, each.reason]] : [])),
    ).toEqual([]);
    expect(failed.filter(({ id }) => knowingly[id] === undefined).map(({ id, name }) => [id, name])).toEqual(
      [],
    );
    expect(results.length).toBeGreaterThan(50);
  });
});

const statuses = new Set([200, 400, 401, 403, 404, 405, 408, 413, 415, 429]);

/** Holds whatever came back to the form of an answer: JSON, no page, no stack, and nothing of what is hidden. */
async function expectAnswer(request: Parameters<typeof send>[1]): Promise<void> {
  const { status, text, headers } = await send(gateway.address, request);
  if (!statuses.has(status)) throw new Error(`status ${status}: ${text.slice(0, 200)}`);
  if (!headers.get('content-type')?.startsWith('application/json'))
    throw new Error(`no JSON: ${text.slice(0, 200)}`);
  JSON.parse(text);
  if (/<html|<!doctype|node_modules|\bat \/|SQLSTATE|taxId|tax_id/i.test(text) || text.includes(secret))
    throw new Error(`it tells: ${text.slice(0, 200)}`);
}

const bearer = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
const cases = Number(process.env['FUZZ_CASES'] ?? 300);
const documents = [
  'query A($n: Int = 2, $w: CustomerWhere) { customers(first: $n, where: $w) { nodes { name email ...F } pageInfo { endCursor } } } fragment F on Customer { credit orders(last: 1) { edges { node { total } } } }',
  '{ __schema { types { name fields(includeDeprecated: true) { name } } } customers { totalCount } }',
  '{ customer(customerId: "1") { name @include(if: true) account { name } } orders(orderBy: [{ placed: DESC }]) { nodes { orderId } } }',
];

/** A text with some of it repeated, dropped, exchanged or put elsewhere. */
const mutated = (texts: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(
        fc.record({
          at: fc.nat(300),
          drop: fc.nat(12),
          put: fc.oneof(
            fc.constantFrom(
              '{',
              '}',
              '[',
              ']',
              '(',
              ')',
              '"',
              '"""',
              '$',
              '@',
              '...',
              ':',
              '!',
              '#',
              '\\u0000',
              '\0',
              '\ud800',
              '-',
              '1e999',
              'null',
              '__proto__',
              'constructor',
              'on',
              'fragment',
              '\u202e',
            ),
            fc.string({ maxLength: 6 }),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([text, edits]) =>
      edits.reduce((whole, { at, drop, put }) => whole.slice(0, at) + put + whole.slice(at + drop), text),
    );

describe('whatever is sent, the answer is one', () => {
  const run = async (arbitrary: fc.Arbitrary<Parameters<typeof send>[1]>) =>
    fc.assert(fc.asyncProperty(arbitrary, expectAnswer), { numRuns: cases });

  test('random bytes as a body', () =>
    run(fc.uint8Array({ maxLength: 200 }).map((body) => ({ headers: bearer(), body }))));
  test('requests whose JSON was altered', () =>
    run(
      mutated(
        documents.map((query) =>
          JSON.stringify({ query, variables: { n: 1, w: { name: { eq: 'x' } } }, operationName: 'A' }),
        ),
      ).map((body) => ({ headers: bearer(), body })),
    ));
  test('documents that were altered', () =>
    run(mutated(documents).map((query) => ({ headers: bearer(), body: JSON.stringify({ query }) }))));
  test('variables of any kind', () =>
    run(
      fc.record({ n: fc.jsonValue(), w: fc.jsonValue(), __proto__: fc.jsonValue() }).map((variables) => ({
        headers: bearer(),
        body: JSON.stringify({ query: documents[0], variables }),
      })),
    ));
  test('headers of any kind', () =>
    run(
      fc
        .record({
          authorization: fc.oneof(fc.string(), fc.constant(`Bearer ${token}`)),
          'content-type': fc.oneof(fc.string(), fc.constant('application/json')),
          accept: fc.string(),
          'cordon-purpose': fc.string(),
          'x-forwarded-for': fc.string(),
        })
        .map((headers) => ({
          // Fetch itself takes printable ASCII only.
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [
              name,
              value.replace(/[^ -~]/g, '?').trim() || 'x',
            ]),
          ),
          body: JSON.stringify({ query: documents[0] }),
        })),
    ));
});

attack([81], 'nothing that is secret is in the log, whatever was asked and at whatever level', async () => {
  const manager = { roles: ['manager'], headers: { 'cordon-purpose': 'audit-tax' } };
  const cleared = await gateway.query(
    manager,
    `{ customers(where: { name: { startsWith: "${secret}" } }) { nodes { name taxId } } }`,
  );
  expect(cleared.text).toContain(secret);
  await gateway.query(manager, `{ customers(where: { name: { eq: "${secret}" } }) { nodes { name`);
  await send(gateway.address, { headers: { authorization: `Bearer ${token.slice(0, -4)}AAAA` }, body: '{}' });
  await send(gateway.address, { headers: { authorization: `Basic ${password}` }, body: '{}' });
  const all = logged.join('\n');
  expect(logged.length).toBeGreaterThan(2);
  const { cursor, mask } = gateway.secrets.answers;
  const keys = [cursor, mask, ...[...gateway.secrets.columns.values()].map(({ current }) => current)]
    .filter((key) => Buffer.isBuffer(key))
    .flatMap((key) => [key.toString('base64'), key.toString('hex')]);
  expect(keys.length).toBeGreaterThan(3);
  for (const [name, text] of Object.entries({
    secret,
    password,
    token,
    auditor,
    signature: token.split('.')[2]!,
  }))
    expect([name, all.includes(text)]).toEqual([name, false]);
  for (const key of keys) expect(all).not.toContain(key);
});
