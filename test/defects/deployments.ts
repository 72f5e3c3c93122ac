import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder, type Log } from '../../src/base/index.js';
import { defaultLimits } from '../../src/limits.js';
import { runStatements, startCluster } from '../../src/prove/gateways/cluster.js';
import type { ProvedConfig } from '../../src/prove/index.js';

/** Where defects are looked for: the demo, or the one below. */
export type DeploymentName = 'demo' | 'workshop';

/**
 * A small deployment with what the demo lacks: masks that are filtered by, a class that is clear by a column which may be null,
 * a role whose purpose another lacks, texts in which case makes no difference, floats, and guarded sums with one dimension: of
 * `fee` hardly a group is large enough, of `hours` most are.
 */
const tables: Readonly<Record<string, readonly string[]>> = {
  crm: [
    'create extension citext',
    'create table account (account_id int primary key, name text not null)',
    `create table customer (
       customer_id int primary key, account_id int not null references account, rep text, key_account boolean not null,
       name text not null, label citext, email text, employees int not null, score float8, rating numeric, tax_id text unique,
       fee numeric(12, 2), hours numeric(9, 2) not null
     )`,
    'create index on customer (account_id)',
    `create table visit (
       visit_id int primary key, customer_id int not null references customer, account_id int not null, seconds int, remark text,
       host_tax_id text references customer (tax_id)
     )`,
    'create index on visit (customer_id)',
    'create index on visit (host_tax_id)',
  ],
  sales: [
    'create table orders (order_id int primary key, customer_id int not null, account_id int not null, total numeric(12, 2))',
    'create index on orders (customer_id)',
  ],
};

const sdl = `
type Account @table(source: crm, schema: "public", name: "account", key: ["account_id"]) @rows(by: account, column: "account_id") {
  accountId: ID! @open
  name: String! @tradeSecret(class: relationship)
  customers: [Customer!]! @relation(from: ["account_id"], to: ["account_id"]) @open
}
type Customer @table(source: crm, schema: "public", name: "customer", key: ["customer_id"])
    @rows(by: account, column: "account_id") @rows(by: rep, column: "rep") {
  customerId: ID! @open
  accountId: Int! @open
  rep: String @open
  keyAccount: Boolean! @open(dimension: true)
  name: String! @tradeSecret(class: relationship)
  label: String @open
  email: String @tradeSecret(class: contact, mask: { email: true })
  employees: Int! @tradeSecret(class: size, mask: { bucket: "100" })
  score: Float @open
  rating: Decimal @open
  taxId: String @tradeSecret(class: identity)
  fee: Decimal @tradeSecret(class: pricing, mask: { bucket: "1000" })
  hours: Decimal! @tradeSecret(class: effort)
  account: Account @relation(from: ["account_id"], to: ["account_id"]) @open
  visits: [Visit!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open
  orders: [Order!]! @relation(from: ["customer_id"], to: ["customer_id"]) @open
}
type Visit @table(source: crm, schema: "public", name: "visit", key: ["visit_id"]) @rows(by: account, column: "account_id") {
  visitId: ID! @open
  customerId: Int! @open
  seconds: Int @tradeSecret(class: size, mask: { bucket: "60" })
  remark: String @tradeSecret(class: contact)
  hostTaxId: String @tradeSecret(class: identity)
  host: Customer @relation(from: ["host_tax_id"], to: ["tax_id"]) @open
  customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open
}
type Order @table(source: sales, schema: "public", name: "orders", key: ["order_id"]) @rows(by: account, column: "account_id") {
  orderId: ID! @open
  customerId: Int! @open
  total: Decimal @tradeSecret(class: pricing, mask: { bucket: "100" })
  customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open
}
`;

const policy = `
classes:
  relationship: { title: Who our customers are }
  contact: { title: How to reach them }
  size: { title: How large they are, masked_use: true }
  pricing: { title: What they pay, aggregate: { min_group: 8, entity: Customer } }
  effort: { title: What we do for them, aggregate: { min_group: 2, entity: Customer } }
  identity: { title: Tax numbers, conditions: { purpose: true }, otherwise: deny }
roles:
  manager: { rows: all, clear: [relationship, contact, size, pricing, effort, identity] }
  regional: { rows: { account: $claims.accounts }, clear: [relationship, contact, identity], mask: [size] }
  support: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [size], deny: [identity, pricing] }
  counter: { rows: all, aggregate: [pricing, effort] }
purposes:
  audit-tax: { roles: [manager], classes: [identity] }
  regional-tax: { roles: [regional], classes: [identity] }
`;

async function withWorkshop<Result>(
  log: Log,
  use: (config: ProvedConfig) => Promise<Result>,
): Promise<Result> {
  const cluster = await startCluster(log);
  try {
    const schemaFolder = join(cluster.folder, 'schema');
    const policyFile = join(cluster.folder, 'policy.yaml');
    await mkdir(schemaFolder);
    await writeFile(join(schemaFolder, 'workshop.graphql'), sdl);
    await writeFile(policyFile, policy);
    const sources = await Promise.all(
      Object.entries(tables).map(async ([name, statements]) => {
        const connection = await cluster.create(name, false);
        await runStatements(connection, statements);
        return { name, connection, poolSize: 1, statementTimeoutMs: 5000, connectTimeoutMs: 5000 };
      }),
    );
    return await use({
      schemaFolder,
      policyFile,
      migrationsFolder: packageFolder('migrations'),
      sources: new Map(sources.map((source) => [source.name, source])),
      limits: defaultLimits,
      encryptionKeys: [],
    });
  } finally {
    await cluster.close();
  }
}

/** What a run is to prove, as long as it takes. */
export function withDeployment<Result>(
  name: DeploymentName,
  log: Log,
  use: (config: ProvedConfig | null) => Promise<Result>,
): Promise<Result> {
  return name === 'demo' ? use(null) : withWorkshop(log, use);
}
