import { mkdir, rm } from 'node:fs/promises';
import { testFolder } from '../support/test-folders.js';
import { run } from './command.js';

const cwd = testFolder('usage');
beforeAll(() => mkdir(cwd, { recursive: true }));
afterAll(() => rm(cwd, { recursive: true }));

const cordon = (...args: string[]) => run(args, { cwd });

it.each([
  [[]],
  [['start']],
  [['demo']],
  [['demo', 'token']],
  [['demo', 'seed']],
  [['init']],
  [['check']],
  [['explain']],
  [['diff']],
  [['grants']],
  [['why']],
  [['schema']],
  [['documents', 'build']],
  [['documents', 'check']],
  [['token', 'issue']],
  [['token', 'list']],
  [['token', 'revoke']],
  [['ledger', 'verify']],
  [['encrypt-column']],
])('%j explains itself', async (command) => {
  const { code, stdout } = await cordon(...command, '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: ${['cordon', ...command].join(' ')} `));
});

it.each([
  [['frobnicate']],
  [['start', '--port', 'high']],
  [['demo', '--size', '1000']],
  [['ledger', 'verfy']],
  [['ledger', 'verify', '--threads', 'many']],
  [['why']],
  [['encrypt-column', 'Customer.taxId', '--url', 'postgres://h/d', '--batch', 'many']],
  [['diff']],
  [['diff', 'a', 'b']],
  [['grants', 'crm']],
  [['explain', '--width', 'wide']],
])('%j is not understood: exit code 2, and a way on', async (command) => {
  const { code, stdout, stderr } = await cordon(...command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .+\n/);
  expect(stderr).toContain('--help');
});

it('says where a configuration is looked for', async () => {
  const { code, stderr } = await cordon('start');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'There is no cordon.yaml here; name one with --config, or start the demo: cordon demo.\n',
  );
});
