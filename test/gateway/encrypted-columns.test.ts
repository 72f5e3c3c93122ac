import { randomBytes } from 'node:crypto';
import type { Log } from '../../src/base/index.js';
import { startGateway } from '../../src/main.js';
import { ColumnCipher } from '../../src/sources/index.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { testSecrets } from '../support/test-secrets.js';

/** Columns that only the gateway can read: what they give, and that nothing but the value itself ever comes of them. */

const tables = `
  create table customer (customer_id int primary key, account int not null, name text, tax_id bytea, vat_id bytea, rank bytea, fee bytea, since bytea);
  insert into customer (customer_id, account, name) values (1, 1, 'Acme'), (2, 1, 'Bolt'), (3, 2, 'Coil');
`;
const identity = '@tradeSecret(class: identity)';
const sdl = `
  type Customer @table(source: crm, name: "customer") @rows(by: account, column: "account") {
    customerId: ID! @open
    name: String @open
    taxId: String ${identity} @encrypted(key: "tax-id")
    vatId: String @tradeSecret(class: identity, mask: { constant: "on file" }) @encrypted(key: "margin")
    rank: Int ${identity} @encrypted(key: "margin")
    fee: Decimal ${identity} @encrypted(key: "margin")
    since: Date ${identity} @encrypted(key: "margin")
  }
`;
const policy = `
classes: { identity: { title: Tax numbers } }
roles:
  manager: { rows: all, clear: [identity] }
  masked: { rows: all, mask: [identity] }
  denied: { rows: all, deny: [identity] }
  hidden: { rows: all }
  partner: { rows: all, clear: [{ identity: { account: $claims.accounts } }], mask: [identity] }
`;

const manager: TestCaller = { roles: ['manager'] };
const taxIds = '{ customers { nodes { customerId taxId } } }';
const values = { 1: 'DE-ZQ7-1', 2: 'DE "KREL" \\ 2\n', 3: 'ÄT-漢-😀-3' } as const;

const logged: string[] = [];
const keep = (fields: object, message: string) => void logged.push(JSON.stringify({ ...fields, message }));
const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };

let gateway: TestGateway;
let cipher: ColumnCipher;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { crm: tables }, sdl, policy, log, captureStatements: true });
  cipher = new ColumnCipher(gateway.secrets.columns);
});
afterAll(() => gateway.dispose());

const crm = () => gateway.sources.get('crm')!;
const store = (column: string, id: number | string, sealed: Buffer | null) =>
  crm().query(`update customer set ${column} = $1 where customer_id = $2`, [sealed, id]);
const place = (field: string, id: number | string) => ({
  coordinate: `Customer.${field}`,
  record: [String(id)],
});

beforeEach(async () => {
  logged.length = 0;
  await crm().query(
    'update customer set tax_id = null, vat_id = null, rank = null, fee = null, since = null',
  );
  for (const [id, value] of Object.entries(values))
    await store('tax_id', id, cipher.seal('tax-id', value, place('taxId', id)));
});

/** What the manager is told of all tax ids. */
const asked = () => gateway.query(manager, taxIds);

describe('a value that is stored encrypted', () => {
  test('is given to whom it is clear, null as null', async () => {
    await store('tax_id', 3, null);
    const { status, body } = await asked();
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(body.data).toEqual({
      customers: {
        nodes: [
          { customerId: '1', taxId: values[1] },
          { customerId: '2', taxId: values[2] },
          { customerId: '3', taxId: null },
        ],
      },
    });
    const { body: one } = await gateway.query(
      manager,
      '{ customer(customerId: 2) { taxId } none: customer(customerId: 9) { taxId } }',
    );
    expect(one.data).toEqual({ customer: { taxId: values[2] }, none: null });
  });

  test('has the form of its type', async () => {
    const numbers = { rank: '-7', fee: '12.50', since: '2026-01-31' };
    for (const [field, value] of Object.entries(numbers))
      await store(field, 1, cipher.seal('margin', value, place(field, 1)));
    const { text } = await gateway.query(manager, '{ customer(customerId: 1) { rank fee since } }');
    expect(text).toContain('{"customer":{"rank":-7,"fee":"12.50","since":"2026-01-31"}}');
  });

  test('is as its mask for others, and its column is not in their statements', async () => {
    for (const [roles, taxId, vatId] of [
      [['masked'], '•••••', 'on file'],
      [['denied'], null, null],
    ] as const) {
      let answer: unknown;
      const statements = await gateway.statements('crm', async () => {
        const { body } = await gateway.query(
          { roles },
          '{ customer(customerId: 1) { name taxId vatId rank } }',
        );
        answer = body.data;
      });
      expect(answer).toEqual({ customer: { name: 'Acme', taxId, vatId, rank: null } });
      expect(statements).toHaveLength(1);
      expect(statements[0]).toContain('"name"');
      expect(statements[0]).not.toMatch(/tax_id|vat_id|\."rank"/);
    }
    const { status } = await gateway.query({ roles: ['hidden'] }, taxIds);
    expect(status).toBe(400);
  });

  test('is opened on the rows on which it is clear, and no other need be readable', async () => {
    await store('tax_id', 3, randomBytes(60));
    const partner = { roles: ['partner'], accounts: ['1'] };
    const { body } = await gateway.query(partner, taxIds);
    expect(body.data).toEqual({
      customers: {
        nodes: [
          { customerId: '1', taxId: values[1] },
          { customerId: '2', taxId: values[2] },
          { customerId: '3', taxId: '•••••' },
        ],
      },
    });
  });

  test('is nothing that could be filtered or sorted by', async () => {
    for (const argument of ['where: { taxId: { isNull: false } }', 'orderBy: [{ taxId: ASC }]']) {
      const { status, body } = await gateway.query(manager, `{ customers(${argument}) { nodes { name } } }`);
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    }
  });
});

describe('what does not belong where it stands is an error, and nothing of it is given', () => {
  const foreign: readonly (readonly [what: string, make: () => Buffer])[] = [
    ['of another record', () => cipher.seal('tax-id', values[1], place('taxId', 1))],
    ['of another field', () => cipher.seal('tax-id', values[2], place('vatId', 2))],
    ['of another key', () => cipher.seal('margin', values[2], place('taxId', 2))],
    ['in clear', () => Buffer.from(values[2])],
    ['empty', () => Buffer.alloc(0)],
    [
      'altered',
      () => {
        const sealed = cipher.seal('tax-id', values[2], place('taxId', 2));
        sealed[25]! ^= 1;
        return sealed;
      },
    ],
    ['cut off', () => cipher.seal('tax-id', values[2], place('taxId', 2)).subarray(0, -1)],
  ];

  test.each(foreign)('%s', async (_what, make) => {
    const sealed = make();
    await store('tax_id', 2, sealed);
    const { status, body, text, headers } = await gateway.query(
      manager,
      '{ customers { nodes { customerId taxId } } others: customers { nodes { name } } }',
    );
    expect(status).toBe(200);
    expect(body.errors).toEqual([
      {
        message: 'A value that is stored encrypted cannot be read.',
        path: ['customers'],
        extensions: { code: 'ENCRYPTED_VALUE_UNREADABLE' },
      },
    ]);
    expect(body.data).toMatchObject({ customers: null, others: { nodes: [{}, {}, {}] } });
    // Neither the values, nor what is stored, nor which record it was.
    const told = text + logged.join('\n');
    for (const value of Object.values(values)) expect(told).not.toContain(JSON.stringify(value).slice(1, -1));
    if (sealed.length > 0) {
      expect(told).not.toContain(sealed.toString('hex'));
      expect(told).not.toContain(sealed.toString('base64'));
    }
    const requestId = headers.get('cordon-request-id');
    expect(logged.map((line) => JSON.parse(line) as object)).toEqual([
      {
        requestId,
        reason: 'a value of Customer.taxId does not open',
        message: 'a value that is stored encrypted cannot be read',
      },
      expect.objectContaining({ requestId, code: 'ENCRYPTED_VALUE_UNREADABLE', outcome: 'PARTIAL' }),
    ]);
  });

  test('and the ledger says so, and that nothing of it left', async () => {
    await store('tax_id', 1, randomBytes(60));
    const { status, body } = await asked();
    expect([status, body.data]).toEqual([500, { customers: null }]);
    const entry = (await gateway.entries()).at(-1)!;
    expect(entry.entry).toMatchObject({
      outcome: 'FAILED',
      code: 'ENCRYPTED_VALUE_UNREADABLE',
      reason: 'a value of Customer.taxId does not open',
      rows: 0,
    });
    expect(entry.given).toEqual([]);
  });

  test('nor is a value given that is none of the type of its field, whoever sealed it', async () => {
    for (const [field, value] of [
      ['rank', '1, "taxId": 2'],
      ['rank', '2147483648'],
      ['fee', '1e5'],
      ['since', '2026-02-30'],
      ['taxId', 'a\0b'],
    ] as const) {
      const [key, column] = field === 'taxId' ? ['tax-id', 'tax_id'] : ['margin', field];
      await store(column, 1, cipher.seal(key, value, place(field, 1)));
      const { body } = await gateway.query(manager, `{ customer(customerId: 1) { ${field} } }`);
      expect([field, value, body.data, body.errors?.[0]?.extensions.code]).toEqual([
        field,
        value,
        { customer: null },
        'ENCRYPTED_VALUE_UNREADABLE',
      ]);
      await store(column, 1, null);
    }
  });
});

test('after a rotation, what was encrypted by the old key is given as before; without that key it is not', async () => {
  const secrets = testSecrets(gateway.folder);
  const old = secrets.columns.get('tax-id')!.current;
  const started = async (keys: { current: Buffer; old: readonly Buffer[] }) => {
    const other = await startGateway(
      { ...gateway.config, ledgerFolder: `${gateway.config.ledgerFolder}-${randomBytes(4).toString('hex')}` },
      { ...secrets, columns: new Map([...secrets.columns, ['tax-id', keys]]) },
      log,
    );
    const token = await gateway.token(manager);
    const response = await fetch(`${other.address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: taxIds }),
    });
    const body = (await response.json()) as { data: { customers: { nodes: { taxId: string }[] } | null } };
    await other.close();
    return body.data.customers?.nodes.map(({ taxId }) => taxId) ?? null;
  };
  const current = randomBytes(32);
  const renewed = new ColumnCipher(new Map([['tax-id', { current, old: [] }]]));
  await store('tax_id', 1, renewed.seal('tax-id', values[1], place('taxId', 1)));
  expect(await started({ current, old: [old] })).toEqual(Object.values(values));
  expect(await started({ current, old: [] })).toBeNull();
});
