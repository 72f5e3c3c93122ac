import { systemClock } from '../../src/base/index.js';
import {
  post,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { attack } from './attack.js';
import { auditing, house, learned, manager, partner } from './house.js';

/** What goes wrong is told by a code and a sentence: nothing that a database said, that was sent, or that is stored. */
let gateway: TestGateway;
const logged: string[] = [];
const keep = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message);

/** Fails where it is looked at from this place, as a defect of the gateway would fail there. */
let failsIn: RegExp | null = null;
const clock = {
  ...systemClock,
  now: () => {
    if (failsIn?.test(new Error().stack ?? '') === true) throw new TypeError('DEFECT-TAX-ACME of the clock');
    return Date.now();
  },
};
const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
const crm = () => gateway.sources.get('crm')!;
beforeAll(async () => {
  gateway = await startTestGateway(house({ captureStatements: false, log, clock }));
});
afterAll(() => gateway.dispose());

/** The database raises for each row, with a value in every part of what it says. */
const raising = (what: string) => `
  alter table customer rename to customer_kept;
  create function hurt(int, text) returns numeric language plpgsql as $$ begin ${what} end $$;
  create view customer as select customer_id, account_id, rep, region, name, email, hurt(customer_id, tax_id) as credit, tax_id, profile, employees from customer_kept;`;
const mended = 'drop view customer; drop function hurt; alter table customer_kept rename to customer;';

const failures: Readonly<Record<string, string>> = {
  'a cast that quotes the value': 'return $2::numeric;',
  'a unique violation that prints the key': `raise unique_violation using message = 'duplicate key ' || $2, detail = 'Key (tax_id)=(' || $2 || ') already exists.', constraint = 'TAX-constraint';`,
  'a check violation that prints the row': `raise check_violation using detail = 'Failing row contains (' || $2 || ')', table = 'TAX-table', column = 'TAX-column';`,
  'a division by what is stored': 'return 1 / (length($2) - length($2));',
  'a hint with a value': `raise exception '%', $2 using hint = $2, errcode = 'P0001';`,
};

attack(
  [26, 27, 28, 29, 35],
  'whatever a database says of a value, the caller reads one sentence, the same for all',
  async () => {
    const answers = new Set<string>();
    for (const [name, what] of Object.entries(failures)) {
      await crm().query(raising(what));
      try {
        for (const document of [
          '{ customers { nodes { credit } } }',
          '{ customers(where: { credit: { gt: "1" } }) { nodes { credit } } }',
        ]) {
          const { status, body, text } = await gateway.query(manager, document);
          expect([name, status, body.data]).toEqual([name, 500, { customers: null }]);
          answers.add(text);
        }
      } finally {
        await crm().query(mended);
      }
    }
    expect([...answers].map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        errors: [
          {
            message: 'A customer database could not answer.',
            path: ['customers'],
            extensions: { code: 'SOURCE_FAILED' },
          },
        ],
        data: { customers: null },
        extensions: { cordon: { masked: [], withheld: [] } },
      },
    ]);
    // The log has the class of the error, for the operator, and no more of it.
    expect(logged.join('\n')).toContain('22P02');
    expect(logged.join('\n')).not.toMatch(/TAX-|duplicate|already exists|Failing row/);
  },
);

attack.each([35], [
  ['on the path of a request', '/graphql', /^(?![^]*recorder)[^]*gateway.answer\.ts/, true],
  ['before the path begins', '/graphql', /admit[^]*server\.ts/, true],
  ['on the control plane', '/control', /admit[^]*server\.ts/, true],
  ['before the caller is known', '/graphql', /identify\.ts/, false],
] as const)(
  'a defect of the gateway %s is one sentence, and its receipt leads to an id that is found in the log',
  async (_, path, place, isEntered) => {
    logged.splice(0);
    const authorization = `Bearer ${await gateway.token(manager)}`;
    failsIn = place;
    const response = await post(
      gateway.address + path,
      { authorization },
      { query: '{ customers { nodes { name } } }' },
    ).finally(() => (failsIn = null));
    expect([response.status, JSON.parse(response.text)]).toEqual([
      500,
      {
        errors: [{ message: 'The gateway failed on this request.', extensions: { code: 'INTERNAL_ERROR' } }],
      },
    ]);
    const at = logged.indexOf('a request failed');
    const { requestId, error } = JSON.parse(logged[at - 1]!) as { requestId: string | null; error: string };
    expect(error).toMatch(/DEFECT-TAX-ACME of the clock\n +at /);
    expect(logged.lastIndexOf('a request failed')).toBe(at);
    const receipt = response.headers.get('cordon-receipt');
    expect(receipt !== null).toBe(isEntered);
    if (!isEntered) return;
    const { entry, leaf } = (await gateway.entries()).at(-1)!;
    expect(Buffer.from(receipt!, 'base64url').includes(Buffer.from(leaf, 'hex'))).toBe(true);
    expect([entry.outcome, entry.code, entry.requestId]).toEqual(['FAILED', 'INTERNAL_ERROR', requestId]);
  },
);

attack(
  [34],
  'no complaint repeats what was sent, in a variable, a literal or a name that is none',
  async () => {
    const canary = 'CANARY-7fd1';
    const asked: readonly (readonly [string, unknown])[] = [
      ['query($v: Int!) { customers(first: $v) { totalCount } }', { v: canary }],
      ['query($v: [CustomerOrderBy!]) { customers(orderBy: $v) { totalCount } }', { v: [{ name: canary }] }],
      ['query($v: CustomerWhere) { customers(where: $v) { totalCount } }', { v: { [canary]: { eq: 1 } } }],
      [
        'query($v: CustomerWhere) { customers(where: $v) { totalCount } }',
        { v: { name: { eq: { a: canary } } } },
      ],
      ['query($v: String) { customers(after: $v) { totalCount } }', { v: canary }],
      ['query($v: ID!) { customer(customerId: $v) { name } }', { v: canary }],
      [
        'query($v: CustomerWhere) { customers(where: $v) { totalCount } }',
        { v: { customerId: { in: [canary] } } },
      ],
      [
        'query($v: CustomerWhere) { customers(where: $v) { totalCount } }',
        { v: { name: { like: `${canary}\\` } } },
      ],
      [
        'query($v: CustomerWhere) { customers(where: $v) { totalCount } }',
        { v: { name: { contains: `${canary}\0` } } },
      ],
      ['{ customers(where: { customerId: { eq: "CANARY-7fd1" } }) { totalCount } }', undefined],
    ];
    for (const [document, variables] of asked) {
      const { status, text } = await gateway.query(manager, document, variables);
      expect([document, status, text.includes('CANARY'), text.includes('7fd1')]).toEqual([
        document,
        400,
        false,
        false,
      ]);
    }
    expect(logged.join('\n')).not.toContain('CANARY');
  },
);

const shown = ({ headers }: TestResponse) => headers.get('cache-control');

attack(
  [64],
  'no response may be kept by anybody on the way, be it data, a refusal or a failure',
  async () => {
    const callers: readonly (readonly [TestCaller, string])[] = [
      [manager, '{ customers { nodes { name } } }'],
      [partner, '{ __schema { types { name } } }'],
      [partner, '{ customers { nodes { credit } } }'],
      [manager, '{ customers('],
      [{ roles: ['nobody'] }, '{ __typename }'],
      [manager, '{ customers(first: 100000) { totalCount } }'],
    ];
    for (const [caller, document] of callers)
      expect([document, shown(await gateway.query(caller, document))]).toEqual([
        document,
        'private, no-store',
      ]);
    for (const [method, path] of [
      ['POST', '/graphql'],
      ['GET', '/graphql'],
      ['POST', '/control'],
      ['GET', '/nothing'],
    ] as const) {
      const { headers } = await fetch(gateway.address + path, { method });
      expect([
        path,
        headers.get('cache-control'),
        headers.get('etag'),
        headers.get('expires'),
        headers.get('last-modified'),
      ]).toEqual([path, 'private, no-store', null, null, null]);
    }
  },
);

attack([84], 'no plan, cost or statistic of a database can be asked for', async () => {
  const plain = learned(await gateway.query(auditing, '{ customers { nodes { name } } }'));
  const headers = {
    ...auditing.headers,
    'X-Explain': '1',
    'Apollo-Tracing': '1',
    'X-PostGraphile-Explain': 'on',
    'Apollo-Query-Plan-Experimental': '1',
  };
  expect(learned(await gateway.query({ ...auditing, headers }, '{ customers { nodes { name } } }'))).toEqual(
    plain,
  );
  for (const document of [
    '{ explain { plan } }',
    '{ customers { nodes { name } } _explain }',
    '{ pgStats { nodes { mostCommonVals } } }',
    '{ customers @explain { totalCount } }',
  ]) {
    const { status, text } = await gateway.query(manager, document);
    expect([document, status]).toEqual([document, 400]);
    expect(text).not.toMatch(/Seq Scan|cost=|rows=|pg_/);
  }
  const body = JSON.stringify({
    query: '{ customers { totalCount } }',
    extensions: { explain: true, tracing: true },
  });
  const response = await fetch(`${gateway.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await gateway.token(manager)}` },
    body,
  });
  expect(await response.json()).toEqual({
    data: { customers: { totalCount: 4 } },
    extensions: { cordon: { masked: [], withheld: [] } },
  });
});
