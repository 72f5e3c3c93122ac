import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '../support/deployments.js';
import { shopConfig, shopFolder, type ShopFolder } from './review-deployment.js';

let deployment: ShopFolder;
beforeAll(async () => {
  deployment = await shopFolder({ crm: 'alter table customer add column memo text;' });
}, 60_000);
afterAll(() => deployment.dispose());

interface Found {
  readonly ok: boolean;
  readonly problems: readonly { code: string; message: string }[];
  readonly warnings: readonly { code: string; message: string }[];
  readonly notes: readonly { code: string; message: string }[];
}

async function check(): Promise<{ code: number | null; found: Found }> {
  const { code, stdout } = await deployment.cordon('check', '--json');
  return { code, found: JSON.parse(stdout) as Found };
}

test('check tells problems, warnings and notes apart', async () => {
  const { code, found } = await check();
  expect({ code, ok: found.ok, problems: found.problems }).toEqual({ code: 0, ok: true, problems: [] });
  expect(found.warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('crm."public"."customer" has no index on ("rep")'),
    expect.stringContaining('sales."public"."orders" has no index on ("account_id")'),
  ]);
  expect(found.notes).toEqual([
    expect.objectContaining({
      code: 'COLUMNS_NOT_EXPOSED',
      message: expect.stringContaining('"memo" of crm."public"."customer"'),
    }),
  ]);
});

test('check refuses a source that logs parameters, until it is accepted', async () => {
  const crm = deployment.databases.get('crm')!;
  await crm.query(`
    alter database "${crm.name}" set log_parameter_max_length = -1;
    alter database "${crm.name}" set log_min_duration_statement = 1000`);
  const refused = await check();
  expect(refused.code).toBe(1);
  expect(refused.found.problems).toEqual([
    {
      file: 'cordon.yaml',
      line: 0,
      code: 'PARAMETERS_LOGGED',
      message: expect.stringContaining('The source crm would have') as string,
    },
  ]);
  await deployment.write(
    'cordon.yaml',
    shopConfig(deployment.databases, { crm: 'acceptParameterLogging: true' }),
  );
  const { code, found } = await check();
  expect(code).toBe(0);
  expect(found.warnings.map(({ code: each }) => each)).toContain('PARAMETERS_LOGGED');
});

test('check holds keys that are vouched for against the rows', async () => {
  const crm = deployment.databases.get('crm')!;
  await crm.query(`
    create view reps as select rep as id, account_id as account from customer union all select null, 1;
    create view accounts_seen as select account_id as id from account union all select 9;
    create view slow as select c.rep as id from customer c, pg_sleep(6)`);
  const type = (name: string, view: string) =>
    `type ${name} @table(source: crm, name: "${view}", key: ["id"], keyBecause: "So it is said.") @open { id: ID }`;
  await deployment.write(
    'schema/views.graphql',
    [type('Rep', 'reps'), type('Seen', 'accounts_seen'), type('Slow', 'slow')].join('\n'),
  );
  await deployment.write(
    'cordon.yaml',
    shopConfig(deployment.databases, { crm: 'acceptParameterLogging: true, statementTimeout: 2s' }),
  );
  const { code, found } = await check();
  expect(code).toBe(1);
  const told = ({ code: each, message }: { code: string; message: string }) =>
    `${each} ${message.split(':')[0] ?? ''}`;
  expect(found.problems.map(told)).toEqual(['KEY_REPEATED Rep']);
  expect(found.problems[0]!.message).not.toMatch(/rita|sam/);
  expect(found.warnings.map(told)).toEqual(expect.arrayContaining(['KEY_IS_NULL Rep', 'KEY_NOT_SEEN Slow']));
  expect([...found.warnings, ...found.notes].map(told).filter((each) => each.endsWith('Seen'))).toEqual([]);
  await deployment.write('schema/views.graphql', type('Seen', 'accounts_seen'));
  expect((await check()).code).toBe(0);
});

test('grants prints one source or all, for the user in its url or another', async () => {
  const { user } = deployment.databases.get('crm')!.config;
  const all = await deployment.cordon('grants');
  expect(all.code).toBe(0);
  expect(all.stdout).toContain(`"public"."customer" TO "${user}";`);
  expect(all.stdout).toContain(`"public"."orders" TO "${user}";`);
  const one = await deployment.cordon('grants', '--source', 'sales', '--role', 'Re"ader');
  expect(one.stdout).toContain('"public"."orders" TO "Re""ader";');
  expect(one.stdout).not.toContain('"customer"');
  const none = await deployment.cordon('grants', '--source', 'salse');
  expect(none).toMatchObject({ code: 1, stderr: 'There is no source "salse". Did you mean "sales"?\n' });
});

test('explain says what is stored encrypted, and by which key', async () => {
  await deployment.databases.get('crm')!.query('alter table customer add column vat_id bytea');
  const field = 'vatId: String @tradeSecret(class: contact) @encrypted(key: "tax-id")';
  await deployment.write('schema/types.graphql', shop.sdl.replace('taxId:', `${field} taxId:`));
  const config = `${shopConfig(deployment.databases, { crm: 'acceptParameterLogging: true' })}encryption: { tax-id: { current: { file: tax-id.key } } }\n`;
  await deployment.write('cordon.yaml', config);
  await deployment.write('tax-id.key', Buffer.alloc(32, 3).toString('base64'));
  await chmod(join(deployment.folder, 'tax-id.key'), 0o600);
  const { stdout } = await deployment.cordon('explain', '--role', 'manager', '--type', 'Customer');
  expect(stdout).toMatch(/^Customer\.vatId +contact +CLEAR +READ +encrypted with tax-id$/m);
  const json = await deployment.cordon('explain', '--role', 'manager', '--json');
  const lines = JSON.parse(json.stdout) as {
    coordinate: string;
    encrypted: string | null;
    usages: string[];
  }[];
  const of = (coordinate: string) => lines.find((each) => each.coordinate === coordinate);
  expect(of('Customer.vatId')).toMatchObject({ encrypted: 'tax-id', usages: ['READ'] });
  expect(of('Customer.taxId')).toMatchObject({ encrypted: null });
  expect(of('Customer.account')).toMatchObject({ usages: ['READ', 'RELATE'] });
});

test('explain takes types, and a width', async () => {
  const { stdout } = await deployment.cordon('explain', '--type', 'Account', '--width', '60');
  expect(stdout).toContain('Account.name       open   clear');
  expect(stdout).not.toContain('Customer.');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  const unknown = await deployment.cordon('explain', '--type', 'Acount');
  expect(unknown).toMatchObject({
    code: 1,
    stderr: 'The schema has no type "Acount". Did you mean "Account"?\n',
  });
});
