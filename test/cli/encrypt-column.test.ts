import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ColumnCipher } from '../../src/sources/index.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { run, start, type Finished } from './command.js';

jest.setTimeout(60_000);

/** Every kind of column that a key may have, in a key of them all. */
const keyKinds: Readonly<Record<string, readonly [type: string, scalar: string, values: readonly string[]]>> =
  {
    k_int2: ['smallint', 'Int', ['-32768', '7']],
    k_int4: ['integer', 'ID', ['-2147483648', '17']],
    k_int8: ['bigint', 'BigInt', ['-9223372036854775808', '9007199254740993']],
    k_numeric: ['numeric', 'Decimal', ['1.50', '1e-20']],
    k_text: ['text', 'String', ['', `"{},\\'é漢😀`]],
    k_varchar: ['varchar(20)', 'ID', [' x ', 'NULL']],
    k_bpchar: ['char(6)', 'String', ['ab', '']],
    k_bool: ['boolean', 'Boolean', ['true', 'false']],
    k_date: ['date', 'Date', ['2026-01-31', '0001-01-01']],
    k_timestamp: ['timestamp', 'LocalDateTime', ['2026-01-31 12:00:00.5', '1999-12-31 23:59:59']],
    k_timestamptz: ['timestamptz', 'DateTime', ['2026-01-31 12:00:00+05', '1999-12-31 23:59:59-11']],
    k_time: ['time', 'Time', ['12:00', '23:59:59.999999']],
    k_uuid: [
      'uuid',
      'UUID',
      ['AAAAAAAA-0000-0000-0000-00000000000f', '00000000-0000-0000-0000-000000000001'],
    ],
    k_mood: ['mood', 'Mood', ['so so', 'happy']],
  };
const keyNames = Object.keys(keyKinds);
const identity = '@tradeSecret(class: identity)';

const tables = `
  create table customer (customer_id int primary key, tax_plain text, tax_id bytea, fee_plain numeric(12, 2), fee bytea);
  create type mood as enum ('so so', 'happy');
  create table wide (${keyNames.map((name) => `${name} ${keyKinds[name]![0]}`).join(', ')}, plain text, sealed bytea, primary key (${keyNames.join(', ')}));
`;
const sdl = `
  enum Mood { SO_SO HAPPY }
  type Customer @table(source: crm, name: "customer") {
    customerId: ID! @open
    taxId: String ${identity} @encrypted(key: "tax-id")
    fee: Decimal ${identity} @encrypted(key: "margin")
  }
  type Wide @table(source: crm, name: "wide") {
    ${keyNames.map((name) => `${name}: ${keyKinds[name]![1]}! @column(name: "${name}") @open`).join('\n')}
    sealed: String ${identity} @encrypted(key: "tax-id")
  }
`;
const policy = `
classes: { identity: { title: Tax numbers } }
roles: { manager: { rows: all, clear: [identity] } }
`;

let gateway: TestGateway;
let config: string;
let keys: Readonly<Record<string, string>>;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { crm: tables }, sdl, policy });
  config = join(gateway.folder, 'cordon.yaml');
  await writeFile(
    config,
    `schema: schema
policy: policy.yaml
sources: { crm: { url: "\${CRM_URL}" } }
control: { url: "postgres://nobody@127.0.0.1:1/nothing" }
keys: { folder: none }
ledger: { folder: none }
encryption:
  tax-id: { current: { env: TAX_ID }, old: [{ env: TAX_ID_OLD }] }
  margin: { current: { env: MARGIN } }
`,
  );
  const key = (name: string) => gateway.secrets.columns.get(name)!.current.toString('base64');
  keys = { TAX_ID: key('tax-id'), TAX_ID_OLD: key('tax-id'), MARGIN: key('margin'), CRM_URL: crm().url };
});
afterAll(() => gateway.dispose());
beforeEach(() => crm().query('truncate customer, wide'));

const crm = () => gateway.sources.get('crm')!;
const place = () => ({ cwd: gateway.folder, env: keys });
const argumentsFor = (...rest: string[]) => [
  'encrypt-column',
  '--config',
  config,
  '--url',
  '${CRM_URL}',
  ...rest,
];
const encrypt = (...rest: string[]) => run(argumentsFor(...rest), place());
const taxIds = ['Customer.taxId', '--from', 'tax_plain'];

/** Customers with a tax id each, but for every tenth. */
const fill = (count: number) =>
  crm().query(
    `insert into customer (customer_id, tax_plain) select i, case when i % 10 > 0 then 'TAX-ZQ' || i end from generate_series(1, ${count}) i`,
  );
const stored = async () =>
  (
    await crm().query<{ id: number; plain: string | null; sealed: Buffer | null }>(
      'select customer_id as id, tax_plain as plain, tax_id as sealed from customer order by 1',
    )
  ).rows;
const open = (id: number, sealed: Buffer, cipher = new ColumnCipher(gateway.secrets.columns)) =>
  cipher.open('tax-id', sealed, { coordinate: 'Customer.taxId', record: [String(id)] });

/** @throws when it does not come about: a test that fails must end */
async function until(comes: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await comes())) {
    if (Date.now() > deadline) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Holds a row, so that the command waits there, until it does. */
async function holdRow(id: number) {
  const holder = new pg.Client(crm().config);
  await holder.connect();
  // A test that fails must not leave the next ones waiting.
  await holder.query("set idle_in_transaction_session_timeout = '30s'");
  await holder.query('begin');
  await holder.query('select from customer where customer_id = $1 for update', [id]);
  const waits = async () =>
    (
      await crm().query(
        "select from pg_stat_activity where datname = current_database() and application_name = 'cordon-encrypt-column' and wait_event_type = 'Lock'",
      )
    ).rowCount! > 0;
  return {
    untilOneWaits: () => until(waits),
    release: async () => {
      await holder.query('commit');
      await holder.end();
    },
  };
}

const told = ({ stdout, stderr }: Finished) => stdout + stderr;

test('a column is filled, and the gateway gives what stood in clear', async () => {
  await fill(250);
  const finished = await encrypt(...taxIds, '--batch', '100');
  expect(finished.stdout).toBe('Customer.taxId: 250 rows\n  225 encrypted\n  25 without a value\n');
  // How often it says so is a matter of time.
  expect(finished.stderr).toMatch(/^(?:\d+ of 250 rows\n)*250 of 250 rows\n$/);
  expect(finished.code).toBe(0);
  expect(told(finished)).not.toContain('TAX-ZQ');
  const { body } = await gateway.query(
    { roles: ['manager'] },
    '{ customers(first: 250) { nodes { customerId taxId } } }',
  );
  expect(body.data).toEqual({
    customers: {
      nodes: (await stored()).map(({ id, plain }) => ({ customerId: String(id), taxId: plain })),
    },
  });
  // A second run finds nothing to do, and touches nothing.
  const before = await stored();
  const again = await encrypt(...taxIds, '--json');
  expect(JSON.parse(again.stdout)).toEqual({
    field: 'Customer.taxId',
    dryRun: false,
    complete: true,
    rows: 250,
    counts: { encrypted: 0, rotated: 0, unchanged: 225, empty: 25, differing: 0, unreadable: 0, invalid: 0 },
    examples: [],
  });
  expect(await stored()).toEqual(before);
});

test('numbers are kept as PostgreSQL prints them', async () => {
  await crm().query(
    "insert into customer (customer_id, fee_plain) values (1, 12.5), (2, -0.01), (3, null), (4, 'NaN')",
  );
  const { code, stdout } = await encrypt('Customer.fee', '--from', 'fee_plain');
  expect([code, stdout]).toEqual([0, 'Customer.fee: 4 rows\n  3 encrypted\n  1 without a value\n']);
  const { body } = await gateway.query({ roles: ['manager'] }, '{ customers { nodes { fee } } }');
  expect(body.data).toEqual({
    customers: { nodes: ['12.50', '-0.01', null, 'NaN'].map((fee) => ({ fee })) },
  });
});

test('a key of any kind is bound as the gateway has it', async () => {
  for (const i of [0, 1])
    await crm().query(
      `insert into wide (${keyNames.join(', ')}, plain) values (${keyNames.map((_, k) => `$${k + 1}`).join(', ')}, 'value ${i}')`,
      keyNames.map((name) => keyKinds[name]![2][i]),
    );
  // The writer's own settings must not matter.
  await crm().query(`alter database "${crm().name}" set timezone = 'Asia/Tokyo'`);
  await crm().query(`alter database "${crm().name}" set datestyle = 'German'`);
  const { code } = await encrypt('Wide.sealed', '--from', 'plain', '--batch', '1');
  expect(code).toBe(0);
  const { body } = await gateway.query({ roles: ['manager'] }, '{ wides { nodes { sealed } } }');
  expect(body).toMatchObject({ data: { wides: { nodes: [{ sealed: 'value 0' }, { sealed: 'value 1' }] } } });
});

test('--dry-run says what would be done, and writes nothing', async () => {
  await fill(20);
  const { code, stdout } = await encrypt(...taxIds, '--dry-run');
  // A script must be able to tell that there is work left.
  expect([code, stdout]).toEqual([
    1,
    'Customer.taxId: 20 rows, nothing written\n  18 to be encrypted\n  2 without a value\n',
  ]);
  expect((await stored()).filter(({ sealed }) => sealed !== null)).toEqual([]);
});

test('killed midway it leaves whole batches, and the next run goes on to the end', async () => {
  await fill(1000);
  const held = await holdRow(550);
  const killed = start(argumentsFor(...taxIds, '--batch', '100'), place());
  await held.untilOneWaits();
  await killed.kill('SIGKILL');
  await held.release();
  // The session that was left behind ends on its own.
  const sessions =
    "select from pg_stat_activity where application_name = 'cordon-encrypt-column' and datname = current_database()";
  await until(async () => (await crm().query(sessions)).rowCount === 0);
  const half = await stored();
  expect(half.filter(({ sealed }) => sealed !== null).map(({ id }) => id)).toEqual(
    half.filter(({ id, plain }) => plain !== null && id <= 500).map(({ id }) => id),
  );
  const { code, stdout } = await encrypt(...taxIds, '--batch', '100');
  expect([code, stdout]).toEqual([
    0,
    'Customer.taxId: 1,000 rows\n  450 encrypted\n  450 encrypted by the current key already\n  100 without a value\n',
  ]);
  const whole = await stored();
  expect(whole.map(({ id, sealed }) => (sealed === null ? null : open(id, sealed)?.text))).toEqual(
    whole.map(({ plain }) => plain),
  );
  expect(whole.slice(0, 500)).toEqual(half.slice(0, 500));
});

test('interrupted it finishes its batch, says so and stops', async () => {
  await fill(300);
  const held = await holdRow(150);
  const command = start(argumentsFor(...taxIds, '--batch', '100'), place());
  await held.untilOneWaits();
  const finished = command.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await held.release();
  const { code, stdout } = await finished;
  expect([code, stdout]).toEqual([
    1,
    'Customer.taxId: 200 rows\n  180 encrypted\n  20 without a value\nStopped before the last row; what is done stays, and running it again goes on.\n',
  ]);
  expect((await stored()).filter(({ sealed }) => sealed !== null).length).toBe(180);
});

test('values are brought to a new key without their clear ones', async () => {
  await fill(50);
  await encrypt(...taxIds);
  await crm().query('alter table customer rename tax_plain to gone');
  try {
    const current = randomBytes(32);
    const env = { ...keys, TAX_ID: current.toString('base64') };
    const rotate = (...rest: string[]) =>
      run(argumentsFor('Customer.taxId', '--json', ...rest), { ...place(), env });
    const counts = ({ stdout }: Finished) => (JSON.parse(stdout) as { counts: object }).counts;
    const before = await rotate('--dry-run');
    expect(before.code).toBe(1);
    expect(counts(before)).toMatchObject({ rotated: 45, unchanged: 0 });
    expect(counts(await rotate())).toMatchObject({ rotated: 45, unchanged: 0 });
    const after = await rotate('--dry-run');
    expect(after.code).toBe(0);
    expect(counts(after)).toMatchObject({ rotated: 0, unchanged: 45 });
    const renewed = new ColumnCipher(new Map([['tax-id', { current, old: [] }]]));
    const { rows } = await crm().query<{ id: number; plain: string; sealed: Buffer }>(
      'select customer_id as id, gone as plain, tax_id as sealed from customer where gone is not null',
    );
    expect(rows.map(({ id, sealed }) => open(id, sealed, renewed)?.text)).toEqual(
      rows.map(({ plain }) => plain),
    );
  } finally {
    await crm().query('alter table customer rename gone to tax_plain');
  }
});

test('what somebody has to look at is counted and named by its key, never written over and never shown', async () => {
  await fill(6);
  await encrypt(...taxIds);
  await crm().query("update customer set tax_plain = 'TAX-ZQ-new' where customer_id = 2");
  await crm().query('update customer set tax_plain = null where customer_id = 3');
  await crm().query(
    'update customer set tax_id = (select tax_id from customer where customer_id = 1) where customer_id = 4',
  );
  const before = await stored();
  const finished = await encrypt(...taxIds);
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(
    /^Customer.taxId: 6 rows\n {2}4 encrypted by the current key already\n {2}1 encrypted with another value .*\n {2}1 that do not open .*\n {2}differing: \["2"\]\n {2}unreadable: \["4"\]\n$/,
  );
  expect(told(finished)).not.toContain('TAX-ZQ');
  expect(await stored()).toEqual(before);
});

test('a failure of the database is told by its code, for its words could hold a value', async () => {
  await fill(10);
  await crm().query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no % here', new.tax_plain; end $$;
    create trigger refuse before update on customer for each row execute function refuse();
  `);
  try {
    const { code, stdout, stderr } = await encrypt(...taxIds);
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      'The database of --url failed (P0001). What is done stays; run it again to go on.\n',
    ]);
  } finally {
    await crm().query('drop trigger refuse on customer; drop function refuse');
  }
});

test('nothing of a value is ever a parameter, which PostgreSQL may log', async () => {
  await fill(10);
  await crm().query(`alter database "${crm().name}" set log_statement = 'all'`);
  const { rows } = await crm().query<{ file: string }>(
    "select current_setting('data_directory') || '/../postgres.log' as file",
  );
  const before = (await readFile(rows[0]!.file)).length;
  await encrypt(...taxIds);
  await crm().query(`alter database "${crm().name}" reset log_statement`);
  const sent = (await readFile(rows[0]!.file)).subarray(before).toString();
  expect(sent).toMatch(/update "public"."customer"/);
  expect(sent).not.toMatch(/TAX-ZQ\d/);
});

describe('what cannot be done is said before anything is', () => {
  test('a field or column that is not there, or does not fit', async () => {
    const cases: readonly (readonly [args: readonly string[], message: string])[] = [
      [
        ['Customer.taxid'],
        'The schema has no encrypted field Customer.taxid. Did you mean "Customer.taxId"?',
      ],
      [
        ['Customer.taxId', '--from', 'tax_plane'],
        '"public"."customer" has no column "tax_plane". Did you mean "tax_plain"?',
      ],
      [
        ['Customer.taxId', '--from', 'fee_plain'],
        '"fee_plain" is numeric(12,2), and Customer.taxId is String.',
      ],
    ];
    const finished = await Promise.all(cases.map(([args]) => encrypt(...args)));
    expect(finished).toEqual(cases.map(([, message]) => ({ code: 1, stdout: '', stderr: `${message}\n` })));
  });

  test('a key that is not there', async () => {
    const { code, stderr } = await run(argumentsFor(...taxIds), {
      ...place(),
      env: { ...keys, TAX_ID_OLD: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'cordon.yaml:8 INVALID_KEY The key "tax-id" is not there: the variable TAX_ID_OLD must hold 32 bytes in base64',
    );
  });

  test('a role that may not write', async () => {
    await fill(1);
    await crm().query('create role encrypt_reader login; grant select on customer to encrypt_reader');
    try {
      const url = crm().url.replace(/\/\/[^@]+@/, '//encrypt_reader@');
      const { code, stderr } = await run(
        ['encrypt-column', '--config', config, '--url', '${WRITER}', ...taxIds],
        { ...place(), env: { ...keys, WRITER: url } },
      );
      expect([code, stderr]).toEqual([
        1,
        'The database of --url failed (42501). Name a role in --url that may select the key and both columns, and update the encrypted one.\n',
      ]);
    } finally {
      await crm().query('drop owned by encrypt_reader; drop role encrypt_reader');
    }
  });

  test('a --url that is none, or whose variable is not set', async () => {
    const refused = ['${NOT_SET}', 'postgres://db'].map((url) =>
      run(['encrypt-column', '--config', config, '--url', url, ...taxIds], place()),
    );
    for (const { code, stdout, stderr } of await Promise.all(refused)) {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^error: --url takes postgres:/);
    }
  });
});
