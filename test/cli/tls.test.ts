import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsFiles } from '../../src/http/index.js';
import { selfSigned } from '../support/certificates.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { testFolder } from '../support/test-folders.js';
import { tlsRelay, type TlsRelay } from '../support/tls-relay.js';
import { run } from './command.js';

/** Commands that are told a database reach it as the gateway reaches one: by TLS that is checked, or by what is accepted by name. */

const cwd = testFolder('tls');
let own: TlsFiles;
let other: TlsFiles;
let database: TestDatabase;
let relay: TlsRelay;
beforeAll(async () => {
  await mkdir(cwd, { recursive: true });
  own = await selfSigned(cwd, 'own');
  other = await selfSigned(cwd, 'other');
  database = await freshDatabase('tls', { sql: 'create table thing (id int primary key, name text)' });
  const pair = { cert: readFileSync(own.cert, 'utf8'), key: readFileSync(own.key, 'utf8') };
  relay = await tlsRelay(database.config, pair);
});
afterAll(async () => {
  relay.close();
  await database.drop();
  await rm(cwd, { recursive: true });
});

const cordon = (...args: string[]) => run(args, { cwd });
const url = ({ port }: TlsRelay) =>
  `postgres://${database.config.user}@127.0.0.1:${port}/${database.config.database}`;
const remote = (mode: string) => `postgres://u:hunter2@db.example/crm?sslmode=${mode}`;

describe.each(['disable', 'prefer', 'no-verify'])('sslmode=%s over a network', (mode) => {
  const said =
    mode === 'no-verify'
      ? /would not check whose certificate .* --ca <file>, .* --accept-unverified\./
      : /would send passwords and data over a network in the clear: .* --accept-plaintext\./;
  test.each([
    ['init', ['init', '--source', `crm=${remote(mode)}`]],
    ['encrypt-column', ['encrypt-column', 'Customer.taxId', '--url', remote(mode)]],
    [
      'demo seed',
      [
        ...['demo', 'seed', '--reader-password', 'x', '--control', remote(mode)],
        ...['--crm', remote(mode), '--sales', remote(mode)],
        ...['--column-key', Buffer.alloc(32).toString('base64')],
      ],
    ],
  ])('is not what %s connects by', async (_, args) => {
    const { code, stdout, stderr } = await cordon(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('hunter2');
  });
});

test('init reads by TLS that is checked, and writes down what it was told', async () => {
  const source = ['--source', `crm=${url(relay)}`];
  const wrong = await cordon('init', ...source, '--out', 'wrong', '--ca', other.cert);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(
    /^The source crm cannot be read: its certificate is not trusted .* --ca <file>\.\n$/,
  );
  const right = await cordon('init', ...source, '--out', 'right', '--ca', own.cert);
  expect([right.code, right.stderr]).toEqual([0, '']);
  expect(await readFile(join(cwd, 'right/cordon.yaml'), 'utf8')).toContain(
    `crm: { url: "\${CRM_URL}", tls: { ca: ${JSON.stringify(own.cert)} } }`,
  );
  const plain = await tlsRelay(database.config, null);
  const without = await cordon('init', '--source', `crm=${url(plain)}`, '--ca', own.cert);
  plain.close();
  expect(without.stderr).toMatch(/it does not offer TLS; .* --accept-plaintext\.\n$/);
});

test('commands of a deployment say what is wrong with a certificate, and not merely that something is', async () => {
  await mkdir(join(cwd, 'schema'), { recursive: true });
  await writeFile(join(cwd, 'policy.yaml'), 'classes: {}\nroles: {}\n');
  const tls = `tls: { ca: ${JSON.stringify(other.cert)} }`;
  const lines = [
    'schema: schema',
    'policy: policy.yaml',
    `sources: { crm: { url: "${url(relay)}", ${tls} } }`,
    `control: { url: "${url(relay)}", ${tls} }`,
    'keys: { folder: keys }',
    'ledger: { folder: ledger }',
  ];
  await writeFile(join(cwd, 'cordon.yaml'), `${lines.join('\n')}\n`);
  const { code, stderr } = await cordon('token', 'list');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^A database of the configuration cannot be reached: its certificate is not trusted .*\n$/,
  );
});
