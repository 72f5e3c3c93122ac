import { findEntity, loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { catalog, table } from './catalogs.js';

/** How records are told apart by an entity that relations lead to. */

const tables = {
  crm: [table('public.customer', ['customer_id integer NOT NULL'], { primaryKey: ['customer_id'] })],
  sales: [
    table(
      'public.orders',
      ['order_id integer NOT NULL', 'customer_id integer', 'bill_to integer', 'code numeric'],
      {
        primaryKey: ['order_id'],
      },
    ),
    table(
      'public.line',
      [
        'line_id integer NOT NULL',
        'order_id integer',
        'parent_id integer',
        'customer_id integer',
        'price numeric',
      ],
      { primaryKey: ['line_id'] },
    ),
    table(
      'public.note',
      ['note_id integer NOT NULL', 'line_id integer', 'order_id integer', 'weight numeric'],
      {
        primaryKey: ['note_id'],
      },
    ),
    table('public.coded', ['code numeric NOT NULL'], { primaryKey: ['code'] }),
  ],
};
const policyText = `classes:
  pricing: { title: Prices, aggregate: { min_group: 5, entity: Customer } }
roles:
  analyst: { rows: all, aggregate: [pricing] }
`;
const to = (name: string, target: string, column: string, there = column): string =>
  `${name}: ${target} @relation(from: ["${column}"], to: ["${there}"])`;

/** @param relations of orders, lines and notes */
function load(orders: string, lines: string, notes: string) {
  const parsed = parsePolicy(policyText, 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const type = (name: string, source: string, of: string, fields: string) =>
    `type ${name} @table(source: ${source}, schema: "public", name: "${of}") @open { ${fields} }`;
  const text = [
    type('Customer', 'crm', 'customer', 'customerId: ID!'),
    type('Order', 'sales', 'orders', `orderId: ID! ${orders}`),
    type('Line', 'sales', 'line', `lineId: ID! price: Decimal @tradeSecret(class: pricing) ${lines}`),
    type('Note', 'sales', 'note', `noteId: ID! weight: Decimal @tradeSecret(class: pricing) ${notes}`),
    type('Coded', 'sales', 'coded', 'code: Decimal! @open'),
  ].join('\n');
  return loadModel({
    sdl: [{ file: 'a.graphql', text }],
    policy: parsed.policy,
    catalogs: Object.entries(tables).map(([name, each]) => catalog(name, each)),
  });
}

/** `order → customer_id`: the way from notes to an entity, or why there is none. */
function wayOf(orders: string, lines: string, notes: string, entity = 'Customer'): string {
  const loaded = load(orders, lines, notes);
  if ('problems' in loaded) return loaded.problems.map(({ code }) => code).join(' ');
  const { types } = loaded.model;
  const found = findEntity(types.get('Note')!, entity, types);
  if (found.kind !== 'way') return found.kind;
  const { through, columns } = found.way;
  return [...through.map(({ name }) => name), columns.map(({ name }) => name).join('+')].join(' → ');
}

const order = to('order', 'Order', 'order_id');
const line = to('line', 'Line', 'line_id');
const customer = to('customer', 'Customer', 'customer_id');

test.each<[what: string, orders: string, lines: string, notes: string, way: string]>([
  ['the shortest way is taken', customer, order, `${line} ${order}`, 'order → customer_id'],
  ['over as many relations as it takes', customer, order, line, 'line → order → customer_id'],
  ['whose last may lead into another source', customer, customer, line, 'line → customer_id'],
  [
    'the same joins by other names are one way',
    `${customer} again: Customer @relation(from: ["customer_id"], to: ["customer_id"])`,
    '',
    order,
    'order → customer_id',
  ],
  [
    'relations in circles lead nowhere',
    customer,
    `${order} ${to('parent', 'Line', 'parent_id', 'line_id')}`,
    line,
    'line → order → customer_id',
  ],
  [
    'two ways alike are a problem',
    `${customer} ${to('billTo', 'Customer', 'bill_to', 'customer_id')}`,
    '',
    order,
    'AGGREGATE_AMBIGUOUS',
  ],
  ['two ways over different types are, too', customer, customer, `${line} ${order}`, 'AGGREGATE_AMBIGUOUS'],
  [
    'relations to many are no way',
    '',
    customer,
    `order: Order @relation(from: ["order_id"], to: ["order_id"]) lines: [Line!]! @relation(from: ["note_id"], to: ["parent_id"])`,
    'none',
  ],
])('%s', (_what, orders, lines, notes, way) => {
  expect(wayOf(orders, lines, notes)).toBe(way);
});

test('a type that is the entity is told by its key, and one by columns of many texts is not told', () => {
  expect(wayOf(customer, customer, order, 'Note')).toBe('note_id');
  expect(wayOf(`${customer} ${to('coded', 'Coded', 'code')}`, customer, order, 'Coded')).toBe('none');
});

test('a problem of ways names both, the field and the mend', () => {
  const loaded = load(`${customer} ${to('billTo', 'Customer', 'bill_to', 'customer_id')}`, customer, order);
  expect('problems' in loaded && loaded.problems).toEqual([
    {
      file: 'policy.yaml',
      line: 2,
      code: 'AGGREGATE_AMBIGUOUS',
      message:
        'Note.weight is of pricing, whose aggregates count Customer, and from Note one is reached by "order.customer" and by "order.billTo": leave one of these relations out of the schema, or mark the field with a class of another entity.',
    },
  ]);
});

test('what is not offered though its class may be aggregated is noted', () => {
  const loaded = load('', customer, order);
  expect('problems' in loaded || loaded.notes.filter(({ code }) => code.startsWith('AGGREGATE'))).toEqual([
    {
      file: 'policy.yaml',
      line: 2,
      code: 'AGGREGATE_NOT_OFFERED',
      message:
        'Not aggregated, since no relations to one lead from there to Customer, the entity of pricing: Note.weight.',
    },
  ]);
});
