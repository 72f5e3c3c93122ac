import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterConnection, freshDatabase, type TestDatabase } from '../support/cluster.js';
import { testFolder } from '../support/test-folders.js';
import { run, start } from './command.js';

const statements = `
  CREATE SCHEMA sales;
  CREATE TYPE sales.tier AS ENUM ('gold', 'not so gold');
  CREATE TYPE sales.place AS (street text, floor int);
  CREATE TABLE sales.customers (customer_id int PRIMARY KEY, name text NOT NULL, email text, tier sales.tier, phone text,
    credit_limit numeric(12, 2), home sales.place);
  COMMENT ON TABLE sales.customers IS 'Who buys "from" us,
and how.';
  CREATE TABLE sales.orders (order_id int PRIMARY KEY, customer_id int NOT NULL REFERENCES sales.customers, placed date,
    reached text, total numeric(12, 2), state text);
  CREATE TABLE sales.loose (x int, remark text);
  CREATE VIEW sales.reach AS SELECT customer_id, lower(email) AS mail FROM sales.customers;
  INSERT INTO sales.customers SELECT n, 'Zwieback-' || n || ' Ltd', 'qwertz' || n || '@zwieback.example', 'gold',
    '+43 1 7654' || n, 4711.00 + n, ROW('Zwieback Street ' || n, n)::sales.place
    FROM generate_series(100, 400) n;
  INSERT INTO sales.orders SELECT n, n, '2026-01-01', 'yxcvb' || n || '@zwieback.example', 815.25, 'hold ' || n % 3 FROM generate_series(100, 400) n;`;

let cwd: string;
let database: TestDatabase;
beforeAll(async () => {
  cwd = testFolder('init');
  await mkdir(cwd, { recursive: true });
});
afterAll(() => rm(cwd, { recursive: true }));
beforeEach(async () => {
  database = await freshDatabase('init', { sql: statements });
});
afterEach(() => database.drop());

const init = (...args: string[]) => run(['init', ...args], { cwd });
const source = () => `crm=${database.url}`;

async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(cwd, folder), { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (file) => [file.slice(join(cwd, folder).length + 1), await readFile(file, 'utf8')] as const,
      ),
    ),
  );
}

test('writes a deployment that checks and starts', async () => {
  const { code, stdout } = await init('--source', source(), '--out', 'fresh');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Wrote 6 files to fresh: 3 types of 1 source, 8 columns marked/);
  expect(stdout).toContain(`export CRM_URL='${database.url}'`);
  const files = await filesOf('fresh');
  expect(Object.keys(files).sort()).toEqual([
    ...['cordon.yaml', 'init.json', 'policy.yaml', 'schema/customer.graphql', 'schema/not-served.graphql'],
    ...['schema/order.graphql', 'schema/reach.graphql'],
  ]);
  expect(files['schema/customer.graphql']).toContain('"Who buys \\"from\\" us, and how."\ntype Customer\n');
  expect(files['schema/customer.graphql']).toContain(
    '# email: 100 % of 200 sampled values are e-mail addresses',
  );
  expect(files['schema/order.graphql']).toContain(
    '# reached: 100 % of 200 sampled values are e-mail addresses',
  );
  expect(files['schema/customer.graphql']).toContain(
    '# tier: an enum of 2 values, to be grouped by\n  tier: Tier @open(dimension: true)\n',
  );
  expect(files['schema/order.graphql']).toContain(
    '# state: 3 different values in 200 that were sampled, to be grouped by\n  state: String @open(dimension: true)\n',
  );
  // A database view that passes a key on is a type, and as secret as what it shows.
  expect(files['schema/reach.graphql']).toContain(
    '# mail: from customers.email\n  mail: String @tradeSecret(class: contact',
  );
  // A composite is a type beside the first that uses it.
  expect(files['schema/customer.graphql']).toMatch(
    /type Place \{\n  # street: named like an address, and 100 % of 200 sampled values are street addresses\n  street: String @tradeSecret\(class: contact\)\n  floor: Int @open\n\}\n\n[^]*type Customer\n/,
  );
  expect(files['schema/customer.graphql']).toContain('  home: Place @open\n');
  expect(files['schema/not-served.graphql']).toContain('"loose": It has no primary key');
  expect(files['cordon.yaml']).toContain('crm: { url: "${CRM_URL}" }');

  const control = await freshDatabase('init_control');
  try {
    const env = { CRM_URL: database.url, CONTROL_URL: control.url };
    const config = ['--config', 'fresh/cordon.yaml'];
    expect(await run(['check', ...config], { cwd, env })).toMatchObject({ code: 0 });
    const gateway = start(['start', ...config, '--port', '0'], { cwd, env });
    expect((await gateway.until('ready')).at(-1)).toMatch(/^ready http:/);
    expect((await gateway.kill('SIGTERM')).code).toBe(0);
  } finally {
    await control.drop();
  }
}, 60_000);

test('no stored value is written or printed, and no password', async () => {
  const url = new URL(database.url);
  url.password = 'open-sesame';
  const { code, stdout, stderr } = await init('--source', `crm=${url.href}`, '--out', 'quiet');
  expect(code).toBe(0);
  const text = [stdout, stderr, ...Object.values(await filesOf('quiet'))].join('\n');
  expect(text).not.toMatch(/zwieback|qwertz|yxcvb|7654|4711|4811|815\.25|open-sesame/i);
});

test('what is there is never written over: a second run says what has changed, and exit code 1 that something has', async () => {
  await init('--source', source(), '--out', 'again');
  const files = await filesOf('again');
  expect(await init('--source', source(), '--out', 'again')).toMatchObject({
    code: 0,
    stdout: 'Nothing has changed since again was written.\n',
  });

  await database.query(`
    ALTER TABLE sales.customers ADD tax_id text;
    ALTER TABLE sales.customers ALTER name DROP NOT NULL;
    ALTER TYPE sales.tier ADD VALUE 'silver';
    ALTER TYPE sales.place ADD ATTRIBUTE phone text;
    ALTER TABLE sales.orders DROP COLUMN placed;
    ALTER TABLE sales.orders ALTER total TYPE text;
    ALTER TABLE sales.loose ADD PRIMARY KEY (x);
    CREATE TABLE sales.visits (visit_id int PRIMARY KEY, customer_id int REFERENCES sales.customers);
    CREATE VIEW sales.late AS SELECT total FROM sales.orders;`);
  const second = await init('--source', source(), '--out', 'again', '--json');
  expect(second.code).toBe(1);
  const { ok, changes } = JSON.parse(second.stdout) as {
    ok: boolean;
    changes: { kind: string; table: string; column: string | null; at: string | null; lines: string[] }[];
  };
  expect(ok).toBe(false);
  const told = changes.map(({ kind, table, column }) => [kind, table.split('"').at(-2), column]);
  expect(told.sort()).toEqual(
    [
      ['new-column', 'customers', 'tax_id'],
      ['changed-column', 'customers', 'name'],
      ['changed-enum', 'customers', 'tier'],
      ['new-column', 'place', 'phone'],
      ['new-relation', 'customers', null],
      ['removed-column', 'orders', 'placed'],
      ['changed-column', 'orders', 'total'],
      ['new-table', 'loose', null],
      ['new-table', 'visits', null],
      ['new-table', 'late', null],
    ].sort(),
  );
  expect(changes.find(({ column }) => column === 'tax_id')?.lines).toEqual([
    '# tax_id: named like a number that an office or a bank keeps',
    'taxId: String @tradeSecret(class: identity, mask: { partial: { keepEnd: 4 } })',
  ]);
  expect(changes.find(({ column }) => column === 'tier')?.lines).toEqual(['silver']);
  expect(changes.find(({ column }) => column === 'placed')?.at).toMatch(/^schema\/order\.graphql:\d+$/);
  expect(await filesOf('again')).toEqual(files);

  // What people leave out stays out, and what they have written is no news.
  await database.query('DROP TABLE sales.orders CASCADE; DROP TABLE sales.visits; DROP TABLE sales.loose;');
  await writeFile(
    join(cwd, 'again/schema/customer.graphql'),
    `type Buyer @table(source: crm, schema: "sales", name: "customers") @open { customerId: ID! taxId: String name: String }`,
  );
  const third = await init('--source', source(), '--out', 'again');
  expect(third).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^schema\/order\.graphql:\d+ crm\."sales"\."orders": The table is gone; remove Order, and the relations into it\.\n$/,
    ) as string,
  });
}, 60_000);

test('a file in the way stops it before anything is written', async () => {
  await mkdir(join(cwd, 'taken'));
  await writeFile(join(cwd, 'taken/policy.yaml'), 'mine');
  const { code, stderr } = await init('--source', source(), '--out', 'taken');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      'taken/policy.yaml is there already, and init writes over nothing; name another folder with --out.\n',
  });
  expect(await filesOf('taken')).toEqual({ 'policy.yaml': 'mine' });
});

test('a role that may not read goes on without samples, and says so', async () => {
  const role = `blind_${database.name}`;
  await database.query(`CREATE ROLE "${role}" LOGIN; GRANT USAGE ON SCHEMA sales TO "${role}";
    GRANT SELECT (customer_id, email) ON sales.customers TO "${role}"`);
  const { host, port } = clusterConnection();
  const url = `postgres://${role}@localhost:${port}/${database.name}?host=${encodeURIComponent(host)}`;
  const { code, stdout } = await init('--source', `crm=${url}`, '--out', 'blind');
  const files = await filesOf('blind');
  await database.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  expect(code).toBe(0);
  expect(stdout).toContain('Judged without values of some columns: Customer, Order, Reach.');
  expect(files['schema/customer.graphql']).toContain('100 % of 200 sampled values are e-mail addresses');
  expect(files['schema/order.graphql']).toMatch(
    /^# Judged by names, without values of some columns: this role may not read them\.$/m,
  );
  expect(files['schema/order.graphql']).toContain('reached: String @open');
});

test.each([
  [
    'crm=postgres://x@localhost:1/nowhere',
    /^The source crm cannot be read \(ECONNREFUSED\); start its database/,
  ],
  ['crm', /Write a name of letters, digits and _, and the URL/],
  ['crm=mysql://x/y', /The URL of crm is not understood/],
])('%s is no source', async (written, message) => {
  const { code, stdout, stderr } = await init('--source', written, '--out', 'none');
  expect(code).toBeGreaterThan(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});

test('a database without tables, or with none that has a key, is said to be so', async () => {
  await database.query('DROP SCHEMA sales CASCADE');
  expect((await init('--source', source(), '--out', 'empty')).stderr).toMatch(
    /^The source crm has no tables/,
  );
  await database.query('CREATE TABLE loose (x int)');
  expect((await init('--source', source(), '--out', 'empty')).stderr).toMatch(
    /^Nothing can be served: 1 table without a key\. It has no primary key/,
  );
});
