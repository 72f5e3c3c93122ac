import { getOperationAST, parse } from 'graphql';
import { decisionJson, decisionTable } from '../../src/cli/why-words.js';
import type { ClearanceVector } from '../../src/clearance/index.js';
import { defaultLimits } from '../../src/limits.js';
import { loadModel } from '../../src/model/index.js';
import { explainFields } from '../../src/plan/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { buildView } from '../../src/view/index.js';
import { catalog, table } from '../model/catalogs.js';

/** What `cordon why` says of everything that an operation uses, and not of what it selects alone. */

const tables = [
  table(
    'public.customer',
    ['id integer NOT NULL', 'rep text', 'region text', 'name text', 'credit numeric', 'tax bytea'],
    {
      primaryKey: ['id'],
    },
  ),
  table('public.orders', ['order_id integer NOT NULL', 'customer_id integer', 'total numeric'], {
    primaryKey: ['order_id'],
  }),
];
const sdl = `
type Customer @table(source: crm, name: "customer") @rows(by: rep, column: "rep") {
  id: ID! @open
  region: String @open(dimension: true)
  name: String @tradeSecret(class: relationship, mask: { partial: { keepStart: 1 } })
  credit: Decimal @tradeSecret(class: pricing, mask: { bucket: "100" })
  tax: String @tradeSecret(class: identity) @encrypted(key: "tax-id")
  orders: [Order!]! @relation(from: ["id"], to: ["customer_id"]) @tradeSecret(class: trade)
}
type Order @table(source: crm, name: "orders") @rows(by: rep, via: "customer") {
  orderId: ID! @open
  total: Decimal @tradeSecret(class: pricing)
  customer: Customer @relation(from: ["customer_id"], to: ["id"]) @open
}
`;
const policyText = `
classes:
  relationship: { title: Who they are, masked_use: true }
  pricing: { title: What they pay, conditions: { agreement: nda }, aggregate: { min_group: 5, entity: Customer } }
  identity: { title: Tax numbers }
  trade: { title: That they buy, conditions: { training: secrets }, otherwise: deny }
roles:
  seller: { rows: all, clear: [{ relationship: { rep: $subject } }, pricing, identity, trade], mask: [relationship] }
  analyst: { rows: all, aggregate: [pricing], mask: [relationship, identity] }
`;

const parsed = parsePolicy(policyText, 'policy.yaml');
if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
const loaded = loadModel({
  sdl: [{ file: 'a.graphql', text: sdl }],
  policy: parsed.policy,
  catalogs: [catalog('crm', tables)],
  encryptionKeys: ['tax-id'],
});
if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
const { model } = loaded;

const met = { met: true, grantors: null } as const;
const cleared: ClearanceVector = new Map([
  ['pricing', met],
  ['trade', met],
]);

function explain(role: string, source: string, vector = cleared, variables = {}) {
  const view = buildView(model, [role], ['read:*'], '1');
  const document = parse(source);
  const definition = getOperationAST(document)!;
  return explainFields({
    view,
    policy: model.policy,
    document,
    definition,
    variables,
    vector,
    limits: defaultLimits,
  });
}

/** Lines as they are printed, one space between columns. */
const lines = (...asked: Parameters<typeof explain>): string[] =>
  decisionTable(explain(...asked), Infinity)
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll(/ {2,}/g, ' ').trim());

test('plain aggregates: the function, the field, and what it acts on', () => {
  expect(
    lines('seller', '{ customers { aggregate { count s: sum { c: credit } max { region } } } }'),
  ).toEqual([
    'customers.aggregate.s.c Customer.credit pricing CLEAR all sum',
    'customers.aggregate.max.region Customer.region open CLEAR all max',
  ]);
});

test('guarded aggregates: how large a group has to be, and of what', () => {
  const document = '{ customers { groupBy(by: [REGION]) { keys { region } aggregate { avg { credit } } } } }';
  expect(lines('analyst', document)).toEqual([
    'customers.groupBy(by) Customer.region open CLEAR all group by the value',
    'customers.groupBy.keys.region Customer.region open CLEAR all group by the value',
    'customers.groupBy.aggregate.avg.credit Customer.credit pricing AGGREGATE all avg, rounded, groups of 5 or more of Customer, none with over 80 % of a group; others are null: GROUP_TOO_SMALL',
  ]);
  expect(decisionJson(explain('analyst', document)[2]!)).toMatchObject({
    usage: 'AGGREGATE',
    compute: 'avg',
    decision: 'AGGREGATE',
    groups: { minGroup: 5, entity: 'Customer' },
    unmet: null,
  });
});

test('groups of what is read masked', () => {
  expect(lines('seller', '{ customers { groupBy(by: [NAME]) { keys { name } } } }')).toEqual([
    'customers.groupBy(by) Customer.name relationship BY_ROW all group by what is read, clear on rep = $subject, mask partial(keepStart: 1, keepEnd: 0), ROWS_LIMITED',
    'customers.groupBy.keys.name Customer.name relationship BY_ROW all group by what is read, clear on rep = $subject, mask partial(keepStart: 1, keepEnd: 0), ROWS_LIMITED',
  ]);
});

test('filters and orders, and the relations that they go through', () => {
  const document = `query ($where: OrderWhere) {
    orders(where: $where, orderBy: [{ customer: { name: ASC } }]) { nodes { orderId customer { id } } }
  }`;
  const where = {
    and: [
      { total: { gt: '5' } },
      { not: { total: { isNull: true } } },
      { customer: { region: { eq: 'n' } } },
    ],
  };
  expect(lines('seller', document, cleared, { where })).toEqual([
    'orders(where) Order.total pricing CLEAR all filter by the value',
    'orders(where) Order.customer open CLEAR all',
    'orders(where) Customer.region open CLEAR all filter by the value',
    'orders(orderBy) Order.customer open CLEAR all',
    'orders(orderBy) Customer.name relationship BY_ROW all sort by what is read, clear on rep = $subject, mask partial(keepStart: 1, keepEnd: 0), ROWS_LIMITED',
    'orders.nodes.orderId Order.orderId open CLEAR all',
    'orders.nodes.customer Order.customer open CLEAR all',
    'orders.nodes.customer.id Customer.id open CLEAR all',
  ]);
});

test('the condition that is not met, wherever a field is used', () => {
  const unmet: ClearanceVector = new Map([
    ['pricing', { met: false, code: 'AGREEMENT_REQUIRED' }],
    ['trade', { met: false, code: 'TRAINING_REQUIRED' }],
  ]);
  const document = `{
    customers(where: { credit: { gt: "1" }, orders: { some: { total: { gt: "1" } } } }, orderBy: [{ credit: ASC }]) {
      nodes { orders { aggregate { sum { total } } } }
      groupBy(by: [CREDIT]) { aggregate { count } }
    }
  }`;
  expect(lines('seller', document, unmet)).toEqual([
    'customers(where) Customer.credit pricing REFUSED all filter by the value, AGREEMENT_REQUIRED',
    'customers(where) Customer.orders trade REFUSED all TRAINING_REQUIRED',
    'customers(where) Order.total pricing REFUSED all filter by the value, AGREEMENT_REQUIRED',
    'customers(orderBy) Customer.credit pricing REFUSED all sort by the value, AGREEMENT_REQUIRED',
    'customers.nodes.orders Customer.orders trade DENIED all TRAINING_REQUIRED',
    'customers.nodes.orders.aggregate.sum.total Order.total pricing REFUSED all sum, AGREEMENT_REQUIRED',
    'customers.groupBy(by) Customer.credit pricing REFUSED all group by the value, AGREEMENT_REQUIRED',
  ]);
});

test('what is stored encrypted is opened for who is cleared, and not read for others', () => {
  const document = '{ customers { nodes { tax } } }';
  expect(lines('seller', document)).toEqual([
    'customers.nodes.tax Customer.tax identity CLEAR all encrypted with tax-id, opened in the gateway',
  ]);
  expect(lines('analyst', document)).toEqual([
    'customers.nodes.tax Customer.tax identity MASKED all mask redact, encrypted with tax-id, not read',
  ]);
});
