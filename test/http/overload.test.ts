import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import pg from 'pg';
import { Load } from '../../src/http/load.js';
import { shop } from '../support/deployments.js';
import {
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { holdCommits } from '../support/held-commits.js';
import { attack } from '../attacks/attack.js';
import { entriesOf } from './ask.js';

/** More than there is room for: refused before any work, rightly answered or not at all, and over when it is over. */

const query = '{ customers { nodes { customerId name } } }';
const room = 24;
const caller = (number: number): TestCaller => ({ roles: ['manager'], subject: `caller-${number}` });

let gateway: TestGateway;
let right: string;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    policy: shop.policy.replace(
      'browser: {',
      'metered: { rows: all, clear: [relationship], limits: { requestsPerSecond: 2 } }\n  crowded: { rows: all, clear: [relationship], limits: { atOnce: 3 } }\n  browser: {',
    ),
    sourceOptions: { poolSize: 2, maxWaiting: 3, connectTimeoutMs: 10_000 },
    limits: { inFlight: room },
  });
  right = (await gateway.query(caller(0), query)).text;
});
afterAll(() => gateway.dispose());

/** Asks with a token that nobody has asked with before. */
async function withAnotherToken(caller: TestCaller, document: string): Promise<TestResponse> {
  const authorization = `Bearer ${await gateway.token(caller)}`;
  return gateway.query({ ...caller, headers: { authorization } }, document);
}

/** Has every statement on customers wait until its end. */
async function lockCustomers(): Promise<pg.Client> {
  const client = new pg.Client(gateway.sources.get('crm')!.config);
  await client.connect();
  await client.query('begin; lock table customer in access exclusive mode');
  return client;
}

const codeOf = ({ status, headers, body }: TestResponse) => [
  status,
  body.errors?.[0]?.extensions.code,
  headers.get('retry-after'),
  headers.get('cordon-receipt') !== null,
];

test('requests beyond the room there is are refused before any work, those in it are answered, and then there is room again', async () => {
  // Introspection has no statement, so that all of them come as far as the ledger, and wait there.
  const asked = '{ __schema { queryType { name } } }';
  const held = await holdCommits(gateway.control);
  const responses: TestResponse[] = [];
  const entries = await entriesOf(gateway, async () => {
    const all = Array.from({ length: 3 * room }, async (_, i) => {
      const response = await gateway.query(caller(i), asked);
      responses.push(response);
      return response;
    });
    // The refused are answered while the others wait.
    while (responses.length < 2 * room) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(responses.map(codeOf)).toEqual(Array(2 * room).fill([503, 'OVERLOADED', '1', false]));
    await held.release();
    await Promise.all(all);
  });
  expect(responses.slice(2 * room).map(codeOf)).toEqual(Array(room).fill([200, undefined, null, true]));
  expect(entries).toHaveLength(room);
  expect((await gateway.query(caller(0), query)).text).toBe(right);
});

test('statements beyond those that may wait for one database are refused, and other databases serve', async () => {
  const lock = await lockCustomers();
  const refused: TestResponse[] = [];
  const all = Array.from({ length: 9 }, async (_, i) => {
    const response = await gateway.query(caller(i), query);
    if (response.status !== 200) refused.push(response);
    return response;
  });
  while (refused.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(refused.map(codeOf)).toEqual(Array(4).fill([503, 'OVERLOADED', '1', true]));
  expect((await gateway.query(caller(0), '{ orders { totalCount } }')).body.data).toEqual({
    orders: { totalCount: 4 },
  });
  await lock.end();
  const served = (await Promise.all(all)).filter(({ status }) => status === 200);
  expect(served.map(({ text }) => text)).toEqual(Array(5).fill(right));
});

test('an event loop that runs late closes the door until it runs in time, unless there is little to do', async () => {
  const load = new Load({ inFlight: 100, unsentBytes: 1000, loopDelayMs: 20 });
  const alone = new Load({ inFlight: 100, unsentBytes: 1000, loopDelayMs: 20 });
  const response = () => new ServerResponse(new IncomingMessage(new Socket()));
  alone.begin(response());
  load.begin(response());
  load.begin(response());
  const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  const isOver = () => load.over;
  expect(isOver()).toBe(false);
  while (!isOver()) {
    Atomics.wait(asleep, 0, 0, 200);
    await turn();
  }
  expect(alone.over).toBe(false);
  while (isOver()) await turn();
  load.close();
  alone.close();
});

attack(
  [75],
  'a person has so many operations at once, with however many tokens, and the next is refused, and entered; others go on',
  async () => {
    const lock = await lockCustomers();
    const ask = (document: string) => withAnotherToken({ roles: ['crowded'], subject: 'mia' }, document);
    // None of them ends while the lock is held; what the machine's load has refused is asked again.
    const held: Promise<TestResponse>[] = [];
    let refused: TestResponse | null = null;
    while (refused === null) {
      const asked = ask(query);
      const soon = await Promise.race([
        asked,
        new Promise<null>((resolve) => setTimeout(resolve, 300, null)),
      ]);
      if (soon === null) held.push(asked);
      else if (soon.status === 429) refused = soon;
    }
    expect(held).toHaveLength(3);
    expect(codeOf(refused)).toEqual([429, 'TOO_MANY_AT_ONCE', '1', true]);
    expect(refused.body.data).toBeUndefined();
    const other = await gateway.query(caller(1), '{ orders { totalCount } }');
    expect(other.status).toBe(200);
    await lock.end();
    expect((await Promise.all(held)).map(({ text }) => text)).toEqual(Array(3).fill(right));
  },
);

attack(
  [75],
  'who repeats what is cheap is held to an allowance, with however many tokens, which fills again',
  async () => {
    const ask = () => withAnotherToken({ roles: ['metered'], subject: 'otto' }, '{ __typename }');
    const answers: TestResponse[] = [];
    const entries = await entriesOf(gateway, async () => {
      for (let i = 0; i < 45; i += 1) answers.push(await ask());
    });
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused) expect(codeOf(each)).toEqual([429, 'TOO_MANY_REQUESTS', '1', true]);
    // The whole allowance comes first.
    expect(answers.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(entries.filter(({ entry }) => entry.code === 'TOO_MANY_REQUESTS')).toHaveLength(refused.length);
    expect((await gateway.query(caller(2), '{ __typename }')).status).toBe(200);
    while ((await ask()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 200));
  },
);
