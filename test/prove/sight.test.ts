import {
  assertTwins,
  makeTwins,
  seededRandom,
  tableKey,
  TwinsDifferError,
  type DataRow,
  type Dataset,
  type ProveCaller,
} from '../../src/prove/index.js';
import { shop } from '../support/deployments.js';
import { groundFrom, type TestGround } from './grounds.js';

/**
 * What some callers of the shop may see, said once more by hand: a change of a single cell, and whether it can be told.
 */

let ground: TestGround;
beforeAll(async () => {
  ground = await groundFrom(shop.sources, shop.sdl, shop.policy);
});
afterAll(() => ground.dispose());

const account = tableKey('crm', 'public', 'account');
const customer = tableKey('crm', 'public', 'customer');
const orders = tableKey('sales', 'public', 'orders');
const line = tableKey('sales', 'public', 'line');

const stored: Dataset = {
  tables: new Map<string, readonly DataRow[]>([
    [
      account,
      [
        { account_id: '1', name: 'North' },
        { account_id: '2', name: 'South' },
      ],
    ],
    [
      customer,
      [
        {
          customer_id: '1',
          account_id: '1',
          rep: '3',
          name: 'Acme',
          email: 'buy@acme.example',
          credit: '5000.50',
          tax_id: 'TAX-1',
        },
        {
          customer_id: '2',
          account_id: '2',
          rep: '4',
          name: 'Bolt',
          email: null,
          credit: null,
          tax_id: null,
        },
        ...['3', '4', '5'].map((id) => ({
          customer_id: id,
          account_id: '2',
          rep: null,
          name: `Customer ${id}`,
          email: null,
          credit: `${id}10.00`,
          tax_id: null,
        })),
      ],
    ],
    [
      orders,
      [
        {
          order_id: '10',
          customer_id: '1',
          account_id: '1',
          placed: '2026-01-05 10:00:00+00',
          total: '100.10',
        },
        {
          order_id: '11',
          customer_id: '2',
          account_id: '2',
          placed: '2026-01-06 10:00:00+00',
          total: '250.00',
        },
      ],
    ],
    [line, [{ order_id: '11', line_no: '1', product: 'Nut', price: '1.50' }]],
  ]),
};

/** The same with some cells of one row changed. */
function changing(table: string, at: number, cells: DataRow): Dataset {
  const rows = stored.tables.get(table)!;
  return { tables: new Map([...stored.tables, [table, rows.with(at, { ...rows[at]!, ...cells })]]) };
}
const without = (table: string, at: number): Dataset => ({
  tables: new Map([...stored.tables, [table, stored.tables.get(table)!.toSpliced(at, 1)]]),
});

const caller = (roles: readonly string[], more: Partial<ProveCaller> = {}): ProveCaller => ({
  name: roles.join(),
  roles,
  subject: '3',
  organisation: 'prove',
  claims: { accounts: ['1'] },
  conditionsMet: true,
  purpose: null,
  ...more,
});
const manager = caller(['manager'], { purpose: 'audit-tax' });
const managerInPassing = caller(['manager']);
const support = caller(['support']);
const masked = caller(['masked']);
const partner = caller(['partner']);
const regional = caller(['regional']);
const browser = caller(['browser']);

const [acme, bolt] = [0, 1];

test.each<[string, ProveCaller, Dataset, 'sees' | 'does not see']>([
  ['the manager and a price', manager, changing(customer, acme, { credit: '5000.51' }), 'sees'],
  [
    'the manager and a column that is in no field',
    manager,
    changing(customer, acme, { rep: '5' }),
    'does not see',
  ],
  [
    'a manager for their purpose and a tax number',
    manager,
    changing(customer, acme, { tax_id: 'TAX-9' }),
    'sees',
  ],
  [
    'a manager without one and a tax number',
    managerInPassing,
    changing(customer, acme, { tax_id: 'TAX-9' }),
    'does not see',
  ],
  [
    'a manager whose conditions are unmet and a tax number',
    { ...manager, conditionsMet: false },
    changing(customer, acme, { tax_id: 'X' }),
    'does not see',
  ],
  ['support and a price that is denied', support, changing(customer, acme, { credit: null }), 'does not see'],
  [
    'support and a name whose pseudonym is another',
    support,
    changing(customer, acme, { name: 'Other' }),
    'sees',
  ],
  [
    'support and an address of a customer in their care',
    support,
    changing(customer, acme, { email: 'sell@acme.example' }),
    'sees',
  ],
  [
    'support and an address of another, masked alike',
    support,
    changing(customer, bolt, { email: 'x@y.example' }),
    'does not see',
  ],
  ['support and whose care a customer is in', support, changing(customer, bolt, { rep: '3' }), 'sees'],
  [
    'support and in whose care of others a customer is',
    support,
    changing(customer, bolt, { rep: '5' }),
    'does not see',
  ],
  [
    'masks and a price in the same bucket',
    masked,
    changing(customer, acme, { credit: '5999.99' }),
    'does not see',
  ],
  ['masks and a price in another', masked, changing(customer, acme, { credit: '6000.00' }), 'sees'],
  [
    'masks and whether there is a price, which a bucket shows',
    masked,
    changing(customer, acme, { credit: null }),
    'sees',
  ],
  ['masks and a number that is nullified', masked, changing(line, 0, { price: '2.00' }), 'does not see'],
  ['a partner and a name of their own', partner, changing(customer, acme, { name: 'Other' }), 'sees'],
  ['a partner and a name of others', partner, changing(customer, bolt, { name: 'Other' }), 'does not see'],
  [
    'a partner and a price of their own, which is hidden',
    partner,
    changing(customer, acme, { credit: '1.00' }),
    'does not see',
  ],
  ['a partner and whether others are there', partner, without(customer, bolt), 'does not see'],
  ['a partner and whether one of their own is', partner, without(customer, acme), 'sees'],
  [
    'a partner and a customer who becomes theirs',
    partner,
    changing(customer, bolt, { account_id: '1' }),
    'sees',
  ],
  [
    'a partner and lines of orders of others',
    partner,
    changing(line, 0, { product: 'Bolt' }),
    'does not see',
  ],
  [
    'a partner and an order by which a line becomes theirs',
    partner,
    changing(orders, 1, { account_id: '1' }),
    'sees',
  ],
  ['a region and a price of its own', regional, changing(customer, acme, { credit: '1.00' }), 'sees'],
  ['a region and a price of another', regional, changing(customer, bolt, { credit: '1.00' }), 'does not see'],
  ['who browses and which order is whose', browser, changing(orders, 1, { customer_id: '1' }), 'sees'],
  // One role gives the rows and the other the prices, and none gives both.
  [
    'two roles and a price on rows of the other',
    caller(['browser', 'regional']),
    changing(customer, bolt, { credit: '1.00' }),
    'does not see',
  ],
  [
    'two roles and a price where one gives both',
    caller(['browser', 'regional']),
    changing(customer, acme, { credit: '1.00' }),
    'sees',
  ],
])('%s', (_name, who, changed, expected) => {
  const check = () => assertTwins(ground.model, who, stored, changed);
  if (expected === 'sees') expect(check).toThrow(TwinsDifferError);
  else check();
});

describe('sums of guarded prices', () => {
  const policy = shop.policy.replace(
    'browser: {',
    'counter: { rows: all, aggregate: [pricing] }\n  browser: {',
  );
  const counter = caller(['counter']);
  let guarded: TestGround;
  beforeAll(async () => {
    guarded = await groundFrom(shop.sources, shop.sdl, policy);
  });
  afterAll(() => guarded.dispose());

  test('tell no exchange among entities of one group, and every other change', () => {
    const rows = stored.tables.get(customer)!;
    const exchanged = rows
      .with(2, { ...rows[2]!, credit: rows[3]!.credit! })
      .with(3, { ...rows[3]!, credit: rows[2]!.credit! });
    assertTwins(guarded.model, counter, stored, {
      tables: new Map([...stored.tables, [customer, exchanged]]),
    });
    const told = [
      changing(customer, 2, { credit: '311.00' }),
      {
        tables: new Map([
          ...stored.tables,
          [
            customer,
            rows.with(0, { ...rows[0]!, credit: null }).with(1, { ...rows[1]!, credit: rows[0]!.credit! }),
          ],
        ]),
      },
    ];
    for (const changed of told)
      expect(() => assertTwins(guarded.model, counter, stored, changed)).toThrow(TwinsDifferError);
  });

  test('are one in whatever order rows are stored', async () => {
    // As many orders on either side, of which one is of a single customer.
    const sdl = shop.sdl.replace(
      'placed: DateTime!',
      'accountId: Int! @open(dimension: true)\n      placed: DateTime!',
    );
    const tied = await groundFrom(shop.sources, sdl, policy);
    const rows = [
      ['1', '1'],
      ['1', '1'],
      ['2', '2'],
      ['2', '3'],
    ].map(([account_id = '', customer_id = ''], i) => ({
      order_id: `${i}`,
      customer_id,
      account_id,
      placed: '2026-01-05 10:00:00+00',
      total: `${i + 1}00.00`,
    }));
    const inOrder = (placed: readonly DataRow[]): Dataset => ({
      tables: new Map([...stored.tables, [orders, placed]]),
    });
    assertTwins(tied.model, counter, inOrder(rows), inOrder(rows.toReversed()));
    await tied.dispose();
  });

  test('are varied by exchange', () => {
    const { varied } = makeTwins(guarded, counter, seededRandom('sums'), 30);
    expect(varied.AGGREGATE).toBeGreaterThan(10);
  });
});
