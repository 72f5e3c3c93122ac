import pg from 'pg';
import { demoIssuer } from '../../src/demo/index.js';
import { startGateway, type RunningGateway } from '../../src/main.js';
import { destroyDataKeys } from '../../src/ledger/index.js';
import { personIdOf } from '../../src/identity/index.js';
import { shop } from '../support/deployments.js';
import {
  post,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { quietLog } from '../support/quiet-log.js';

const manager: TestCaller = { roles: ['manager'], subject: 'mia', organisation: 'hq' };
const masked: TestCaller = { roles: ['masked'], subject: 'max', organisation: 'hq' };
const partner: TestCaller = { roles: ['partner'], subject: 'pat', organisation: 'north', accounts: ['1'] };
const auditor: TestCaller = { roles: ['auditor'], subject: 'ann' };

interface Node {
  person: string | null;
  organisation: string | null;
  type: string | null;
  coordinates: string[];
  decision: string | null;
  outcome: string;
  code: string | null;
  records: string[][] | null;
  leaf: string;
  at: string;
}

const fields = 'at person organisation type coordinates decision outcome code records leaf';

let gateway: TestGateway;

async function ask(
  document: string,
  caller: TestCaller = auditor,
  variables: object = {},
): Promise<TestResponse> {
  const headers = { authorization: `Bearer ${await gateway.token(caller)}`, ...caller.headers };
  return post(`${gateway.address}/control`, headers, { query: document, variables });
}

interface Page {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function page(filter: object, first = 100, after: string | null = null): Promise<Page> {
  const { status, text, body } = await ask(
    `query ($filter: AccessFilter, $first: Int, $after: String) {
      accessHistory(filter: $filter, first: $first, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } }
    }`,
    auditor,
    { filter, first, after },
  );
  if (status !== 200) throw new Error(text);
  return body.data?.['accessHistory'] as Page;
}

const history = async (filter: object): Promise<Node[]> => (await page(filter)).nodes;
const person = ({ subject = '' }: TestCaller): string => personIdOf(demoIssuer, subject);
const coordinates = (nodes: readonly Node[]): string[] =>
  [...new Set(nodes.flatMap((node) => node.coordinates))].sort();

beforeAll(async () => {
  gateway = await startTestGateway(shop);
  await gateway.query(manager, '{ customers(first: 2) { nodes { name credit } } }');
  await gateway.query(masked, '{ customers(first: 4) { nodes { name credit } } }');
  await gateway.query(partner, '{ customers { nodes { name } } }');
  await gateway.query(partner, '{ customers { nodes { credit } } }');
  await gateway.query(
    manager,
    '{ customers(where: { name: { eq: "Acme" } }) { nodes { customerId orders { nodes { total } } } } }',
  );
});
afterAll(() => gateway.dispose());

describe('filters', () => {
  it('by person', async () => {
    const nodes = await history({ person: person(masked) });
    expect(new Set(nodes.map((node) => node.person))).toEqual(new Set([person(masked)]));
    expect(coordinates(nodes)).toEqual(['Customer.credit', 'Customer.name']);
    expect(await history({ person: person({ roles: [], subject: 'stranger' }) })).toEqual([]);
  });

  it('by organisation', async () => {
    const nodes = await history({ organisation: 'north' });
    expect(nodes.map(({ outcome }) => outcome)).toEqual(['REFUSED', 'RELEASED']);
    expect(new Set(nodes.map((node) => node.person))).toEqual(new Set([person(partner)]));
  });

  it('by type', async () => {
    expect(coordinates(await history({ type: 'Order' }))).toEqual(['Order.total']);
  });

  it('by coordinate and decision, which one and the same disclosure has', async () => {
    const clear = await history({ coordinate: 'Customer.credit', decision: 'CLEAR' });
    expect(clear.map((node) => node.person)).toEqual([person(manager)]);
    const masks = await history({ coordinate: 'Customer.credit', decision: 'MASKED' });
    expect(masks.map((node) => node.person)).toEqual([person(masked)]);
  });

  it('by record, whoever saw it', async () => {
    const third = await history({ record: { type: 'Customer', key: ['3'] }, coordinate: 'Customer.credit' });
    expect(third.map((node) => node.person)).toEqual([person(masked)]);
    const first = await history({ record: { type: 'Customer', key: ['1'] }, coordinate: 'Customer.credit' });
    expect(first.map((node) => node.person)).toEqual([person(masked), person(manager)]);
    for (const { records } of first) expect(records).toContainEqual(['1']);
  });

  it('by record: of a request that read others too, only what it read of this one', async () => {
    const both: TestCaller = { roles: ['manager'], subject: 'both' };
    await gateway.query(
      both,
      '{ a: customer(customerId: "1") { name } b: customer(customerId: "2") { email } }',
    );
    const of = async (key: string) =>
      coordinates(await history({ person: person(both), record: { type: 'Customer', key: [key] } }));
    expect(await of('1')).toEqual(['Customer.name']);
    expect(await of('2')).toEqual(['Customer.email']);
    expect(await of('3')).toEqual([]);
  });

  it.each([
    ['no such record', { type: 'Customer', key: ['99'] }],
    ['no such type', { type: 'Nothing', key: ['1'] }],
    ['a key that none can have', { type: 'Customer', key: ['Acme'] }],
    ['a key of too many parts', { type: 'Customer', key: ['1', '1'] }],
  ])('by record: nothing for %s', async (_what, record) => {
    expect(await history({ record })).toEqual([]);
  });

  it('by outcome: who tried and was refused', async () => {
    const refused = await history({ outcome: 'REFUSED' });
    expect(refused).toMatchObject([
      {
        person: person(partner),
        code: 'GRAPHQL_VALIDATION_FAILED',
        type: null,
        coordinates: [],
        records: null,
      },
    ]);
  });

  it('by time', async () => {
    const [newest] = await history({ person: person(partner) });
    const at = newest?.at ?? '';
    expect(coordinates(await history({ from: at, type: 'Order' }))).toEqual(['Order.total']);
    expect(await history({ to: at, type: 'Order' })).toEqual([]);
    expect((await history({ to: at })).length).toBeGreaterThan(0);
  });

  it('names a filter as a usage without records', async () => {
    const { body } = await ask(`{ accessHistory(filter: { coordinate: "Customer.name", type: "Customer" }) {
      nodes { usage recordCount records person } } }`);
    const { nodes } = body.data?.['accessHistory'] as { nodes: object[] };
    expect(nodes).toContainEqual({ usage: 'FILTER', recordCount: 0, records: null, person: person(manager) });
  });
});

describe('pages', () => {
  it('visit everything once, newest first, while entries are added', async () => {
    const whole = await history({ organisation: 'hq' });
    const seen: Node[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: Page = await page({ organisation: 'hq' }, 2, after);
      expect(nodes.length).toBeLessThanOrEqual(2);
      seen.push(...nodes);
      await gateway.query(manager, '{ accounts { nodes { name } } }');
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(whole);
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
  });

  it.each(['', 'x', Buffer.from('[1,2]').toString('base64url'), Buffer.from('null').toString('base64url')])(
    'refuse the cursor "%s"',
    async (after) => {
      const { status, body } = await ask(
        'query ($after: String) { accessHistory(after: $after) { nodes { leaf } } }',
        auditor,
        {
          after,
        },
      );
      expect(status).toBe(400);
      expect(body.errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
    },
  );

  it('have a size limit', async () => {
    const { status, body } = await ask('{ accessHistory(first: 101) { nodes { leaf } } }');
    expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('one entry', () => {
  const entryFields =
    'leaf endpoint outcome reason operationName purpose address schemaVersion policyVersion disclosures { coordinates decision }';
  const entry = async (leaf: string) => {
    const { body } = await ask(`query ($leaf: ID!) { entry(leaf: $leaf) { ${entryFields} } }`, auditor, {
      leaf,
    });
    return body.data?.['entry'] as Record<string, unknown> | null;
  };

  it('is found by the leaf that a history names, with the reason that the caller was not told', async () => {
    const [refused] = await history({ outcome: 'REFUSED', person: person(partner) });
    expect(await entry(refused?.leaf ?? '')).toMatchObject({
      leaf: refused?.leaf,
      endpoint: 'data',
      reason: 'hidden: Customer.credit',
      disclosures: [],
      policyVersion: gateway.model.policy.version.toString('hex'),
      schemaVersion: gateway.model.version.toString('hex'),
    });
  });

  it('is null where there is none, also where another begins alike', async () => {
    expect(await entry('00'.repeat(32))).toBeNull();
    const [known] = await history({ outcome: 'REFUSED' });
    expect(await entry(`${known?.leaf.slice(0, 62)}00`)).toBeNull();
  });

  it('is asked for by a whole hash', async () => {
    const { status, body } = await ask('{ entry(leaf: "12ab") { leaf } }');
    expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('who may ask', () => {
  it.each([manager, partner, masked])('not $subject', async (caller) => {
    const before = (await gateway.entries()).length;
    const { status, text, body } = await ask('{ accessHistory { nodes { person } } }', caller);
    expect(status).toBe(403);
    expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(text).not.toContain('data');
    const entries = (await gateway.entries()).slice(before);
    expect(entries.map(({ entry }) => [entry.endpoint, entry.outcome, entry.code])).toEqual([
      ['control', 'REFUSED', 'FORBIDDEN'],
    ]);
  });

  it('an auditor, whose question is an entry before its answer leaves', async () => {
    const { headers } = await ask('query WhoSaw { accessHistory(first: 1) { nodes { person } } }');
    const last = (await gateway.entries()).at(-1);
    expect(headers.get('cordon-receipt')).not.toBeNull();
    expect(last?.entry).toMatchObject({ endpoint: 'control', outcome: 'RELEASED', organisation: null });
    expect(last?.actor).toMatchObject({ personId: person(auditor), operationName: 'WhoSaw' });
    const own = await history({ person: person(auditor) });
    expect(own.length).toBeGreaterThan(0);
  });

  it('no auditor asks for customer data', async () => {
    const { status, body } = await gateway.query(auditor, '{ customers { nodes { name } } }');
    expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({ status: 403, code: 'FORBIDDEN' });
  });
});

describe('what is asked badly', () => {
  it.each([
    ['{ accessHistory { nodes { secret } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ accessHistory(', 'GRAPHQL_PARSE_FAILED'],
    ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['{ accessHistory(filter: { from: "yesterday" }) { nodes { leaf } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [`{ ${Array.from({ length: 21 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 'OPERATION_TOO_LARGE'],
  ])('%s is %s', async (document, code) => {
    const { status, body } = await ask(document);
    expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({ status: 400, code });
  });
});

describe('the index', () => {
  async function inControl<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client(gateway.control);
    await client.connect();
    return work(client).finally(() => client.end());
  }

  it('is built anew from the ledger, to the same answers', async () => {
    const filters = [
      { organisation: 'north' },
      { type: 'Order' },
      { record: { type: 'Customer', key: ['1'] } },
    ];
    const before = await Promise.all(filters.map(history));
    await inControl((client) =>
      client.query('TRUNCATE audit.progress, audit.entry, audit.descriptor, audit.cells'),
    );
    expect(await Promise.all(filters.map(history))).toEqual(before);
  });

  it('holds neither names nor record keys in clear', async () => {
    await history({});
    const { rows } = await inControl((client) =>
      client.query<{ text: string }>("SELECT string_agg(e::text, '') AS text FROM audit.entry e"),
    );
    expect(rows[0]?.text).not.toMatch(/mia|max|pat|ann|issuer/);
  });

  it('has what other gateways have entered, and gateways that are gone', async () => {
    const other: RunningGateway = await startGateway(
      { ...gateway.config, ledgerFolder: `${gateway.config.ledgerFolder}-other` },
      gateway.secrets,
      quietLog,
    );
    const late: TestCaller = { roles: ['manager'], subject: 'late' };
    const headers = { authorization: `Bearer ${await gateway.token(late)}` };
    await post(`${other.address}/graphql`, headers, { query: '{ accounts { nodes { name } } }' });
    expect(coordinates(await history({ person: person(late) }))).toEqual(['Account.name']);
    await other.close();
    expect(coordinates(await history({ person: person(late) }))).toEqual(['Account.name']);
  });

  it('shows what was erased as erased', async () => {
    const gone: TestCaller = { roles: ['manager'], subject: 'gone', organisation: 'leavers' };
    await gateway.query(gone, '{ accounts { nodes { name } } }');
    expect((await history({ organisation: 'leavers' })).map((node) => node.person)).toEqual([person(gone)]);
    await inControl((client) => destroyDataKeys(client, gateway.keys, { personId: person(gone) }));
    const restarted = await startGateway(
      { ...gateway.config, ledgerFolder: `${gateway.config.ledgerFolder}-again` },
      gateway.secrets,
      quietLog,
    );
    const headers = { authorization: `Bearer ${await gateway.token(auditor)}` };
    const { body } = await post(`${restarted.address}/control`, headers, {
      query:
        '{ accessHistory(filter: { organisation: "leavers" }) { nodes { person personErased coordinates } } }',
    });
    expect(body.data).toEqual({
      accessHistory: { nodes: [{ person: null, personErased: true, coordinates: ['Account.name'] }] },
    });
    await restarted.close();
  });
});
