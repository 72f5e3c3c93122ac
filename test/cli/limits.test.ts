import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shop } from '../support/deployments.js';
import type { PreparedGateway } from '../support/gateway.js';
import { configuredGateway } from './configured.js';
import { run } from './command.js';

/** What commands say of an operation is what a gateway does, by the limits of whoever asks. */

let prepared: PreparedGateway;
beforeAll(async () => {
  const limits = 'limits: { page: { max: 2, flat: 2 }, aliases: 1 }';
  prepared = await configuredGateway({
    ...shop,
    policy: shop.policy
      .replace('mask: [contact] }', `mask: [contact], ${limits} }`)
      .replace('regional: {', 'regional: { limits: { page: { max: 3, flat: 3 } },'),
  });
  const file = (name: string, text: string) => writeFile(join(prepared.folder, name), text);
  await file('three.graphql', '{ accounts(first: 3) { nodes { name } } }');
  await file('default.graphql', '{ accounts { nodes { name } } }');
  await file('aliases.graphql', '{ accounts { nodes { a: name b: name } } }');
}, 60_000);
afterAll(() => prepared.dispose());

const cordon = (...args: string[]) => run(args, { cwd: prepared.folder });

async function why(roles: string, file: string) {
  const { code, stdout } = await cordon('why', '--as', roles, '--claim', 'accounts=1', file, '--json');
  const { refused, statements } = JSON.parse(stdout) as {
    refused: { code: string; message: string } | null;
    statements: readonly unknown[];
  };
  return { code, refused: refused?.message ?? null, statements: statements.length };
}

test('why plans by the limits of the roles that are asked about', async () => {
  expect(await why('partner', 'three.graphql')).toEqual({
    code: 1,
    refused: expect.stringMatching(/\b2\b/),
    statements: 0,
  });
  // Of several roles the most generous holds, and without any the deployment's.
  for (const roles of ['partner,regional', 'manager'])
    expect(await why(roles, 'three.graphql')).toEqual({ code: 0, refused: null, statements: 1 });
  expect(await why('partner', 'default.graphql')).toEqual({ code: 0, refused: null, statements: 1 });
});

test('why refuses a document that is too large as the gateway does, before it is validated', async () => {
  expect(await why('partner', 'aliases.graphql')).toEqual({
    code: 1,
    refused: 'The operation is over the limit of 1 aliases.',
    statements: 0,
  });
  expect((await why('manager', 'aliases.graphql')).refused).toBeNull();
});

test('documents are tried on the limits of each role', async () => {
  const app = join(prepared.folder, 'named.graphql');
  await writeFile(
    app,
    'query Three { accounts(first: 3) { nodes { name } } }\nquery Aliases { accounts { nodes { a: name b: name } } }\n',
  );
  const roles = ['--role', 'manager', '--role', 'partner'];
  const { code, stdout } = await cordon('documents', 'check', 'named.graphql', ...roles);
  expect(code).toBe(1);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^named\.graphql:1 Three breaks for partner: .*\b2\b/),
    'named.graphql:2 Aliases breaks for partner: The operation is over the limit of 1 aliases.',
    '2 breaks in 2 documents.',
    '',
  ]);
});

test('check notes which roles have limits of their own', async () => {
  const { stdout } = await cordon('check', '--json');
  const { notes } = JSON.parse(stdout) as { notes: { code: string; message: string }[] };
  expect(notes.filter(({ code }) => code === 'ROLE_LIMITS').map(({ message }) => message)).toEqual([
    "The role partner has limits of its own in place of the deployment's: page.max 2, page.flat 2, aliases 1.",
    "The role regional has limits of its own in place of the deployment's: page.max 3, page.flat 3.",
  ]);
});

test('explain names the limits of a role beside its rows', async () => {
  const { stdout } = await cordon('explain', '--role', 'partner', '--role', 'manager', '--type', 'Account');
  expect(stdout).toContain(
    'partner: rows account = $claims.accounts; limits page.max 2, page.flat 2, aliases 1\n',
  );
  expect(stdout).toContain('manager: rows all\n');
});
