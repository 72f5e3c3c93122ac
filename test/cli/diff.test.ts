import { execFileSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '../support/deployments.js';
import { shopFolder, type ShopFolder } from './review-deployment.js';

let deployment: ShopFolder;
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
    cwd: deployment.folder,
    encoding: 'utf8',
  });

/** The working tree masks for support what the commit denies. */
const changedPolicy = shop.policy.replace(
  'mask: [relationship, contact], deny: [pricing]',
  'mask: [relationship, contact, pricing]',
);

beforeAll(async () => {
  deployment = await shopFolder();
  git('init', '--quiet', '--initial-branch', 'trunk');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  await cp(join(deployment.folder, 'schema'), join(deployment.folder, 'old/schema'), { recursive: true });
  await deployment.write('old/policy.yaml', shop.policy);
}, 60_000);
afterAll(() => deployment.dispose());
beforeEach(() => deployment.write('policy.yaml', changedPolicy));

test.each(['trunk', 'old'])('with %s, it says who gains what, and ends with 2', async (version) => {
  const { code, stdout, stderr } = await deployment.cordon('diff', version, '--json');
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    roles: { added: [], removed: [] },
    types: { added: [], removed: [] },
    fields: { added: [], removed: [] },
    control: [],
    limits: [],
    changes: [
      {
        role: 'support',
        coordinate: 'Customer.credit',
        gains: ['the mask bucket(width: 1000)'],
        losses: [],
        before: [{ decision: 'DENIED', usages: [], rows: 'all', mask: null, conditions: null }],
        after: [
          {
            decision: 'MASKED',
            usages: ['READ'],
            rows: 'all',
            mask: 'bucket(width: 1000)',
            conditions: null,
          },
        ],
      },
      expect.objectContaining({ coordinate: 'Order.total', gains: ['the mask bucket(width: 100)'] }),
      expect.objectContaining({ coordinate: 'Line.price', gains: ['the mask nullify'] }),
    ],
  });
  expect(git('status', '--porcelain', '--untracked-files=no')).toBe(' M policy.yaml\n');
});

test('as text, by role', async () => {
  const { code, stdout } = await deployment.cordon('diff', 'trunk');
  expect(code).toBe(2);
  expect(stdout).toBe(`Compared with trunk:

support
  + Customer.credit
      denied
    → masked
      gains the mask bucket(width: 1000)
  + Order.total
      denied
    → masked
      gains the mask bucket(width: 100)
  + Line.price
      denied
    → masked
      gains the mask nullify

Gains: 1 role at 3 places. Nobody loses anything.
`);
});

test('as a comment, in which no word of the deployment is markup', async () => {
  await deployment.write('policy.yaml', shop.policy.replace('deny: [pricing]', 'deny: [identity]'));
  const { stdout } = await deployment.cordon('diff', 'trunk', '--markdown');
  expect(stdout).toContain('#### support\n\n| | where | before | now | what |\n|---|---|---|---|---|\n');
  expect(stdout).toContain('| gains | Customer.taxId | hidden | denied | its name |');
  expect(stdout).toContain(
    '| loses | Customer.credit, Order.total, Line.price | denied | hidden | its name |',
  );
});

test('where nobody gains it ends with 0', async () => {
  await deployment.write('policy.yaml', shop.policy);
  expect(await deployment.cordon('diff', 'HEAD')).toEqual({
    code: 0,
    stdout: 'Compared with HEAD:\n\nNobody gains or loses anything.\n',
    stderr: '',
  });
  await deployment.write('policy.yaml', shop.policy.replace('deny: [pricing]', 'deny: []'));
  const { code, stdout } = await deployment.cordon('diff', 'HEAD');
  expect(code).toBe(0);
  expect(stdout).toContain('loses its name');
  expect(stdout).toContain('Nobody gains anything. Losses: 1 role at 3 places.');
});

test('limits of a role are told of, and are no gain', async () => {
  const limited = (limits: string) =>
    shop.policy.replace('mask: [contact] }', `mask: [contact], limits: { ${limits} } }`);
  await deployment.write('policy.yaml', limited('page: { max: 200 }, requestTime: 5s, body: 100kB'));
  const text = await deployment.cordon('diff', 'HEAD');
  expect(text).toEqual({
    code: 0,
    stdout: `Compared with HEAD:

partner
  · limits: page.max 100 → 200, raised; requestTime 10s → 5s, lowered

Nobody gains or loses anything. Limits change for 1 role.
`,
    stderr: '',
  });
  const json = await deployment.cordon('diff', 'HEAD', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: true,
    changes: [],
    limits: [
      { role: 'partner', limit: 'page.max', before: '100', after: '200', raised: true },
      { role: 'partner', limit: 'requestTime', before: '10s', after: '5s', raised: false },
    ],
  });
  const { stdout } = await deployment.cordon('diff', 'HEAD', '--markdown');
  expect(stdout).toContain('#### partner');
  expect(stdout).toContain('| limit | page.max | 100 | 200 | raised |');
});

test('what is no version, or one that does not load, is a failure that says why', async () => {
  const none = await deployment.cordon('diff', '--json', 'no-such');
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('no-such is no folder, and no commit of a git repository');
  const option = await deployment.cordon('diff', '--', '--output=x');
  expect(option.code).toBe(1);
  await deployment.write('older/schema/types.graphql', shop.sdl.replace('email: String', 'fax: String'));
  await deployment.write('older/policy.yaml', shop.policy);
  const unloadable = await deployment.cordon('diff', 'older');
  expect(unloadable.code).toBe(1);
  expect(unloadable.stderr).toContain('older cannot be compared with');
  expect(unloadable.stderr).toContain('older/schema/types.graphql:12 UNKNOWN_COLUMN');
});
