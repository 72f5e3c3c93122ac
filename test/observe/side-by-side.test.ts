import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { ProblemsError, systemClock, type Log } from '../../src/base/index.js';
import { enrolmentPublicKey, verifyReceipt } from '../../src/ledger/index.js';
import { startGateway, type RunningGateway } from '../../src/main.js';
import { auditing, house, manager, partner, secrets } from '../attacks/house.js';
import { send } from '../http/ask.js';
import { prepareGateway, type PreparedGateway, type Query } from '../support/gateway.js';
import { testFolder } from '../support/test-folders.js';

/** A line of the log, with what its child loggers add. */
interface Line extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly message: string;
}

const failedStatus: number = SpanStatusCode.ERROR;
const canary = 'canary-8b1f';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const lines: Line[] = [];
const exporter = new InMemorySpanExporter();

function keeping(bound: object): Log {
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push({ ...bound, ...fields, level, message });
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: (fields) => keeping({ ...bound, ...fields }),
  };
}

let prepared: PreparedGateway;
let gateway: RunningGateway;
let query: Query;

/** A further gateway over the same databases, with a folder of its own. */
const start = (tracing?: { readonly parents: readonly string[] }) =>
  startGateway(
    { ...prepared.config, ledgerFolder: testFolder('ledger'), ...(tracing !== undefined && { tracing }) },
    prepared.secrets,
    keeping({}),
    systemClock,
  );

beforeAll(async () => {
  prepared = await prepareGateway(house({ captureStatements: false }));
  gateway = await start();
  query = prepared.queryAt(gateway.address);
});
afterAll(async () => {
  await gateway.close();
  await prepared.dispose();
});
beforeEach(() => {
  lines.length = 0;
  exporter.reset();
});

const hostile = {
  'cordon-request-id': canary,
  'x-request-id': canary,
  'cordon-justification': canary,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: `vendor=${canary}`,
  baggage: `word=${canary}`,
};
const question = `query Canary_8b1f { customers(where: { name: { ne: "${canary}" } }) { nodes { name email orders { nodes { orderId } } } } }`;

/** The words that may be in nothing that is kept of a request for operators. */
const forbidden = [
  canary,
  'Canary_8b1f',
  ...secrets,
  'Acme',
  'buy@',
  'customers',
  'Customer',
  'mia',
  'rita',
  'pia',
  'north',
  '"house"',
];
const foundIn = (kept: unknown) => forbidden.filter((word) => JSON.stringify(kept).includes(word));

describe('by the id of a request', () => {
  test('its response, its entry and its lines of the log are put side by side', async () => {
    const { headers } = await query({ ...manager, headers: hostile }, question);
    const requestId = headers.get('cordon-request-id');
    expect(requestId).toMatch(uuid);
    const { entry, leaf } = (await prepared.entries()).at(-1)!;
    expect(entry.requestId).toBe(requestId);
    const receipt = verifyReceipt(headers.get('cordon-receipt')!, enrolmentPublicKey(prepared.keys));
    expect(receipt.leaf).toBe(leaf);
    expect(lines).toEqual([
      {
        level: 'debug',
        message: 'a request was answered',
        requestId,
        endpoint: 'data',
        outcome: 'RELEASED',
        status: 200,
        code: null,
        bytes: entry.bytes,
        leaf,
      },
    ]);
  });

  test('a refusal has a line, and every line that a request makes has its id', async () => {
    const crm = prepared.sources.get('crm')!;
    await crm.query('alter table customer rename to away');
    const failed = await query(manager, '{ customers { nodes { customerId name region } } }');
    await crm.query('alter table away rename to customer');
    const refused = await query({ ...partner, headers: hostile }, `{ ${canary.replace('-', '_')} }`);
    const unknown = await send(gateway.address, {
      headers: { ...hostile, authorization: `Bearer ${canary}` },
    });
    const ids = [failed, refused, unknown].map(({ headers }) => headers.get('cordon-request-id'));
    expect(new Set(ids).size).toBe(3);
    expect(
      lines.map(({ level, message, requestId, code }) => [
        level,
        message,
        ids.indexOf(requestId as string),
        code,
      ]),
    ).toEqual([
      ['error', 'the source refused a statement', 0, '42P01'],
      ['info', 'a request ended in a failure', 0, 'SOURCE_FAILED'],
      ['info', 'a request was refused', 1, 'GRAPHQL_VALIDATION_FAILED'],
      ['info', 'a request without a known caller', 2, 'UNAUTHENTICATED'],
    ]);
    expect(foundIn(lines)).toEqual([]);
  });

  test('where nobody asked for metrics or spans, neither is served or made', async () => {
    await query(manager, question);
    expect(gateway.metricsAddress).toBeNull();
    expect((await fetch(`${gateway.address}/metrics`)).status).toBe(404);
  });
});

describe('spans', () => {
  let traced: RunningGateway;
  let trusting: RunningGateway;

  beforeAll(async () => {
    // Before anybody has registered: spans that nobody takes are a mistake of the configuration.
    const refused = await start({ parents: [] }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused instanceof ProblemsError && refused.problems.map(({ code }) => code)).toEqual([
      'NO_TRACER',
    ]);
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    [traced, trusting] = await Promise.all([
      start({ parents: [] }),
      start({ parents: ['127.0.0.1', '::1'] }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([traced.close(), trusting.close()]);
    trace.disable();
  });

  /** The spans of one request, once its response is over. */
  async function spansOf(requestId: string | null): Promise<readonly ReadableSpan[]> {
    for (;;) {
      const spans = exporter.getFinishedSpans();
      const whole = spans.find(({ attributes }) => attributes['cordon.request_id'] === requestId);
      if (whole !== undefined)
        return spans.filter((span) => span.spanContext().traceId === whole.spanContext().traceId);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  const told = ({ name, attributes, status }: ReadableSpan) => ({
    name,
    attributes,
    failed: (status.code as number) === failedStatus,
  });

  test('are made of the request, of each stage and of each statement', async () => {
    const { headers } = await prepared.queryAt(traced.address)({ ...manager, headers: hostile }, question);
    const requestId = headers.get('cordon-request-id');
    const spans = await spansOf(requestId);
    const { entry } = (await prepared.entries()).at(-1)!;
    const stage = (name: string) => ({ name, attributes: { 'cordon.stage': name }, failed: false });
    const statement = (source: string) => ({
      name: 'statement',
      attributes: { 'cordon.source': source, 'db.system.name': 'postgresql' },
      failed: false,
    });
    expect(spans.map(told)).toEqual([
      ...['identify', 'body', 'view', 'document', 'clearance', 'plan'].map(stage),
      statement('crm'),
      statement('sales'),
      ...['sources', 'ledger', 'send'].map(stage),
      {
        name: 'POST /graphql',
        attributes: {
          'cordon.request_id': requestId,
          'cordon.outcome': 'RELEASED',
          'cordon.records': entry.rows,
          'cordon.bytes': entry.bytes,
          'http.response.status_code': 200,
        },
        failed: false,
      },
    ]);
    const idOf = (name: string) => spans.find((span) => span.name === name)!.spanContext().spanId;
    const parents = spans.map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]);
    expect(parents).toEqual(
      spans.map(({ name }) => [
        name,
        name === 'POST /graphql' ? undefined : idOf(name === 'statement' ? 'sources' : 'POST /graphql'),
      ]),
    );
    expect(foundIn(spans.map((span) => [told(span), span.events, span.links]))).toEqual([]);
  });

  test('of refusals and failures have a code, and nothing of what was asked', async () => {
    const ask = prepared.queryAt(traced.address);
    const withheld = await ask(manager, '{ customers { nodes { taxId } } }');
    const refused = await ask(
      { ...partner, headers: hostile },
      `{ customers { ${canary.replace('-', '_')} } }`,
    );
    const unknown = await send(traced.address, { headers: hostile, path: '/graphql' });
    const elsewhere = await send(traced.address, { headers: hostile, path: `/${canary}` });
    const found = [];
    for (const { headers } of [withheld, refused, unknown, elsewhere])
      found.push(await spansOf(headers.get('cordon-request-id')));
    expect(
      found.map((spans) => spans.at(-1)!).map(({ name, attributes }) => [name, attributes['cordon.code']]),
    ).toEqual([
      ['POST /graphql', undefined],
      ['POST /graphql', 'GRAPHQL_VALIDATION_FAILED'],
      ['POST /graphql', 'UNAUTHENTICATED'],
      ['other', 'NOT_FOUND'],
    ]);
    expect(foundIn(found.map((spans) => spans.map(told)))).toEqual([]);
  });

  test('are part of a caller’s trace only where the peer is a proxy that may say so', async () => {
    const [, traceId, spanId] = hostile.traceparent.split('-');
    const asked = async (address: string, traceparent: string) => {
      const caller = { ...auditing, headers: { ...auditing.headers, ...hostile, traceparent } };
      const { headers } = await prepared.queryAt(address)(caller, '{ customers { totalCount } }');
      const whole = (await spansOf(headers.get('cordon-request-id'))).at(-1)!;
      const { traceState, traceId: id } = whole.spanContext();
      return [id === traceId, whole.parentSpanContext?.spanId, traceState?.serialize()];
    };
    expect(await asked(traced.address, hostile.traceparent)).toEqual([false, undefined, undefined]);
    expect(await asked(trusting.address, hostile.traceparent)).toEqual([true, spanId, undefined]);
    for (const malformed of [
      '',
      canary,
      `${hostile.traceparent}-x`,
      `01${hostile.traceparent.slice(2)}`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    ])
      expect([malformed, ...(await asked(trusting.address, malformed))]).toEqual([
        malformed,
        false,
        undefined,
        undefined,
      ]);
  });
});
