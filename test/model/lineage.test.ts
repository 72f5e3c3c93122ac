import type { Lineage } from '../../src/catalog/index.js';
import { columnId } from '../../src/catalog/index.js';
import { loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { catalog, table } from './catalogs.js';

/** Types over the views of a database: what they give is as secret as what is behind it. */

const columns = ['id integer NOT NULL', 'name text', 'credit numeric'];
const tables = ['customer', 'reach', 'sum'].map((name) =>
  table(`public.${name}`, columns, { primaryKey: ['id'] }),
);
const column = (name: string) => ({
  schema: 'public',
  table: name.split('.')[0]!,
  column: name.split('.')[1]!,
});
/** View → column → the columns behind it. */
const views = (written: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): Lineage =>
  Object.entries(written).map(([name, behind]) => ({
    schema: 'public',
    table: name,
    kind: 'view',
    parent: null,
    columns: new Map(Object.entries(behind).map(([key, names]) => [key, names.map(column)])),
  }));

const type = (name: string, bound: string, ...fields: readonly string[]) =>
  `type ${name} @table(source: crm, name: "${bound}") { id: ID! @open ${fields.join(' ')} }`;
const pricing = '@tradeSecret(class: pricing, mask: { bucket: "100" })';

function warnings(lineage: Lineage, types: readonly string[], readable: readonly string[] = []): string[] {
  const parsed = parsePolicy(
    'classes: { pricing: { title: Prices }, contact: { title: Contacts } }\nroles: { all: { rows: all, clear: [pricing, contact] } }\n',
    'policy.yaml',
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const ids = readable.map(column).map((each) => columnId(each.schema, each.table, each.column));
  const loaded = loadModel({
    sdl: [{ file: 'a.graphql', text: types.join('\n') }],
    policy: parsed.policy,
    catalogs: [catalog('crm', tables)],
    lineages: [{ source: 'crm', lineage, readable: new Set(ids) }],
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.warnings.flatMap(({ code, line, message }) =>
    code.startsWith('SECRET_') ? [`${line} ${message.replace(/\. .*/, '')}`] : [],
  );
}

const reach = views({ reach: { id: ['customer.id'], credit: ['customer.credit'] } });
const secretCustomer = type('Customer', 'customer', `credit: Decimal ${pricing}`);

test.each([
  ['an open field', '@open', 'gives it to everyone'],
  ['another class', '@tradeSecret(class: contact, mask: { bucket: "100" })', 'marks it contact'],
  [
    'another mask',
    '@tradeSecret(class: pricing, mask: { round: 2 })',
    'masks it by round rather than by bucket',
  ],
  ['a finer mask', '@tradeSecret(class: pricing, mask: { bucket: "1" })', 'masks it by another bucket'],
])('%s over a view of a secret column is told with its path', (_, mark, weakness) => {
  expect(warnings(reach, [secretCustomer, type('Reach', 'reach', `credit: Decimal ${mark}`)])).toEqual([
    `2 reach.credit comes from customer.credit, which Customer.credit marks pricing; Reach.credit ${weakness}`,
  ]);
});

test.each([
  ['the same mark', pricing],
  ['a mask that tells nothing', '@tradeSecret(class: pricing)'],
])('%s is as it should be', (_, mark) => {
  expect(warnings(reach, [secretCustomer, type('Reach', 'reach', `credit: Decimal ${mark}`)])).toEqual([]);
});

test('views over views are followed, and so are two views of a table that no type is bound to', () => {
  const twice = views({
    reach: { credit: ['customer.credit'] },
    sum: { credit: ['customer.credit', 'customer.name'], name: ['customer.name'] },
  });
  const types = [
    type('Reach', 'reach', `credit: Decimal ${pricing}`),
    type('Sum', 'sum', 'credit: Decimal @open name: String @open'),
  ];
  expect(warnings(twice, types)).toEqual([
    '2 sum.credit comes from customer.credit, which Reach.credit marks pricing; Sum.credit gives it to everyone',
  ]);
});

test('a table that is open while a view of it is secret', () => {
  const types = [
    type('Customer', 'customer', 'credit: Decimal @open'),
    type('Reach', 'reach', `credit: Decimal ${pricing}`),
  ];
  expect(warnings(reach, types)).toEqual([
    '1 reach.credit, which Reach.credit marks pricing, comes from customer.credit; Customer.credit gives it to everyone',
  ]);
});

test('a view that no type is bound to matters where the role may read it', () => {
  expect(warnings(reach, [secretCustomer])).toEqual([]);
  expect(warnings(reach, [secretCustomer], ['reach.id'])).toEqual([]);
  expect(warnings(reach, [secretCustomer], ['reach.credit'])).toEqual([
    '1 reach.credit comes from customer.credit, which Customer.credit marks pricing',
  ]);
});
