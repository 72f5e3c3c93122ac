import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stages } from '../../src/observe/watch.js';
import { attack } from '../attacks/attack.js';
import { auditing, house, manager, partner, secrets, support } from '../attacks/house.js';
import { send } from '../http/ask.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { alertExpressions, dashboardExpressions, unknownIn } from './expressions.js';
import { labelValues } from './labels.js';
import { countsOf, scrape, type Page } from './page.js';

/** Where nothing may be, and everything that a caller can write is. */
const canary = 'canary-3c9e';
const values = labelValues(['crm', 'sales'], ['relationship', 'contact', 'size', 'pricing', 'identity']);
const observing = { metrics: { host: '127.0.0.1', port: 0 } };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ ...house({ captureStatements: false }), observing });
});
afterAll(() => gateway.dispose());

/** A response is counted when its connection has taken it, which the client may know first. */
async function pageAfter(requests: number): Promise<Page> {
  for (;;) {
    const page = await scrape(gateway.metricsAddress);
    if (page.sum('cordon_requests_total') >= requests && page.value('cordon_requests_running') === 0)
      return page;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a page tells more than one before it. */
function added(before: Page, after: Page): Readonly<Record<string, number>> {
  const [old, now] = [countsOf(before), countsOf(after)];
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, value]) => {
      const more = value - (old[name] ?? 0);
      return more === 0 ? [] : [[name, more]];
    }),
  );
}

/** Counts what happens while `run` goes on. */
async function counted(run: () => Promise<unknown>, requests = 1): Promise<Readonly<Record<string, number>>> {
  const before = await scrape(gateway.metricsAddress);
  await run();
  return added(before, await pageAfter(before.sum('cordon_requests_total') + requests));
}

const key = (name: string, labels: object) => `${name} ${JSON.stringify(labels)}`;

test('an answer is counted by endpoint, outcome and code, in every stage, and by class and decision', async () => {
  const document = '{ customers { nodes { name email employees orders { nodes { orderId } } } } }';
  await gateway.query(support, document);
  const counts = await counted(() => gateway.query(support, document));
  const request = { endpoint: 'data', outcome: 'RELEASED' };
  expect(counts).toMatchObject({
    [key('cordon_requests_total', { ...request, code: 'OK' })]: 1,
    [key('cordon_request_duration_seconds_count', request)]: 1,
    [key('cordon_class_decisions_total', { class: 'relationship', decision: 'MASKED' })]: 1,
    [key('cordon_class_decisions_total', { class: 'contact', decision: 'CLEAR' })]: 1,
    [key('cordon_class_decisions_total', { class: 'contact', decision: 'MASKED' })]: 1,
    [key('cordon_class_decisions_total', { class: 'size', decision: 'MASKED' })]: 1,
    [key('cordon_disclosed_records_total', {})]: (await gateway.entries()).at(-1)!.entry.rows,
    [key('cordon_statement_duration_seconds_count', { source: 'crm' })]: 1,
    [key('cordon_statement_duration_seconds_count', { source: 'sales' })]: 1,
    [key('cordon_connection_wait_seconds_count', { source: 'crm' })]: 1,
  });
  for (const stage of stages)
    expect(counts).toMatchObject({
      [key('cordon_stage_duration_seconds_count', { endpoint: 'data', stage })]: 1,
    });
  for (const cache of ['token', 'view', 'document', 'plan'])
    expect([cache, counts[key('cordon_cache_lookups_total', { cache, result: 'hit' })]]).toEqual([cache, 1]);
  const page = await scrape(gateway.metricsAddress);
  for (const cache of ['token', 'view', 'document', 'plan'])
    expect(page.value('cordon_cache_entries', { cache })).toBeGreaterThan(0);
});

test('the stages of a request come to its whole', async () => {
  const page = await scrape(gateway.metricsAddress);
  const whole = page.sum('cordon_request_duration_seconds_sum', { endpoint: 'data' });
  const parts = page.sum('cordon_stage_duration_seconds_sum', { endpoint: 'data' });
  expect(whole).toBeGreaterThan(0);
  expect(parts).toBeLessThanOrEqual(whole * 1.000001);
  expect(parts).toBeGreaterThan(whole * 0.8);
});

test('conditions are counted by class: met, or the code of what is not', async () => {
  const taxes = '{ customers { nodes { taxId } } }';
  expect(await counted(() => gateway.query(auditing, taxes))).toMatchObject({
    [key('cordon_clearance_total', { class: 'identity', result: 'MET' })]: 1,
    [key('cordon_class_decisions_total', { class: 'identity', decision: 'CLEAR' })]: 1,
  });
  const counts = await counted(() => gateway.query(manager, taxes));
  expect(counts).toMatchObject({
    [key('cordon_clearance_total', { class: 'identity', result: 'PURPOSE_REQUIRED' })]: 1,
    [key('cordon_class_decisions_total', { class: 'identity', decision: 'DENIED' })]: 1,
  });
});

test('refusals are counted by code, those of nobody known and of no endpoint too', async () => {
  const counts = await counted(async () => {
    await gateway.query(partner, '{ nobodyHasThis }');
    await gateway.query({ roles: ['nobody'] }, '{ customers { totalCount } }');
    await send(gateway.address, { body: '{}' });
    await send(gateway.address, { method: 'GET', path: '/graphql' });
    await send(gateway.address, { path: `/${canary}` });
  }, 5);
  const refused = (endpoint: string, code: string) => [
    key('cordon_requests_total', { endpoint, outcome: 'REFUSED', code }),
    1,
  ];
  expect(counts).toMatchObject(
    Object.fromEntries([
      refused('data', 'GRAPHQL_VALIDATION_FAILED'),
      refused('data', 'FORBIDDEN'),
      refused('data', 'UNAUTHENTICATED'),
      refused('other', 'METHOD_NOT_ALLOWED'),
      refused('other', 'NOT_FOUND'),
    ]),
  );
});

test('the ledger tells of its batches and its queue, and pools of their connections', async () => {
  const entries = (await gateway.entries()).length;
  const page = await scrape(gateway.metricsAddress);
  expect(page.value('cordon_ledger_batch_entries_sum')).toBe(entries);
  expect(page.value('cordon_ledger_commit_duration_seconds_count')).toBe(
    page.value('cordon_ledger_batch_entries_count'),
  );
  expect(page.value('cordon_ledger_available')).toBe(1);
  expect(
    page.samples.filter(({ name }) => /queue/.test(name)).map(({ name, value }) => [name, value]),
  ).toEqual([
    ['cordon_ledger_queue_entries', 0],
    ['cordon_ledger_queue_bytes', 0],
  ]);
  for (const source of ['crm', 'sales']) {
    expect(page.value('cordon_pool_size', { source })).toBe(4);
    expect(page.value('cordon_pool_connections', { source, state: 'idle' })).toBeGreaterThan(0);
    expect(page.value('cordon_pool_connections', { source, state: 'busy' })).toBe(0);
    expect(page.value('cordon_pool_waiting', { source })).toBe(0);
  }
  expect(page.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  expect(page.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
});

test('a statement that fails is counted by its source and code', async () => {
  const crm = gateway.sources.get('crm')!;
  await crm.query('alter table customer rename to away');
  const counts = await counted(() =>
    gateway.query(manager, '{ customers { nodes { customerId name region } } }'),
  );
  await crm.query('alter table away rename to customer');
  expect(counts).toMatchObject({
    [key('cordon_statement_failures_total', { source: 'crm', code: 'SOURCE_FAILED' })]: 1,
    [key('cordon_requests_total', { endpoint: 'data', outcome: 'FAILED', code: 'SOURCE_FAILED' })]: 1,
  });
});

/** Writes the canary wherever a request has room for it. */
async function hostile(suffix: string): Promise<void> {
  const word = `${canary}_${suffix}`.replace(/-/g, '_');
  const headers = {
    'cordon-purpose': word,
    'cordon-justification': word,
    'cordon-request-id': word,
    'x-request-id': word,
    traceparent: `00-${Buffer.from(word).toString('hex').padEnd(32, '0').slice(0, 32)}-00f067aa0ba902b7-01`,
    'user-agent': word,
  };
  const callers: TestCaller[] = [manager, support, partner].map((caller) => ({
    ...caller,
    subject: word,
    organisation: word,
    headers,
  }));
  for (const caller of callers) {
    await gateway.query(
      caller,
      `query ${word} { ${word}: customers(where: { name: { ne: "${word}" } }) { nodes { name email employees } } }`,
    );
    await gateway.query(
      caller,
      `query ($v: String) { customers(where: { email: { eq: $v } }) { totalCount } }`,
      { v: word },
    );
    await gateway.query(caller, `{ ${word} }`);
    await gateway.query(
      caller,
      `query ${word} { customers { nodes { customerId } } }`,
      { [word]: word },
      word,
    );
  }
  await gateway.query({ ...manager, subject: word, roles: [word] }, '{ customers { totalCount } }');
  await send(gateway.address, { path: `/${word}`, headers, body: word });
  await send(gateway.address, { path: `/graphql?${word}`, method: 'PUT', headers, body: word });
  await send(gateway.address, { headers: { ...headers, authorization: `Bearer ${word}` }, body: word });
}

/** All but what Node tells of its collector, whose kinds appear with their first run. */
const seriesOf = ({ samples }: Page) =>
  new Set(
    samples
      .filter(({ name }) => !name.startsWith('nodejs_gc_'))
      .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`),
  );

test('nothing of a caller or of the data is on the page, and whatever callers send, no series is added', async () => {
  await hostile('first');
  const before = seriesOf(await pageAfter(0));
  for (let i = 0; i < Number(process.env['CORDON_HOSTILE'] ?? 4); i += 1) await hostile(`other_${i}`);
  const after = await pageAfter(0);
  expect([...seriesOf(after)].filter((series) => !before.has(series))).toEqual([]);
  const hidden = [
    canary,
    canary.replace(/-/g, '_'),
    Buffer.from(canary).toString('hex').slice(0, 20),
    ...secrets,
  ];
  const given = [
    'Acme',
    'Bolt',
    'buy@',
    'rita',
    'mia',
    'pia',
    'north',
    'manager',
    'support',
    'partner',
    'Customer',
  ];
  expect([...hidden, ...given].filter((word) => after.text.includes(word))).toEqual([]);
});

test('every label is of a fixed list or a name of the configuration', async () => {
  const page = await scrape(gateway.metricsAddress);
  const odd = page.samples
    .filter(({ name }) => name.startsWith('cordon_'))
    .flatMap(({ name, labels }) => Object.entries(labels).map(([label, text]) => ({ name, label, text })))
    .filter(({ label, text }) => label !== 'le' && values[label]?.includes(text) !== true);
  expect(odd).toEqual([]);
});

test('whatever the dashboard and the alerts look at is on the page', async () => {
  const page = await scrape(gateway.metricsAddress);
  const [panels, alerts] = [dashboardExpressions(), alertExpressions()];
  expect([...panels, ...alerts].flatMap((shown) => unknownIn(shown, page, values))).toEqual([]);
  expect([panels.length > 30, alerts.length > 10]).toEqual([true, true]);
  const faults = (expr: string) => unknownIn({ where: 'x', expr, labels: [] }, page, values);
  expect(faults('sum by (person) (rate(cordon_requests{code="NONESUCH"}[5m])) > 1')).toHaveLength(4);
  // And all of our own is shown somewhere.
  const names = [...page.types.keys()].filter((name) => name.startsWith('cordon_'));
  const shown = panels.map(({ expr }) => expr).join('\n');
  expect(names.filter((name) => !shown.includes(name))).toEqual([]);
});

test('what each metric means is written down, and of no other', async () => {
  const { types } = await scrape(gateway.metricsAddress);
  const text = readFileSync(join(__dirname, '../../docs/observability.md'), 'utf8');
  const written = new Set([...text.matchAll(/^\| `(cordon_[a-z_]+)/gm)].map(([, name = '']) => name));
  expect([...written].sort()).toEqual([...types.keys()].filter((name) => name.startsWith('cordon_')).sort());
});

attack([93], 'metrics count a hidden name as they count one that nobody ever had', async () => {
  const ask = (name: string) => () =>
    gateway.query(partner, `{ customers { nodes { customerId ${name} } } }`);
  await ask('warmUp')();
  await pageAfter(0);
  const [hidden, absent] = [await counted(ask('taxId')), await counted(ask('tinsel'))];
  expect(hidden).toEqual(absent);
  expect(Object.keys(hidden)).toContain(
    key('cordon_requests_total', { endpoint: 'data', outcome: 'REFUSED', code: 'GRAPHQL_VALIDATION_FAILED' }),
  );
});

test('metrics are on a listener of their own, which serves nothing else', async () => {
  const { metricsAddress, address } = gateway;
  expect(new URL(metricsAddress!).hostname).toBe('127.0.0.1');
  expect(metricsAddress).not.toBe(address);
  expect((await fetch(`${address}/metrics`)).status).toBe(404);
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/metrics/'],
    ['GET', '/metrics?x'],
    ['GET', '/healthz'],
    ['POST', '/metrics'],
    ['POST', '/graphql'],
  ] as const) {
    const response = await fetch(`${metricsAddress!}${path}`, { method });
    expect([path, response.status, await response.text()]).toEqual([path, 404, '']);
  }
});
