import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDocuments, documentHash, findDocumentFiles, writeManifest } from '../../src/documents/index.js';
import { shop } from '../support/deployments.js';
import type { PreparedGateway } from '../support/gateway.js';
import { configuredGateway } from './configured.js';
import { run, type Finished } from './command.js';

/** The way of a frontend's documents: written, built, tried on the roles that will use them. */

let prepared: PreparedGateway;
const cordon = (...args: string[]): Promise<Finished> => run(args, { cwd: prepared.folder });
const write = (name: string, text: string): Promise<void> => writeFile(join(prepared.folder, name), text);

beforeAll(async () => {
  prepared = await configuredGateway(shop);
  await mkdir(join(prepared.folder, 'app/parts'), { recursive: true });
  await write(
    'app/screens.graphql',
    'query Names { customers { nodes { ...Row } } }\n\nquery Credits {\n  customers { nodes { ...Row credit } }\n}\n',
  );
  await write('app/parts/row.graphql', 'fragment Row on Customer { customerId name }\n');
}, 60_000);
afterAll(() => prepared.dispose());

test('build makes a manifest, and only of files without a mistake', async () => {
  const { code, stdout } = await cordon('documents', 'build', 'app');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '2 documents in documents.json.\n' });
  const manifest = JSON.parse(await readFile(join(prepared.folder, 'documents.json'), 'utf8')) as Record<
    string,
    string
  >;
  for (const [hash, text] of Object.entries(manifest)) expect(documentHash(text)).toBe(hash);
  expect(Object.values(manifest).every((text) => text.includes('fragment Row on Customer'))).toBe(true);

  const alone = await cordon('documents', 'build', '--out', 'other.json', 'app/screens.graphql');
  expect(alone.code).toBe(1);
  expect(alone.stderr).toMatch(
    /^app\/screens\.graphql:1 UNKNOWN_FRAGMENT .*\napp\/screens\.graphql:3 UNKNOWN_FRAGMENT .*\n2 problems\.\n$/,
  );
  await expect(readFile(join(prepared.folder, 'other.json'))).rejects.toThrow('ENOENT');
});

test('check says which document breaks for whom, and fails then', async () => {
  const roles = ['--role', 'manager', '--role', 'browser', '--role', 'auditor'];
  const { code, stdout } = await cordon('documents', 'check', 'app', ...roles);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'app/screens.graphql:3 Credits breaks for browser: Cannot query field "credit" on type "Customer".',
    'app/screens.graphql:1 Names breaks for auditor: The role sees no customer data.',
    'app/screens.graphql:3 Credits breaks for auditor: The role sees no customer data.',
    '3 breaks in 2 documents.',
    '',
  ]);
  const fine = await cordon('documents', 'check', 'app', '--role', 'manager');
  expect(fine).toEqual({ code: 0, stdout: '0 breaks in 2 documents.\n', stderr: '' });
});

test('check tries the limits, and says which conditions refuse a document as a whole', async () => {
  await mkdir(join(prepared.folder, 'more'), { recursive: true });
  const deep = 'orders { nodes { customer { '.repeat(5) + 'customerId' + ' } } }'.repeat(5);
  await write(
    'more/more.graphql',
    [
      `query Deep { customers { nodes { ${deep} } } }`,
      'query Many($first: Int!) { customers(first: $first) { nodes { name } } }',
      'query Pages { customers(first: 5000) { nodes { name } } }',
      'query ByTax($id: String!) { customers(where: { taxId: { eq: $id } }) { nodes { name } } }',
      'query Tax { customers { nodes { taxId } } }',
    ].join('\n'),
  );
  const { code, stdout } = await cordon('documents', 'check', 'more', '--role', 'manager');
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    'more/more.graphql:1 Deep breaks for manager: The operation is over the limit of 10000 rows in reach.',
    expect.stringMatching(/^more\/more\.graphql:3 Pages breaks for manager: /),
    'more/more.graphql:4 ByTax is refused whole for manager where a condition of identity is not met: PURPOSE_REQUIRED A purpose that covers this class must be declared.',
    '2 breaks in 5 documents.',
    '',
  ]);
});

test('check asks for files where the configuration names no manifest', async () => {
  const none = await cordon('documents', 'check', '--role', 'browser');
  expect(none.code).toBe(1);
  expect(none.stderr).toBe('The configuration has no "documents"; name the files to be checked.\n');
});

test('check tries the manifest of the configuration, where no files are named', async () => {
  const built = buildDocuments(await findDocumentFiles([join(prepared.folder, 'app')]));
  if ('problems' in built) throw new Error('the documents have mistakes');
  await write('documents.json', writeManifest(built.documents));
  const config = await readFile(join(prepared.folder, 'cordon.yaml'), 'utf8');
  await write('cordon.yaml', `${config}documents: { file: documents.json, required: [browser] }\n`);
  const { code, stdout } = await cordon('documents', 'check', '--role', 'browser', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    documents: 2,
    broken: [
      {
        role: 'browser',
        file: join(prepared.folder, 'documents.json'),
        line: expect.any(Number),
        operation: 'Credits',
        message: 'Cannot query field "credit" on type "Customer".',
      },
    ],
    conditional: [],
  });
  expect((await cordon('check')).stdout).toContain('2 trusted documents.');
});

test('a token for documents only is issued as such', async () => {
  const { stdout } = await cordon(
    'token',
    'issue',
    '--organisation',
    'north',
    '--role',
    'partner',
    '--scope',
    'read:*',
    '--expires',
    '90d',
    '--documents-only',
    '--json',
  );
  const { id } = JSON.parse(stdout) as { id: string };
  const listed = JSON.parse((await cordon('token', 'list', '--json')).stdout) as {
    id: string;
    documentsOnly: boolean;
  }[];
  expect(listed).toMatchObject([{ id, documentsOnly: true }]);
});
