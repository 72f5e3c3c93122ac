import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ident, render, sql } from '../../src/base/index.js';
import { readCatalog } from '../../src/catalog/index.js';
import { loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { grantStatements, readColumns } from '../../src/review/index.js';
import { sessionSettings } from '../../src/sources/index.js';
import { clusterConnection, freshDatabase, type TestDatabase } from '../support/cluster.js';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

/** Roles are the cluster's, so each has a name of its own; this one has to be quoted wherever it stands. */
const role = `cordon "reader" $$'\\ ${randomBytes(4).toString('hex')}`;
const quoted = render(ident(role)).text;
const settings = { ...sessionSettings, statement_timeout: '5000' };

/** The shop's, with a relation through a table that is no type. */
const sdl = shop.sdl.replace(
  'customers: [Customer!]!',
  `likedBy: [Customer!]! @relation(from: ["account_id"], to: ["customer_id"], through: { name: "liking", from: ["account_id"], to: ["customer_id"] }) @open
      customers: [Customer!]!`,
);

const sources = ['crm', 'sales'] as const;
const databases = new Map<string, TestDatabase>();
const texts = new Map<string, string>();
let gateway: TestGateway | undefined;

async function statements(): Promise<void> {
  const catalogs = await Promise.all(sources.map((name) => readCatalog(databases.get(name)!, name)));
  const policy = parsePolicy(shop.policy, 'policy.yaml');
  if ('problems' in policy) throw new Error(JSON.stringify(policy.problems));
  const loaded = loadModel({
    sdl: [{ file: 'types.graphql', text: sdl }],
    policy: policy.policy,
    catalogs,
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  for (const source of sources)
    texts.set(source, grantStatements({ source, role, tables: readColumns(loaded.model, source), settings }));
}

/** Runs something in a session of the role, with no settings but its own. */
async function asReader<T>(source: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(clusterConnection(databases.get(source)!.name, role));
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

async function readableColumns(source: string): Promise<readonly string[]> {
  const { rows } = await databases.get(source)!.query<{ name: string }>(
    `select c.relname || '.' || a.attname as name
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
       and has_column_privilege($1::name, c.oid, a.attnum, 'select')
     order by 1`,
    [role],
  );
  return rows.map(({ name }) => name);
}

const refusedFor = (source: string, text: string): Promise<unknown> =>
  asReader(source, (client) =>
    client.query(text).then(
      () => 'nothing',
      (error: unknown) => (error as { code: string }).code,
    ),
  );

beforeAll(async () => {
  const extra = `
    alter table customer add column remarks text default 'not for anybody';
    create table liking (customer_id int, account_id int, how_much text);
    insert into liking values (3, 1, 'very'), (3, 1, null), (null, 1, null);
    create table payroll (id int primary key, salary numeric);
    create view customers_in_clear as select * from customer;`;
  databases.set('crm', await freshDatabase('crm', { sql: shop.sources['crm']! + extra }));
  databases.set('sales', await freshDatabase('sales', { sql: shop.sources['sales']! }));
  await statements();
  for (const source of sources) await databases.get(source)!.query(texts.get(source)!);
  gateway = await startTestGateway({
    ...shop,
    sdl,
    sources: {},
    elsewhere: Object.fromEntries(
      sources.map((source) => [source, clusterConnection(databases.get(source)!.name, role)]),
    ),
  });
});

afterAll(async () => {
  await gateway?.dispose();
  for (const database of databases.values()) {
    await database.query(`drop owned by ${quoted}`);
    if (database !== databases.get('sales')) await database.drop();
  }
  await databases.get('sales')?.query(`drop role ${quoted}`);
  await databases.get('sales')?.drop();
});

test('the role may read what the schema exposes, and what rows and joins are told by, and nothing else', async () => {
  expect(await readableColumns('crm')).toEqual([
    'account.account_id',
    'account.name',
    'customer.account_id',
    'customer.credit',
    'customer.customer_id',
    'customer.email',
    'customer.name',
    'customer.rep',
    'customer.tax_id',
    'liking.account_id',
    'liking.customer_id',
  ]);
  for (const text of [
    'select remarks from public.customer',
    'select * from public.customer',
    'select salary from public.payroll',
    'select name from public.customers_in_clear',
  ])
    expect([text, await refusedFor('crm', text)]).toEqual([text, '42501']);
  expect(await refusedFor('crm', `update public.customer set name = 'x'`)).toBe('25006');
});

test('a gateway reads everything as that role, in sessions that it verifies', async () => {
  const document = `{
    accounts(first: 5) { nodes { accountId name likedBy { totalCount nodes { name } } customers(first: 5) { totalCount nodes { name email credit taxId
      orders(first: 5, orderBy: [{ placed: DESC }]) { nodes { total placed lines(first: 5) { nodes { product price } } } } } } } }
    customers(where: { name: { ne: "x" } }) { nodes { name account { name } } }
    lines { nodes { product order { orderId customer { name } } } }
  }`;
  const everything = await gateway!.query(
    { roles: ['manager'], headers: { 'cordon-purpose': 'audit-tax' } },
    document,
  );
  expect(everything.body.errors).toBeUndefined();
  expect(everything.text).toContain('TAX-ACME-1');
  expect(everything.text).toContain('Motor');
  const narrow =
    '{ customers { nodes { name email } } orders { nodes { placed } } lines { nodes { product } } }';
  for (const caller of [
    { roles: ['partner'], accounts: ['1'] },
    { roles: ['support'], subject: 'rita' },
  ]) {
    const { body, text } = await gateway!.query(caller, narrow);
    expect(body.errors).toBeUndefined();
    expect(text).toContain('Gear');
  }
});

test('its own settings are those that sessions are verified by', async () => {
  const { rows } = await asReader('crm', (client) =>
    client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any ($1)',
      [[...Object.keys(settings), 'log_parameter_max_length', 'log_parameter_max_length_on_error']],
    ),
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    ...settings,
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
  });
});

test('run again, it takes what the role was given since', async () => {
  const database = databases.get('crm')!;
  const before = await readableColumns('crm');
  const group = render(ident(`${role} group`)).text;
  await database.query(`
    create role ${group};
    grant select on payroll to ${group};
    grant ${group} to ${quoted};
    grant select on payroll, customers_in_clear to ${quoted};
    grant select (remarks), update (name) on customer to ${quoted};
    alter default privileges grant select on tables to ${quoted};
    alter role ${quoted} in database "${database.name}" set datestyle = 'German';
    alter role ${quoted} set work_mem = '1GB';
  `);
  try {
    await database.query(texts.get('crm')!);
    await database.query('create table made_later (id int)');
    expect(await readableColumns('crm')).toEqual(before);
    expect(await refusedFor('crm', 'select salary from public.payroll')).toBe('42501');
    const { rows } = await asReader('crm', (client) =>
      client.query(`select current_setting('datestyle') as dates, current_setting('work_mem') as memory`),
    );
    expect(rows).toEqual([{ dates: 'ISO, YMD', memory: '4MB' }]);
  } finally {
    await database.query(`drop owned by ${group}; drop role ${group}`);
  }
});

test('it says what everybody may read, and touches no administrator and no owner', async () => {
  const client = new pg.Client(databases.get('crm')!.config);
  const notices: string[] = [];
  client.on('notice', ({ message = '' }) => notices.push(message));
  await client.connect();
  try {
    await client.query('grant select on payroll to public');
    await client.query(texts.get('crm')!);
    expect(notices.join('\n')).toContain('PUBLIC may read public.payroll, and so may this role');
    await client.query('revoke select on payroll from public');
    const { user } = databases.get('crm')!.config;
    const asOwner = grantStatements({ source: 'crm', role: user, tables: [], settings });
    await expect(client.query(asOwner)).rejects.toThrow('administers this server');
    await client.query('rollback');
    await client.query(`alter table payroll owner to ${quoted}`);
    await expect(client.query(texts.get('crm')!)).rejects.toThrow('owns tables');
    await client.query(`rollback; alter table payroll owner to current_user`);
  } finally {
    await client.end();
  }
});

test('a column of a table that only a relation or a row rule needs is granted, and no other of that table', () => {
  const text = render(
    sql`GRANT SELECT (${ident('account_id')}, ${ident('customer_id')}, ${ident('order_id')}, ${ident('placed')}, ${ident('total')}) ON ${ident('public', 'orders')} TO ${ident(role)};`,
  ).text;
  expect(texts.get('sales')).toContain(text);
});
