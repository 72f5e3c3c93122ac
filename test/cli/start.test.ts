import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../ledger/fixture.js';
import { shop } from '../support/deployments.js';
import type { PreparedGateway, Query } from '../support/gateway.js';
import { configuredGateway } from './configured.js';
import { start, type RunningCommand } from './command.js';

/** `cordon start` as an operator runs it: a file, a process and its signals. */

const browser = { roles: ['browser'] };
const names = '{ customers { nodes { customerId name } } }';
const withoutNames = shop.policy.replace(
  'browser: { rows: all, clear: [relationship] }',
  'browser: { rows: all, clear: [contact] }',
);

let prepared: PreparedGateway;
let command: RunningCommand;
let query: Query;

beforeEach(async () => {
  prepared = await configuredGateway(shop);
});
afterEach(async () => {
  await command.kill('SIGKILL');
  await prepared.dispose();
});

async function startCommand(...options: string[]): Promise<void> {
  command = start(['start', '--port', '0', ...options], { cwd: prepared.folder });
  const lines = await command.until('ready ');
  query = prepared.queryAt(/http:\/\/127\.0\.0\.1:\d+/.exec(lines.at(-1) ?? '')![0]);
}

const write = (policy: string): Promise<void> => writeFile(join(prepared.folder, 'policy.yaml'), policy);
const untilAnswered = (code: string | undefined): Promise<void> =>
  eventually(async () => (await query(browser, names)).body.errors?.[0]?.extensions.code === code);

/** What it has logged, once it has stopped as asked to. */
async function stopped(): Promise<{ level: number; msg: string }[]> {
  const { code, stderr } = await command.kill('SIGTERM');
  expect(code).toBe(0);
  return stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string });
}

test('loads schema and policy anew at SIGHUP, and says that the configuration itself is not', async () => {
  await startCommand();
  expect((await query(browser, names)).status).toBe(200);
  await write(withoutNames);
  expect((await query(browser, names)).status).toBe(200);
  void command.kill('SIGHUP');
  await untilAnswered('GRAPHQL_VALIDATION_FAILED');
  await appendFile(join(prepared.folder, 'cordon.yaml'), 'limits: { page: { root: 2 } }\n');
  await write(shop.policy);
  void command.kill('SIGHUP');
  await untilAnswered(undefined);
  const logged = (await stopped()).map(({ msg }) => msg).filter((msg) => /anew/.test(msg));
  expect(logged).toEqual([
    'the schema and the policy were loaded anew and are in force',
    expect.stringMatching(/^the configuration has changed, and is read at start only/),
    'the schema and the policy were loaded anew and are in force',
  ]);
});

test('--watch loads what was saved, and a mistake in it only when it is mended', async () => {
  await startCommand('--watch');
  await write(withoutNames);
  await untilAnswered('GRAPHQL_VALIDATION_FAILED');
  await write(shop.policy.replace('[relationship] }', '[relation] }'));
  await eventually(() => command.errors().includes('nothing was loaded'));
  expect((await query(browser, names)).body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  await write(shop.policy);
  await untilAnswered(undefined);
  const logged = await stopped();
  expect(logged.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([
    expect.stringMatching(/policy\.yaml:\d+ UNKNOWN_CLASS /),
    'nothing was loaded: what was in force stays in force',
  ]);
});
