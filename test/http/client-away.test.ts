import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { holdCommits } from '../support/held-commits.js';
import { attack } from '../attacks/attack.js';
import { entriesOf } from './ask.js';

/** Clients that go away, send slowly, take slowly or only hold a connection: none of them costs others anything. */

const manager: TestCaller = { roles: ['manager'] };
const query = '{ customers { nodes { name } } }';
const body = JSON.stringify({ query });

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    policy: shop.policy.replace(
      'browser: {',
      'hasty: { rows: all, clear: [relationship], limits: { requestTime: 500ms } }\n  brisk: { rows: all, clear: [relationship], limits: { statementTime: 300ms } }\n  browser: {',
    ),
    sourceOptions: { poolSize: 2, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 },
    limits: { requestMs: 3000, sendMs: 1500 },
  });
  await gateway.query(manager, query);
});
afterAll(() => gateway.dispose());

/** Has every statement on customers wait, and says which sessions do. */
async function holdCustomers() {
  const client = new pg.Client(gateway.sources.get('crm')!.config);
  await client.connect();
  await client.query('begin; lock table customer in access exclusive mode');
  const sessions = async (state: string) => {
    // In a transaction, what was once read of activity stays as it was.
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and query like '%customer%' and ${state}`,
    );
    return rows.map(({ pid }) => pid);
  };
  return {
    waiting: () => sessions("wait_event_type = 'Lock'"),
    alive: () => sessions('true'),
    release: () => client.end(),
  };
}

async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const socketTo = async (): Promise<Socket> => {
  const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const head = async (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${await gateway.token(manager)}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** All that comes back over a connection until its end. */
async function rest(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Asks as a client that goes away when it is told to. */
async function askAndLeave(): Promise<() => Promise<void>> {
  const leaving = new AbortController();
  const asked = fetch(`${gateway.address}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token(manager)}`,
      'content-type': 'application/json',
    },
    body,
    signal: leaving.signal,
  });
  const left = expect(asked).rejects.toThrow();
  return async () => {
    leaving.abort();
    await left;
  };
}

test('a client that goes away: its statement is cancelled, its connection not used again, and it is entered', async () => {
  const held = await holdCustomers();
  const entries = await entriesOf(gateway, async () => {
    const leave = await askAndLeave();
    const [pid] = await until(held.waiting, (pids) => pids.length === 1);
    await leave();
    // The lock is held all the while: only a cancel ends the wait.
    expect(await until(held.alive, (pids) => !pids.includes(pid!))).not.toContain(pid);
    await until(gateway.entries, (all) => all.at(-1)?.entry.code === 'CLIENT_GONE');
  });
  expect(entries.map(({ entry, given }) => [entry.outcome, entry.code, given])).toEqual([
    ['FAILED', 'CLIENT_GONE', []],
  ]);
  await held.release();
  expect((await gateway.query(manager, query)).status).toBe(200);
});

test('a client that goes away when data was about to leave is entered as one that received it', async () => {
  const held = await holdCommits(gateway.control);
  const entries = await entriesOf(gateway, async () => {
    const leave = await askAndLeave();
    await held.untilOneWaits();
    await leave();
    await held.release();
    await until(gateway.entries, (all) => all.at(-1)?.given.length === 1);
  });
  expect(entries.map(({ entry, given }) => [entry.outcome, given[0]!.records.length])).toEqual([
    ['RELEASED', 4],
  ]);
});

describe('time that is over', () => {
  test.each([
    ['of the request, by the role', 'hasty', 'OPERATION_TIMEOUT'],
    ['of the statement, by the role', 'brisk', 'SOURCE_TIMEOUT'],
  ])('%s: answered in a sentence, and the statement is cancelled', async (_, role, code) => {
    const held = await holdCustomers();
    const response = await gateway.query({ roles: [role] }, query);
    expect([response.status, response.body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
      503,
      [code],
    ]);
    expect(response.body.data).toEqual({ customers: null });
    expect(response.headers.get('retry-after')).toBe('1');
    await until(held.waiting, (pids) => pids.length === 0);
    await held.release();
  });

  test('is over for those as well who wait for a connection', async () => {
    const held = await holdCustomers();
    const patient = [1, 2].map(() => gateway.query(manager, query));
    await until(held.waiting, (pids) => pids.length === 2);
    const response = await gateway.query({ roles: ['hasty'] }, query);
    expect(response.body.errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TIMEOUT']);
    await held.release();
    // Those before it are served, and so is the next: the connection that came too late went back.
    expect((await Promise.all(patient)).map(({ status }) => status)).toEqual([200, 200]);
    const later = await Promise.all([1, 2, 3].map(() => gateway.query(manager, query)));
    expect(later.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

attack(
  [75],
  'slow senders, slow takers and silent connections hold no connection to a database, leave others served, and are cut off',
  async () => {
    const silent = await Promise.all(Array.from({ length: 1000 }, socketTo));
    const silenced = silent.map(rest);
    const floods = await Promise.all(Array.from({ length: 20 }, socketTo));
    const flooded = floods.map((socket) => {
      for (let i = 0; i < 100; i += 1)
        socket.write(`${i === 0 ? 'GET / HTTP/1.1\r\n' : ''}x-${i}: ${'y'.repeat(400)}\r\n`);
      return rest(socket);
    });
    const senders = await Promise.all(Array.from({ length: 4 }, socketTo));
    const headers = await head(1000);
    const slow = senders.map((socket) => {
      socket.write(headers + body.slice(0, 10));
      return rest(socket);
    });
    const trickle = setInterval(() => senders.forEach((socket) => socket.write(' ')), 200);
    // With all of these open, and a pool of two.
    const served = await Promise.all(Array.from({ length: 8 }, () => gateway.query(manager, query)));
    expect(served.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const { rows } = await gateway.sources
      .get('crm')!
      .query(
        "select from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()",
      );
    expect(rows).toEqual([]);
    for (const answer of await Promise.all(flooded)) expect(answer).toMatch(/^HTTP\/1.1 413 /);
    for (const answer of await Promise.all(slow)) {
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('"REQUEST_TIMEOUT"');
    }
    clearInterval(trickle);
    for (const answer of await Promise.all(silenced)) expect(answer).toContain('"REQUEST_TIMEOUT"');
    for (const socket of [...silent, ...senders, ...floods]) socket.destroy();
    expect((await gateway.query(manager, query)).status).toBe(200);
  },
);

test('a client that does not take its answer is cut off', async () => {
  // More than the buffers of both sides take.
  await gateway.sources
    .get('crm')!
    .query("insert into customer select i, 1, 'x', repeat('n', 60000) from generate_series(100, 280) i");
  const socket = await socketTo();
  socket.pause();
  const text = JSON.stringify({ query: '{ customers(first: 200) { nodes { name } } }' });
  socket.write((await head(text.length)) + text);
  const closed = once(socket, 'close');
  await until(gateway.entries, (all) => all.at(-1)?.given[0]?.records.length === 185);
  // It reads a little now and then, so the connection is never idle.
  const sip = setInterval(() => void socket.read(1), 100);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  clearInterval(sip);
  const answer = await rest(socket).catch(() => '');
  await closed;
  expect(answer.length).toBeLessThan(180 * 60_000);
  await gateway.sources.get('crm')!.query('delete from customer where customer_id >= 100');
});
