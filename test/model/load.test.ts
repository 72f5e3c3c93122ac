import { sha256 } from '../../src/base/index.js';
import { loadModel, type Model } from '../../src/model/index.js';
import { parsePolicy, type Policy } from '../../src/policy/index.js';
import { catalog, references, table } from './catalogs.js';

const accounts = table('crm.accounts', ['account_id integer NOT NULL', 'name text NOT NULL'], {
  primaryKey: ['account_id'],
});
const customers = table(
  'crm.customers',
  [
    'customer_id bigint NOT NULL',
    'account_id integer NOT NULL',
    'region enum crm.region: north, far south NOT NULL',
    'name text NOT NULL',
    'phone_number character varying(80)',
    'credit_limit numeric',
    'support_rep text',
  ],
  {
    primaryKey: ['customer_id'],
    foreignKeys: [references(['account_id'], 'crm.accounts', ['account_id'])],
  },
);
const orders = table(
  'public.orders',
  [
    'tenant integer NOT NULL',
    'number integer NOT NULL',
    'customer_id bigint',
    'placed_at timestamp with time zone',
  ],
  { primaryKey: ['tenant', 'number'] },
);

const catalogs = [catalog('crm', [accounts, customers]), catalog('sales', [orders])];

const accountSdl = `"Who buys."
type Account @table(source: crm, schema: "crm", name: "accounts") @rows(by: account, column: "account_id") @open {
  accountId: ID!
  name: String! @tradeSecret(class: relationship)
  customers: [Customer!]! @relation(from: ["account_id"], to: ["account_id"], list: true)
}
`;
const customerSdl = `enum Region { north FAR_SOUTH }

type Customer
  @table(source: crm, schema: "crm", name: "customers", key: ["customer_id"])
  @rows(by: account, via: "account")
  @rows(by: rep, column: "support_rep")
  @tradeSecret(class: relationship) {
  customerId: ID! @open
  region: Region! @open(dimension: true, because: "on the web site")
  "As on the contract."
  name: String! @tradeSecret(class: relationship, mask: { partial: { keepStart: 1 } })
  phone: String @column(name: "phone_number") @tradeSecret(class: contact)
  creditLimit: Decimal @tradeSecret(class: pricing, mask: { bucket: "10000" })
  account: Account! @relation(from: ["account_id"], to: ["account_id"]) @open
  orders: [Order!]! @relation(from: ["customer_id"], to: ["customer_id"])
}
`;
const orderSdl = `type Order @table(source: sales, name: "orders", plural: "allOrders") @rows(shared: true) @open {
  tenant: Int!
  number: Int!
  placedAt: DateTime @tradeSecret(class: pricing, mask: { dateTrunc: YEAR })
  customer: Customer @relation(from: ["customer_id"], to: ["customer_id"])
}
`;
const sdl = [
  { file: 'customer.graphql', text: customerSdl },
  { file: 'account.graphql', text: accountSdl },
  { file: 'order.graphql', text: orderSdl },
  { file: 'empty.graphql', text: '# nothing yet\n' },
];

const policy: Policy = policyOf(`classes:
  relationship: { title: Who our customers are }
  contact: { title: Whom to ask }
  pricing: { title: What they pay }
roles:
  partner: { rows: { account: $claims.accounts }, clear: [relationship] }
  support: { rows: { rep: $subject }, mask: [contact] }
`);

function policyOf(text: string): Policy {
  const result = parsePolicy(text, 'policy.yaml');
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

function loaded(): Model {
  const result = loadModel({ sdl, policy, catalogs });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 1));
  expect(result.warnings).toEqual([]);
  return result.model;
}

test('a schema that fits its policy and catalogues becomes a model', () => {
  const model = loaded();
  const column = (of: typeof customers, name: string) => of.columns.get(name)!;
  const open = { kind: 'open', dimension: false, because: null };
  const secret = (secretClass: string, mask: object) => ({
    kind: 'secret',
    secretClass,
    mask,
    nulls: 'hide',
  });
  const account = model.types.get('Account')!;
  const customer = model.types.get('Customer')!;
  const order = model.types.get('Order')!;

  expect([...model.types.keys()]).toEqual(['Customer', 'Account', 'Order']);
  expect(model.sources).toEqual(['crm', 'sales']);
  expect(model.policy).toBe(policy);
  expect(model.enums).toEqual(
    new Map([
      [
        'Region',
        {
          name: 'Region',
          description: null,
          values: new Map([
            ['north', 'north'],
            ['FAR_SOUTH', 'far south'],
          ]),
        },
      ],
    ]),
  );
  expect(account).toEqual({
    name: 'Account',
    description: 'Who buys.',
    source: 'crm',
    schema: 'crm',
    table: 'accounts',
    single: 'account',
    plural: 'accounts',
    key: [column(accounts, 'account_id')],
    keyFields: [account.fields.get('accountId')],
    keyNulls: [],
    keyBecause: null,
    typeClass: null,
    rows: [{ kind: 'column', by: 'account', column: column(accounts, 'account_id') }],
    fields: new Map<string, unknown>([
      [
        'accountId',
        {
          kind: 'column',
          name: 'accountId',
          coordinate: 'Account.accountId',
          description: null,
          mark: open,
          column: column(accounts, 'account_id'),
          type: { kind: 'scalar', name: 'ID' },
          lists: 0,
          nonNull: true,
        },
      ],
      [
        'name',
        {
          kind: 'column',
          name: 'name',
          coordinate: 'Account.name',
          description: null,
          mark: secret('relationship', { name: 'redact' }),
          column: column(accounts, 'name'),
          type: { kind: 'scalar', name: 'String' },
          lists: 0,
          nonNull: true,
        },
      ],
      [
        'customers',
        {
          kind: 'relation',
          name: 'customers',
          coordinate: 'Account.customers',
          description: null,
          mark: open,
          target: 'Customer',
          many: true,
          list: true,
          from: [column(accounts, 'account_id')],
          to: [column(customers, 'account_id')],
          through: null,
          crossSource: false,
          guaranteed: false,
        },
      ],
    ]),
  });

  expect(customer).toMatchObject({
    key: [column(customers, 'customer_id')],
    keyFields: [customer.fields.get('customerId')],
    typeClass: 'relationship',
  });
  expect(customer.rows).toEqual([
    {
      kind: 'via',
      by: 'account',
      relation: customer.fields.get('account'),
      through: { schema: 'crm', table: 'accounts', bindings: account.rows },
    },
    { kind: 'column', by: 'rep', column: column(customers, 'support_rep') },
  ]);
  expect(customer.fields.get('region')).toMatchObject({
    mark: { kind: 'open', dimension: true, because: 'on the web site' },
    type: { kind: 'enum', name: 'Region' },
  });
  expect(customer.fields.get('name')).toMatchObject({
    description: 'As on the contract.',
    mark: secret('relationship', { name: 'partial', keepStart: 1, keepEnd: 0 }),
  });
  expect(customer.fields.get('phone')).toMatchObject({
    column: column(customers, 'phone_number'),
    mark: secret('contact', { name: 'redact' }),
    nonNull: false,
  });
  expect(customer.fields.get('creditLimit')).toMatchObject({
    mark: secret('pricing', { name: 'bucket', width: '10000' }),
  });
  expect(customer.fields.get('account')).toMatchObject({ many: false, guaranteed: true, mark: open });
  expect(customer.fields.get('orders')).toMatchObject({
    many: true,
    list: false,
    crossSource: true,
    mark: secret('relationship', { name: 'nullify' }),
  });

  expect(order).toMatchObject({
    schema: 'public',
    plural: 'allOrders',
    rows: [{ kind: 'shared', by: null }],
  });
  expect(order.keyFields.map(({ name }) => name)).toEqual(['tenant', 'number']);
  expect(order.fields.get('customer')).toMatchObject({ many: false, guaranteed: false, crossSource: true });
});

test('a model names its SDL by one text, whatever the order of the files', () => {
  const model = loaded();
  expect(model.sdl).toBe(
    `# account.graphql\n${accountSdl}\n\n# customer.graphql\n${customerSdl}\n\n# empty.graphql\n# nothing yet\n\n\n# order.graphql\n${orderSdl}\n`,
  );
  expect(model.version).toEqual(sha256(model.sdl));
  const turned = loadModel({ sdl: sdl.toReversed(), policy, catalogs });
  expect('model' in turned && turned.model.version).toEqual(model.version);
});

test('nothing in a model can be changed', () => {
  const model = loaded();
  const customer = model.types.get('Customer')!;
  const changes: readonly (() => void)[] = [
    () => Object.assign(model, { sdl: '' }),
    () => (model.types as Map<string, unknown>).delete('Customer'),
    () => (customer.fields as Map<string, unknown>).set('name', customer.fields.get('customerId')),
    () => (customer.fields as Map<string, unknown>).clear(),
    () => (customer.key as unknown[]).pop(),
    () => Object.assign(customer.fields.get('name')!.mark, { kind: 'open' }),
    () => (model.policy.roles.get('partner')!.classes as Map<string, unknown>).clear(),
    () => Object.assign(model.policy.roles.get('partner')!.rows, { kind: 'all' }),
  ];
  for (const change of changes) expect(change).toThrow(TypeError);
});

test.each([
  ['creditLimit', 'credit_limit'],
  ['customer_id', 'customer_id'],
  ['line2', 'line2'],
  ['taxID', 'tax_id'],
  ['_id', '_id'],
  ['Name', 'name'],
])('the column of %s is %s unless @column names it', (field, column) => {
  const { model } = loadOne(
    `type Thing @table(source: crm, name: "things") @open { key: ID! ${field}: String }`,
    [`${column} text`],
  );
  expect(model.types.get('Thing')!.fields.get(field)).toMatchObject({ column: { name: column } });
});

test.each([
  ['Customer', 'customer', 'customers'],
  ['OrderLine', 'orderLine', 'orderLines'],
  ['Company', 'company', 'companies'],
  ['SalesPerson', 'salesPerson', 'salesPeople'],
  ['APIKey', 'apiKey', 'apiKeys'],
])('the root fields of %s are %s and %s', (type, single, plural) => {
  const { model } = loadOne(`type ${type} @table(source: crm, name: "things") @open { key: ID! }`);
  expect(model.types.get(type)).toMatchObject({ single, plural });
});

test('what is behind a relation may be shared with everyone', () => {
  const { model } = loadOne(`
    type Thing @table(source: crm, name: "things") @rows(by: account, via: "other") @open {
      key: ID!
      other: Other @relation(from: ["key"], to: ["key"])
    }
    type Other @table(source: crm, name: "things") @rows(shared: true) @open { key: ID! }`);
  expect(model.types.get('Thing')!.rows).toMatchObject([
    { kind: 'via', through: { table: 'things', bindings: [{ kind: 'shared', by: null }] } },
  ]);
});

test('what a relation leads through is followed to its end', () => {
  const leads = (name: string, to: string) =>
    `type ${name} @table(source: crm, name: "things") @rows(by: account, via: "next") @open {
      key: ID! next: ${to} @relation(from: ["key"], to: ["key"]) }`;
  const end =
    'type Three @table(source: crm, name: "things") @rows(by: account, column: "key") @open { key: ID! }';
  const { model } = loadOne([leads('One', 'Two'), leads('Two', 'Three'), end].join('\n'));
  expect(model.types.get('One')!.rows).toMatchObject([
    {
      through: {
        bindings: [{ kind: 'via', through: { bindings: [{ kind: 'column', column: { name: 'key' } }] } }],
      },
    },
  ]);
});

test('the key may be open while a second field of the same column has another name', () => {
  const { model } = loadOne(
    'type Thing @table(source: crm, name: "things") @open { number: ID! @column(name: "key") key: Int! }',
  );
  expect(model.types.get('Thing')!.keyFields.map(({ name }) => name)).toEqual(['number']);
});

function loadOne(text: string, columns: readonly string[] = []) {
  const things = table('public.things', ['key integer NOT NULL', ...columns], { primaryKey: ['key'] });
  const result = loadModel({
    sdl: [{ file: 'a.graphql', text }],
    policy,
    catalogs: [catalog('crm', [things])],
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 1));
  return result;
}
