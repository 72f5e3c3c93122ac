import pg from 'pg';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { askControl, auditor } from './auditor.js';

/** An auditor who goes away, or whose time is over, costs the control database nothing more. */

const hasty: TestCaller = { roles: ['hasty'], subject: 'hal' };
const question = '{ accessHistory(filter: { decision: CLEAR }, first: 1) { nodes { leaf } } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    ...shop,
    policy: shop.policy.replace(
      'purposes:',
      '  hasty: { rows: none, control: [audit], limits: { requestTime: 1s } }\npurposes:',
    ),
  });
  await gateway.query({ roles: ['manager'] }, '{ customers { nodes { name } } }');
  // What has been indexed by now, descriptors and their cells, is not written again.
  expect((await askControl(gateway, question)).status).toBe(200);
});
afterAll(() => gateway.dispose());

/** Has statements on a table wait, and says which sessions of auditors run one. */
async function hold(table: string) {
  const client = new pg.Client(gateway.control);
  await client.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  const running = async () => {
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and state = 'active'
        and application_name = 'cordon-audit' and query like $1`,
      [`%${table}%`],
    );
    return rows.map(({ pid }) => pid);
  };
  return { running, release: () => client.end() };
}

async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Asks, and goes away once a session waits. @returns that session */
async function askAndLeave({ running }: Awaited<ReturnType<typeof hold>>): Promise<number> {
  const leave = new AbortController();
  const asked = fetch(`${gateway.address}/control`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token(auditor)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: question }),
    signal: leave.signal,
  });
  const left = expect(asked).rejects.toThrow();
  const [pid] = await until(running, (pids) => pids.length > 0);
  leave.abort();
  await left;
  return pid!;
}

const lastEntered = () =>
  until(gateway.entries, (all) => all.at(-1)?.entry.code === 'CLIENT_GONE').then((all) => {
    const { endpoint, outcome } = all.at(-1)!.entry;
    return [endpoint, outcome];
  });

test('an auditor who goes away: their statement is cancelled, and they are entered', async () => {
  const held = await hold('audit.cells');
  const pid = await askAndLeave(held);
  // The lock is held all the while: only a cancel ends the wait.
  await until(held.running, (pids) => !pids.includes(pid));
  expect(await lastEntered()).toEqual(['control', 'REFUSED']);
  await held.release();
  expect((await askControl(gateway, question)).status).toBe(200);
});

test('what the index does for all goes on when one who waited for it goes away', async () => {
  const held = await hold('audit.entry');
  const pid = await askAndLeave(held);
  const other = askControl(gateway, question);
  expect(await lastEntered()).toEqual(['control', 'REFUSED']);
  expect(await held.running()).toContain(pid);
  await held.release();
  expect((await other).status).toBe(200);
});

test('the time of a request holds for auditors as well', async () => {
  const held = await hold('audit.cells');
  const response = await askControl(gateway, question, {}, hasty);
  expect([response.status, response.body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
    503,
    ['OPERATION_TIMEOUT'],
  ]);
  await until(held.running, (pids) => pids.length === 0);
  await held.release();
});

test('a question whose time is over before the index is up to date says so, and the index goes on', async () => {
  const held = await hold('audit.entry');
  const response = await askControl(gateway, question, {}, hasty);
  expect([response.status, response.body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
    503,
    ['HISTORY_BEHIND'],
  ]);
  expect((await held.running()).length).toBe(1);
  await held.release();
  await until(entered, (codes) => codes.includes('HISTORY_BEHIND'));
  expect((await askControl(gateway, question, {}, hasty)).status).toBe(200);
});

const entered = async () => (await gateway.entries()).map(({ entry }) => entry.code);
