import {
  startTestGateway,
  type TestCaller,
  type TestDeployment,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';

/**
 * What attacks are tried on: a deployment with every way of hiding in it. For comparison there is one that lacks what is
 * hidden from partners, and a name that nobody ever had.
 */
const tables = `
  create table account (account_id int primary key, name text not null);
  create table customer (
    customer_id int primary key, account_id int not null references account, rep text, region text not null,
    name text not null, email text, credit numeric(12, 2) not null, tax_id text not null unique, profile jsonb not null,
    employees int not null, notes text
  );
  create index on customer (account_id);
  create table contract (
    contract_id int primary key, customer_id int not null references customer, account_id int not null,
    holder_tax text not null references customer (tax_id), worth numeric(12, 2) not null
  );
  create index on contract (customer_id);
  create table dossier (dossier_id int primary key, customer_id int not null references customer, finding text not null);
  create index on dossier (customer_id);
  insert into account values (1, 'North'), (2, 'South');
  insert into customer values
    (1, 1, 'rita', 'EU', 'Acme', 'buy@acme.example', 5000.50, 'TAX-ACME-1', '{"terms":{"rebate":"REBATE-A"}}', 120, 'first'),
    (2, 1, null, 'EU', 'Bolt', 'hi@bolt.example', 7250.00, 'TAX-BOLT-2', '{"terms":{"rebate":"REBATE-B"}}', 180, 'second'),
    (3, 2, 'rita', 'US', 'Coil', 'x@coil.example', 310.75, 'TAX-COIL-3', '{"terms":{"rebate":"REBATE-C"}}', 240, 'third'),
    (4, 2, 'sam', 'US', 'Dyno', 'team@dyno.example', 120.25, 'TAX-DYNO-4', '{"terms":{"rebate":"REBATE-D"}}', 260, 'fourth');
  insert into contract values (21, 1, 1, 'TAX-ACME-1', 9100.10), (22, 2, 1, 'TAX-BOLT-2', 9200.20), (23, 4, 2, 'TAX-DYNO-4', 9300.30);
  insert into dossier values (31, 1, 'FINDING-A'), (32, 4, 'FINDING-D');
`;
const orders = `
  create table orders (order_id int primary key, customer_id int not null, account_id int not null, total numeric(12, 2) not null);
  create index on orders (customer_id);
  insert into orders values (10, 1, 1, 100.10), (11, 1, 2, 200.20), (12, 2, 1, 300.30), (13, 4, 2, 400.40);
`;

/** @param complete with what partners do not see; or as if it had never been there */
const sdlOf = (complete: boolean) => {
  const hidden = (text: string) => (complete ? text : '');
  return `
    type Account @table(source: crm, schema: "public", name: "account", key: ["account_id"]) @rows(by: account, column: "account_id") {
      accountId: ID! @open
      name: String! @open
      customers: [Customer!]! @relation(from: ["account_id"], to: ["account_id"]) @open
    }
    type Customer @table(source: crm, schema: "public", name: "customer", key: ["customer_id"])
        @rows(by: account, column: "account_id") @rows(by: rep, column: "rep") {
      customerId: ID! @open
      accountId: Int! @open
      region: String! @open(dimension: true)
      name: String! @tradeSecret(class: relationship, mask: { pseudonym: true })
      email: String @tradeSecret(class: contact, mask: { email: true })
      employees: Int! @tradeSecret(class: size, mask: { bucket: "100" })
      ${hidden('credit: Decimal! @tradeSecret(class: pricing, mask: { bucket: "1000" })')}
      ${hidden('taxId: String! @tradeSecret(class: identity)')}
      ${hidden('profile: JSON! @tradeSecret(class: identity)')}
      ${hidden('dossiers: [Dossier!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open')}
      account: Account @relation(from: ["account_id"], to: ["account_id"]) @open
      contracts: [Contract!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open
      orders: [Order!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open
    }
    type Contract @table(source: crm, schema: "public", name: "contract", key: ["contract_id"]) @rows(by: account, column: "account_id") {
      contractId: ID! @open
      customerId: Int! @open
      ${hidden('worth: Decimal! @tradeSecret(class: pricing, mask: { bucket: "1000" })')}
      ${hidden('holderTax: String! @tradeSecret(class: identity)')}
      ${hidden('holder: Customer @relation(from: ["holder_tax"], to: ["tax_id"]) @open')}
      customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open
    }
    ${hidden(`type Dossier @table(source: crm, schema: "public", name: "dossier", key: ["dossier_id"]) @rows(by: account, via: "customer") @tradeSecret(class: identity) {
      dossierId: ID! @open
      customerId: Int!
      finding: String!
      customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open
    }`)}
    type Order @table(source: sales, schema: "public", name: "orders", key: ["order_id"]) @rows(by: account, column: "account_id") {
      orderId: ID! @open
      customerId: Int! @open
      ${hidden('total: Decimal! @tradeSecret(class: pricing, mask: { bucket: "100" })')}
    }
  `;
};

const policy = `
classes:
  relationship: { title: Who our customers are }
  contact: { title: How to reach them }
  size: { title: How large they are, masked_use: true }
  pricing: { title: What they pay, aggregate: { min_group: 3, entity: Customer } }
  identity: { title: Tax numbers and dossiers, conditions: { purpose: true }, otherwise: deny }
roles:
  manager: { rows: all, clear: [relationship, contact, size, pricing, identity] }
  taxes: { rows: { account: $claims.accounts }, clear: [identity] }
  support: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [relationship, contact, size, pricing], deny: [identity] }
  rep: { rows: all, clear: [relationship, { size: { rep: $subject } }, { pricing: { rep: $subject } }], mask: [contact, size, pricing] }
  partner: { rows: { account: $claims.accounts }, clear: [relationship], mask: [contact, size] }
  browser: { rows: all, clear: [relationship, size] }
  auditor: { rows: none, control: [audit] }
purposes:
  audit-tax: { roles: [manager], classes: [identity] }
  regional-tax: { roles: [taxes], classes: [identity] }
`;

export const manager: TestCaller = { roles: ['manager'], subject: 'mia' };
export const auditing: TestCaller = { ...manager, headers: { 'Cordon-Purpose': 'audit-tax' } };
export const support: TestCaller = { roles: ['support'], subject: 'rita', organisation: 'house' };
export const rep: TestCaller = { roles: ['rep'], subject: 'rita', organisation: 'house' };
export const partner: TestCaller = {
  roles: ['partner'],
  subject: 'pia',
  organisation: 'north',
  accounts: ['1'],
};

/** Whatever a partner may not read of what is stored. */
export const secrets = [
  '5000.5',
  '7250',
  'TAX-',
  'REBATE-',
  'FINDING-',
  '9100.1',
  '100.10',
  'Coil',
  'Dyno',
  'buy@acme',
  'dyno.example',
];

export const house = (options: Partial<TestDeployment> = {}): TestDeployment => ({
  sources: { crm: tables, sales: orders },
  sdl: sdlOf(true),
  policy,
  captureStatements: true,
  ...options,
});

/** The same without whatever a partner does not see. */
export const lackingHouse = (): TestDeployment => ({
  ...house({ captureStatements: false }),
  sdl: sdlOf(false),
});

const ofTheRequest = new Set(['cordon-receipt', 'cordon-request-id']);

/** All that a caller gets to read of a response: receipt and id are others each time, though of one length. */
export function learned({ status, headers, text }: TestResponse): unknown {
  const shown = [...headers].map(([name, value]) => [name, ofTheRequest.has(name) ? value.length : value]);
  return { status, headers: shown.filter(([name]) => name !== 'date'), text };
}

export interface Question {
  readonly document: string;
  readonly variables?: unknown;
}

/**
 * Asks both deployments as a partner: what holds for names that are hidden is what holds for names that are not there, to
 * the byte, and no source hears of it.
 */
export async function expectUnknown(
  full: TestGateway,
  lacking: TestGateway,
  questions: readonly (string | Question)[],
): Promise<void> {
  const answers: { readonly question: Question; readonly response: TestResponse }[] = [];
  const sent = await full.statements('crm', async () => {
    for (const each of questions) {
      const question = typeof each === 'string' ? { document: each } : each;
      answers.push({ question, response: await full.query(partner, question.document, question.variables) });
    }
  });
  expect(sent).toEqual([]);
  for (const { question, response } of answers) {
    const absent = await lacking.query(partner, question.document, question.variables);
    expect([question, learned(response)]).toEqual([question, learned(absent)]);
    expect([question, response.status]).toEqual([question, 400]);
    for (const secret of secrets) expect(response.text).not.toContain(secret);
  }
}

export async function startHouses(): Promise<{ full: TestGateway; lacking: TestGateway }> {
  const [full, lacking] = await Promise.all([startTestGateway(house()), startTestGateway(lackingHouse())]);
  return { full, lacking };
}
