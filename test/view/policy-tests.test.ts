import { loadModel, type Model } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { checkPolicyTests, exposures } from '../../src/view/index.js';
import { catalog, table } from '../model/catalogs.js';

const customers = table(
  'public.customers',
  ['customer_id integer NOT NULL', 'rep text', 'region text', 'phone text', 'credit numeric', 'tax_id text'],
  { primaryKey: ['customer_id'] },
);
const sdl = `
type Customer @table(source: crm, schema: "public", name: "customers") @rows(by: rep, column: "rep") @rows(by: region, column: "region") {
  customerId: ID! @open
  phone: String @tradeSecret(class: contact)
  credit: Decimal @tradeSecret(class: pricing, mask: { bucket: "10" })
  taxId: String @tradeSecret(class: identity)
}
`;
const policy = `
classes:
  contact: { title: How to reach them }
  pricing: { title: What they pay, conditions: { agreement: nda }, aggregate: { min_group: 5, entity: Customer } }
  identity: { title: Tax numbers }
roles:
  clerk: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [contact], deny: [identity] }
  partial: { rows: all, clear: [{ contact: { rep: $subject } }] }
  seller: { rows: { rep: $subject }, clear: [contact, pricing] }
  regional: { rows: { region: [north] }, clear: [contact], mask: [pricing] }
  analyst: { rows: all, aggregate: [pricing] }
  blurred: { rows: all, mask: [pricing] }
  outsider: { rows: none }
`;

function model(tests = ''): Model {
  const read = parsePolicy(`${policy}${tests === '' ? '' : `tests:\n${tests}`}`, 'policy.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const loaded = loadModel({
    sdl: [{ file: 'customer.graphql', text: sdl }],
    policy: read.policy,
    catalogs: [catalog('crm', [customers])],
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.model;
}

const failures = (test: string): string[] =>
  checkPolicyTests(model(`  - ${test}\n`)).map(({ message }) => message);

it.each([
  // What is certain on every row: clear on some and masked on the others is masked.
  '{ as: clerk, sees: masked, field: Customer.phone }',
  '{ as: partial, sees: denied, field: Customer.phone }',
  '{ as: clerk, sees: denied, field: Customer.taxId }',
  '{ as: clerk, sees: hidden, field: Customer.credit }',
  '{ as: seller, sees: clear, field: Customer.credit }',
  '{ as: analyst, sees: aggregate, field: Customer.credit }',
  '{ as: outsider, sees: hidden, field: Customer.customerId }',
  // Nobody gives the field on all rows of both roles.
  '{ as: [seller, regional], sees: masked, field: Customer.credit }',
  '{ as: [seller, regional], sees: clear, field: Customer.phone }',
  '{ as: clerk, cannot: filter, field: Customer.phone }',
  '{ as: clerk, cannot: read, field: Customer.taxId }',
  '{ as: analyst, cannot: read, field: Customer.credit }',
  '{ as: analyst, cannot: group, field: Customer.credit }',
  // A mask is read; a sum beside it is no reading.
  '{ as: [analyst, blurred], sees: masked, field: Customer.credit }',
  // Whoever knows some of the values could subtract them.
  '{ as: [analyst, seller], cannot: aggregate, field: Customer.credit }',
  '{ as: clerk, cannot: aggregate, field: Customer.phone }',
  '{ as: outsider, cannot: read, field: Customer.customerId }',
])('holds: %s', (test) => {
  expect(failures(test)).toEqual([]);
});

it.each([
  [
    '{ as: clerk, sees: clear, field: Customer.phone }',
    'clerk is to see Customer.phone CLEAR; it is MASKED.',
  ],
  [
    '{ as: seller, sees: masked, field: Customer.credit }',
    'seller is to see Customer.credit MASKED; it is CLEAR.',
  ],
  [
    '{ as: clerk, cannot: read, field: Customer.phone }',
    'clerk is not to read Customer.phone; the policy gives it MASKED, with READ.',
  ],
  [
    '{ as: seller, cannot: sort, field: Customer.credit }',
    'seller is not to sort Customer.credit; the policy gives it CLEAR, with READ, FILTER, SORT, GROUP, AGGREGATE, RELATE.',
  ],
  [
    '{ as: analyst, cannot: aggregate, field: Customer.credit }',
    'analyst is not to aggregate Customer.credit; the policy gives it AGGREGATE, with AGGREGATE.',
  ],
  [
    '{ as: [analyst, seller], cannot: read, field: Customer.credit }',
    'analyst with seller is not to read Customer.credit; the policy gives it DENIED, with READ.',
  ],
])('fails, on its line: %s', (test, message) => {
  const line = policy.split('\n').length + 1;
  expect(checkPolicyTests(model(`  - ${test}\n`))).toEqual([
    expect.objectContaining({ file: 'policy.yaml', line, message }),
  ]);
});

it('the matrix has each decision with the rows it is for, and the conditions of what is clear', () => {
  const whole = model();
  const of = (role: string, coordinate: string) =>
    exposures(whole, [whole.policy.roles.get(role)!])
      .filter((each) => each.coordinate === coordinate)
      .map(({ decision, usages, rows, conditions }) => [
        decision,
        usages.join(' '),
        rows.length,
        conditions?.agreement,
      ]);
  expect(of('clerk', 'Customer.phone')).toEqual([
    ['CLEAR', 'READ', 1, null],
    ['MASKED', 'READ', 0, undefined],
  ]);
  expect(of('seller', 'Customer.credit')).toEqual([
    ['CLEAR', 'READ FILTER SORT GROUP AGGREGATE RELATE', 1, 'nda'],
  ]);
  expect(of('analyst', 'Customer.credit')).toEqual([['AGGREGATE', 'AGGREGATE', 0, undefined]]);
  expect(of('clerk', 'Customer.credit')).toEqual([['HIDDEN', '', 0, undefined]]);
});
