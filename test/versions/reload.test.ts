import { ApolloServer } from '@apollo/server';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import {
  decodeBatch,
  decodeEntry,
  enrolmentPublicKey,
  openLedgerReader,
  verifyDatabase,
} from '../../src/ledger/index.js';
import { startLoad } from '../resilience/load.js';
import { shop } from '../support/deployments.js';
import { post, startTestGateway, type TestGateway } from '../support/gateway.js';
import { recordingLog, type LogLine } from '../ledger/fixture.js';

/** A new schema and policy under a running gateway: real files, databases and requests. */

const browser = { roles: ['browser'] };
const names = '{ customers { nodes { customerId name } } }';
const emails = '{ customers { nodes { customerId email } } }';

/** The policy with another line for the role `browser`, which had names alone. */
const policyWith = (line: string): string =>
  shop.policy.replace('browser: { rows: all, clear: [relationship] }', line);
const emailsNotNames = policyWith('browser: { rows: all, clear: [contact] }');

let gateway: TestGateway;
let log: LogLine[];
/** Of Apollo's servers: those that run. */
let running: () => number;

beforeEach(async () => {
  log = [];
  const started = jest.spyOn(ApolloServer.prototype, 'start');
  const stopped = jest.spyOn(ApolloServer.prototype, 'stop');
  running = () => started.mock.calls.length - stopped.mock.calls.length;
  gateway = await startTestGateway({ ...shop, log: recordingLog(log) });
});
afterEach(async () => {
  await gateway.dispose();
  jest.restoreAllMocks();
});

const write = (policy: string): Promise<void> => writeFile(join(gateway.folder, 'policy.yaml'), policy);

async function reload(policy: string): Promise<string> {
  await write(policy);
  const reloaded = await gateway.reload();
  if (!reloaded.ok) throw new Error(reloaded.problems.map(({ message }) => message).join('\n'));
  return reloaded.model.policy.version.toString('hex');
}

/** What the ledger says of each request, in its order. */
async function entered(): Promise<{ policy: string; outcome: string; code: string | null }[]> {
  return (await gateway.entries()).map(({ entry }) => ({
    policy: Buffer.from(entry.policyVersion).toString('hex'),
    outcome: entry.outcome,
    code: entry.code,
  }));
}

const before = (): string => gateway.model.policy.version.toString('hex');

/** The customers' table, closed to every reader until it is released. */
async function holdCustomers() {
  const client = new pg.Client(gateway.sources.get('crm')!.config);
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE customer IN ACCESS EXCLUSIVE MODE');
  return {
    untilOneWaits: async () => {
      const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await client.query(waiting)).rowCount === 0)
        await client.query('SELECT pg_sleep(0.01), pg_stat_clear_snapshot()');
    },
    release: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

it('answers a request in flight by what it began with, and the next by the new policy', async () => {
  const held = await holdCustomers();
  const slow = gateway.query(browser, names);
  await held.untilOneWaits();

  const after = await reload(emailsNotNames);
  const next = await gateway.query(browser, names);
  expect(next.body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  expect(running()).toBe(2);

  await held.release();
  const { status, body } = await slow;
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ customers: { nodes: [{ name: 'Acme' }, {}, {}, {}] } });
  expect((await gateway.query(browser, emails)).status).toBe(200);
  // The refusal was entered first: the slow one had not been answered yet.
  expect(await entered()).toEqual([
    { policy: after, outcome: 'REFUSED', code: 'GRAPHQL_VALIDATION_FAILED' },
    { policy: before(), outcome: 'RELEASED', code: null },
    { policy: after, outcome: 'RELEASED', code: null },
  ]);
  expect(running()).toBe(1);
});

it('serves a request that began before and whose body comes after, by what it began with', async () => {
  const body = JSON.stringify({ query: names });
  const sent = request(`${gateway.address}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await gateway.token(browser)}`,
      'content-type': 'application/json',
      'content-length': body.length,
    },
  });
  sent.write(body.slice(0, 5));
  // Another request on its own connection is answered once the first one's head was read.
  await gateway.query(browser, emails);
  await gateway.query(browser, emails);
  await reload(emailsNotNames);
  expect(running()).toBe(0);
  sent.end(body.slice(5));
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
    data: { customers: { nodes: [{ name: 'Acme' }, {}, {}, {}] } },
  });
  expect((await entered()).at(-1)).toEqual({ policy: before(), outcome: 'RELEASED', code: null });
  expect(running()).toBe(0);
});

describe('a token that was verified before', () => {
  const ask = async (token: string) => {
    const response = await post(
      `${gateway.address}/graphql`,
      { authorization: `Bearer ${token}` },
      { query: names },
    );
    return response.body.errors?.[0]?.extensions.code ?? response.status;
  };

  it('loses the roles that the new policy does not know', async () => {
    const [alone, among] = [
      await gateway.token(browser),
      await gateway.token({ roles: ['auditor', 'browser'] }),
    ];
    expect([await ask(alone), await ask(among)]).toEqual([200, 200]);
    await reload(policyWith(''));
    expect([await ask(alone), await ask(among)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    // Without a role it is no known caller, and not entered; with another it is, by what it has now.
    const { entry } = (await gateway.entries())[2]!;
    expect(entry).toMatchObject({ roles: ['auditor'], assertedRoles: ['auditor', 'browser'] });
    expect(await gateway.entries()).toHaveLength(3);
  });

  it('gains those that it knows now', async () => {
    const token = await gateway.token({ roles: ['auditor', 'reader'] });
    expect(await ask(token)).toBe('FORBIDDEN');
    await reload(policyWith('reader: { rows: all, clear: [relationship] }'));
    expect(await ask(token)).toBe(200);
    expect((await gateway.entries()).at(-1)?.entry.roles).toEqual(['auditor', 'reader']);
  });
});

it('takes rights to the control plane away', async () => {
  const headers = { authorization: `Bearer ${await gateway.token({ roles: ['auditor'] })}` };
  const ask = () =>
    post(`${gateway.address}/control`, headers, { query: '{ accessHistory { nodes { at } } }' });
  expect((await ask()).status).toBe(200);
  const after = await reload(
    shop.policy.replace('auditor: { rows: none, control: [audit] }', 'auditor: { rows: all }'),
  );
  expect((await ask()).status).toBe(403);
  expect((await entered()).at(-1)).toMatchObject({ policy: after, code: 'FORBIDDEN' });
});

it('refuses cursors of a view that has changed', async () => {
  const page = (after: string | null) =>
    gateway.query(
      browser,
      'query ($after: String) { customers(first: 1, after: $after) { nodes { customerId } pageInfo { endCursor } } }',
      { after },
    );
  const { customers } = (await page(null)).body.data as {
    customers: { pageInfo: { endCursor: string } };
  };
  const { endCursor } = customers.pageInfo;
  expect((await page(endCursor)).status).toBe(200);
  await reload(emailsNotNames);
  expect((await page(endCursor)).body.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
});

describe('files with a mistake in them', () => {
  const stillInForce = async () => {
    expect((await gateway.query(browser, names)).status).toBe(200);
    expect((await entered()).at(-1)?.policy).toBe(before());
  };
  const errors = () =>
    log.flatMap(({ level, message }) =>
      level === 'error' ? [message.replaceAll(`${gateway.folder}/`, '')] : [],
    );

  it('change nothing where the policy is broken, and every mistake is logged with its line', async () => {
    await write(
      policyWith('browser: { rows: all, clear: [relationship, prices] }\n  other: { rows: every }'),
    );
    expect(await gateway.reload()).toMatchObject({ ok: false });
    expect(errors()).toEqual([
      expect.stringMatching(/^policy\.yaml:13 UNKNOWN_CLASS /),
      expect.stringMatching(/^policy\.yaml:14 INVALID_VALUE /),
      'nothing was loaded: what was in force stays in force',
    ]);
    await stillInForce();
  });

  it('change nothing where the schema names a column that no table has', async () => {
    await writeFile(join(gateway.folder, 'schema/types.graphql'), shop.sdl.replace('email:', 'mail:'));
    await write(emailsNotNames);
    expect(await gateway.reload()).toMatchObject({ ok: false });
    expect(errors()[0]).toMatch(/^schema\/types\.graphql:12 \w+ .*mail/);
    await stillInForce();
    await writeFile(join(gateway.folder, 'schema/types.graphql'), shop.sdl);
    expect(await gateway.reload()).toMatchObject({ ok: true });
    expect((await gateway.query(browser, emails)).status).toBe(200);
  });

  it('change nothing where a file is gone', async () => {
    await rm(join(gateway.folder, 'policy.yaml'));
    expect(await gateway.reload()).toMatchObject({ ok: false, problems: [{ code: 'MISSING_FILE' }] });
    await stillInForce();
  });
});

it('fails no request while it reloads fifty times under load, and keeps nothing of what it leaves behind', async () => {
  const manager = await gateway.token({ roles: ['manager'] });
  // Few: sixteen would have the reloads wait for the load, and prove no more.
  const load = startLoad(gateway.address, manager, 'load', 4);
  await load.until(20, () => true);
  const policies = [`${shop.policy}\n# even`, `${shop.policy}\n# odd`];
  const versions = new Set([before()]);
  for (let i = 0; i < 50; i += 1) {
    versions.add(await reload(policies[i % 2]!));
    await load.until(1, () => true);
  }
  await load.until(20, () => true);
  const samples = await load.stop();

  expect(samples.filter(({ response }) => response?.status !== 200)).toEqual([]);
  expect(running()).toBe(1);
  const seen = new Set((await entered()).map(({ policy }) => policy));
  expect(seen).toEqual(versions);
  expect(seen.size).toBe(3);
  expect(await verified()).toMatchObject({ ok: true, faults: [] });
  const texts = await policyTexts();
  expect(new Set(texts.keys())).toEqual(versions);
  expect([...texts.values()].sort()).toEqual([shop.policy, ...policies].sort());
}, 120_000);

it('reads the files once more for those who ask while it reads them', async () => {
  await write(emailsNotNames);
  const first = gateway.reload();
  const others = [gateway.reload(), gateway.reload()];
  const [a, b, c] = await Promise.all([first, ...others]);
  expect(b).toBe(c);
  expect(a).not.toBe(b);
  expect(log.filter(({ message }) => message.includes('were loaded anew'))).toHaveLength(2);
});

function verified() {
  const { enrolment, wrapping } = {
    enrolment: enrolmentPublicKey(gateway.keys),
    wrapping: gateway.keys.wrapping,
  };
  return verifyDatabase(gateway.control, { enrolment, wrapping, folders: [gateway.config.ledgerFolder] });
}

/** Every text of a policy on the ledger, by its hash. */
async function policyTexts(): Promise<Map<string, string>> {
  const reader = await openLedgerReader(gateway.control);
  const texts = new Map<string, string>();
  try {
    for await (const row of reader.batches())
      for (const entry of decodeBatch(row).entries.map(decodeEntry))
        if (entry.kind === 'dictionary' && entry.text.kind === 'policy')
          texts.set(entry.text.hash.toString('hex'), entry.text.body.toString());
  } finally {
    await reader.close();
  }
  return texts;
}
