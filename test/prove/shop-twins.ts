import pg from 'pg';
import type { ProveCaller } from '../../src/prove/sight/caller.js';
import type { Comparands } from '../../src/prove/twins/comparands.js';
import type { TwinData } from '../../src/prove/run/prove.js';
import type { TwinName } from '../../src/prove/gateways/twin.js';
import { shop } from '../support/deployments.js';

/** Somebody to whom contacts, prices and tax numbers of the shop are hidden, and who sees every row. */
export const browser: ProveCaller = {
  name: 'browser',
  roles: ['browser'],
  subject: 'bea',
  organisation: 'prove',
  claims: {},
  conditionsMet: true,
  purpose: null,
};

/** What makes the shop's tables, without their rows. */
export const shopTables: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(shop.sources).map(([source, text]) => [
    source,
    text
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement.startsWith('create')),
  ]),
);

const customers: Readonly<Record<TwinName, string>> = {
  a: `(1, 1, 'rita', 'Acme', 'secret-amber@acme.example', 5000.50, 'TAX-4711-AMBER'),
      (2, 1, 'sam', 'Bolt', 'secret-beryl@bolt.example', 7250.00, null),
      (3, 2, 'rita', 'Coil', null, 10.00, 'TAX-4712-CORAL')`,
  b: `(1, 1, 'rita', 'Acme', 'secret-delta@acme.example', 9123.75, 'TAX-9001-DELTA'),
      (2, 1, 'sam', 'Bolt', null, 7250.01, 'TAX-9002-EMBER'),
      (3, 2, 'rita', 'Coil', 'secret-flint@coil.example', null, null)`,
  shuffled: `(1, 1, 'rita', 'Acme', null, 10.00, 'TAX-4712-CORAL'),
      (2, 1, 'sam', 'Bolt', 'secret-amber@acme.example', 5000.50, 'TAX-4711-AMBER'),
      (3, 2, 'rita', 'Coil', 'secret-beryl@bolt.example', 7250.00, null)`,
};

const totals: Readonly<Record<TwinName, readonly [string, string]>> = {
  a: ['100.10', '200.20'],
  b: ['345.60', '78.90'],
  shuffled: ['200.20', '100.10'],
};

function rowsOf(twin: TwinName): Readonly<Record<string, readonly string[]>> {
  const [first, second] = totals[twin];
  return {
    crm: [
      'truncate account, customer',
      "insert into account values (1, 'North'), (2, 'South')",
      `insert into customer values ${customers[twin]}`,
    ],
    sales: [
      'truncate orders, line',
      `insert into orders values (10, 1, 1, '2026-01-05T10:00:00Z', ${first}), (11, 1, 1, '2026-02-05T10:00:00Z', ${second})`,
      `insert into line values (10, 1, 'Gear', ${first}), (11, 1, 'Nut', ${second})`,
    ],
  };
}

const secretsOf: Readonly<Record<string, readonly string[]>> = {
  'Customer.email': ['secret-amber@acme.example', 'secret-delta@acme.example', 'secret-flint@coil.example'],
  'Customer.credit': ['5000.50', '9123.75', '7250.00', '7250.01'],
  'Customer.taxId': ['TAX-4711-AMBER', 'TAX-9001-DELTA', 'TAX-9002-EMBER'],
  'Order.total': ['100.10', '200.20', '345.60'],
};

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  ...secretsOf,
  'Account.accountId': ['1', '2'],
  'Customer.customerId': ['1', '2', '3'],
  'Customer.accountId': ['1', '2'],
  'Customer.name': ['Acme', 'Bolt', 'Coil'],
  'Order.orderId': ['10', '11'],
  'Order.customerId': ['1'],
  'Line.product': ['Gear', 'Nut'],
};

export const shopComparands: Comparands = {
  of: (coordinate) => valuesOf[coordinate] ?? [],
  secretsOf: (coordinate) => secretsOf[coordinate] ?? [],
  secrets: Object.values(secretsOf).flat(),
};

/** Twins of the shop for `browser`. */
export const shopTwins: TwinData = {
  comparands: shopComparands,
  canaries: shopComparands.secrets.filter((secret) => /[A-Za-z]/.test(secret)),
  identical: false,
  load: async (twin, sources) => {
    for (const [source, statements] of Object.entries(rowsOf(twin))) {
      const client = new pg.Client(sources.get(source));
      await client.connect();
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    }
  },
};
