import type { TestDeployment } from './gateway.js';

/**
 * A small deployment that has every kind of right in it: clear, masked, denied, hidden, by row and under conditions, in
 * two sources. Tests that need something else write their own.
 */
export const shop: Pick<TestDeployment, 'sources' | 'policy'> & { readonly sdl: string } = {
  sources: {
    crm: `
      create table account (account_id int primary key, name text not null);
      create table customer (
        customer_id int primary key,
        account_id int not null references account,
        rep text,
        name text not null,
        email text,
        credit numeric(12, 2),
        tax_id text
      );
      create index on customer (account_id);
      insert into account values (1, 'North'), (2, 'South');
      insert into customer values
        (1, 1, 'rita', 'Acme', 'buy@acme.example', 5000.50, 'TAX-ACME-1'),
        (2, 1, 'sam', 'Bolt', 'hi@bolt.example', 7250.00, 'TAX-BOLT-2'),
        (3, 2, 'rita', 'Coil', null, null, null),
        (4, 2, 'sam', 'Dyno', 'team@dyno.example', 120.25, 'TAX-DYNO-4');
    `,
    sales: `
      create table orders (
        order_id int primary key,
        customer_id int not null,
        account_id int not null,
        placed timestamptz not null,
        total numeric(12, 2) not null
      );
      create index on orders (customer_id, order_id);
      create table line (order_id int references orders, line_no int, product text not null, price numeric(12, 2) not null, primary key (order_id, line_no));
      insert into orders values
        (10, 1, 1, '2026-01-05T10:00:00Z', 100.10), (11, 1, 1, '2026-02-05T10:00:00Z', 200.20),
        (12, 2, 1, '2026-03-05T10:00:00Z', 300.30), (13, 4, 2, '2026-04-05T10:00:00Z', 400.40);
      insert into line values (10, 1, 'Bolt M4', 1.50), (10, 2, 'Nut M4', 0.75), (11, 1, 'Gear', 20.00), (13, 1, 'Motor', 400.40);
    `,
  },
  sdl: `
    type Account @table(source: crm, schema: "public", name: "account", key: ["account_id"]) @rows(by: account, column: "account_id") {
      accountId: ID! @open
      name: String! @open
      customers: [Customer!]! @relation(from: ["account_id"], to: ["account_id"]) @open
    }
    type Customer @table(source: crm, schema: "public", name: "customer", key: ["customer_id"])
        @rows(by: account, column: "account_id") @rows(by: rep, column: "rep") {
      customerId: ID! @open
      accountId: Int! @open(dimension: true)
      name: String! @tradeSecret(class: relationship, mask: { pseudonym: true })
      email: String @tradeSecret(class: contact, mask: { email: true })
      credit: Decimal @tradeSecret(class: pricing, mask: { bucket: "1000" })
      taxId: String @tradeSecret(class: identity)
      account: Account @relation(from: ["account_id"], to: ["account_id"]) @open
      orders: [Order!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open
    }
    type Order @table(source: sales, schema: "public", name: "orders", key: ["order_id"]) @rows(by: account, column: "account_id") {
      orderId: ID! @open
      customerId: Int! @open
      placed: DateTime! @open
      total: Decimal! @tradeSecret(class: pricing, mask: { bucket: "100" })
      customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open
      lines: [Line!]! @relation(from: ["order_id"], to: ["order_id"]) @open
    }
    type Line @table(source: sales, schema: "public", name: "line", key: ["order_id", "line_no"]) @rows(by: account, via: "order") {
      orderId: Int! @open
      lineNo: Int! @open
      product: String! @open
      price: Decimal! @tradeSecret(class: pricing)
      order: Order @relation(from: ["order_id"], to: ["order_id"]) @open
    }
  `,
  policy: `
classes:
  relationship: { title: Who our customers are }
  contact: { title: How to reach them }
  pricing: { title: What they pay, aggregate: { min_group: 2, entity: Customer } }
  identity: { title: Tax numbers, conditions: { purpose: true }, otherwise: deny }
roles:
  manager: { rows: all, clear: [relationship, contact, pricing, identity] }
  support: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [relationship, contact], deny: [pricing] }
  masked: { rows: all, mask: [relationship, contact, pricing] }
  partner: { rows: { account: $claims.accounts }, clear: [relationship], mask: [contact] }
  regional: { rows: { account: $claims.accounts }, clear: [relationship, contact, pricing] }
  browser: { rows: all, clear: [relationship] }
  auditor: { rows: none, control: [audit] }
purposes:
  audit-tax: { roles: [manager], classes: [identity] }
`,
};
