import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { enrolmentPublicKey, verifyDatabase } from '../../src/ledger/index.js';
import { eventually } from '../ledger/fixture.js';
import { holdsData, startLoad, unentered } from '../resilience/load.js';
import { shop } from '../support/deployments.js';
import type { PreparedGateway, Query } from '../support/gateway.js';
import { run, start, type RunningCommand } from './command.js';
import { configuredGateway } from './configured.js';

/** `cordon start --workers`: several processes on one port, as an operator runs them. */

const browser = { roles: ['browser'] };
const names = '{ customers { nodes { customerId name } } }';
const withoutNames = shop.policy.replace(
  'browser: { rows: all, clear: [relationship] }',
  'browser: { rows: all, clear: [contact] }',
);

async function childrenOf(processId: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === processId).map(([child]) => child!);
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Ten requests at once, and one a second: for all workers together. */
const sparing = shop.policy.replace('partner: {', 'partner: { limits: { requestsPerSecond: 1 },');

/** A port that nobody has, and most likely nobody the next one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

let prepared: PreparedGateway;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  prepared = await configuredGateway(
    shop,
    'workers: 2',
    `metrics: { port: ${metricsPort} }`,
    'limits: { atOnce: 1000, requestsPerSecond: 100000 }',
  );
});
afterAll(() => prepared.dispose());

describe('two workers on one port', () => {
  let command: RunningCommand;
  let address: string;
  let query: Query;
  let workers: readonly number[];

  beforeAll(async () => {
    command = start(['start', '--port', '0'], { cwd: prepared.folder });
    const lines = await command.until('ready ');
    address = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.at(-1) ?? '')![0];
    query = prepared.queryAt(address);
    workers = await childrenOf(command.processId);
  });
  afterAll(() => command.kill('SIGKILL'));

  it('have their metrics at ports that follow one another', async () => {
    const counted = async (port: number) => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return [...page.matchAll(/^cordon_requests_total\{.*\} (\d+)$/gm)].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
    };
    const both = () => Promise.all([counted(metricsPort), counted(metricsPort + 1)]);
    const [one, other] = await both();
    await many(30);
    await eventually(async () => (await both()).reduce((sum, n) => sum + n) === one + other + 30);
    expect((await both()).map((n, i) => n > [one, other][i]!)).toEqual([true, true]);
  });

  const many = (count: number) => Promise.all(Array.from({ length: count }, () => query(browser, names)));
  const logged = () =>
    command
      .errors()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; worker?: number });
  const lines = (msg: string) => logged().filter((line) => line.msg === msg);
  const writers = async () => {
    const client = new pg.Client(prepared.control);
    await client.connect();
    const { rows } = await client.query<{ closed: boolean; batches: number }>(
      `SELECT closed_at IS NOT NULL AS closed, (SELECT count(*)::int FROM ledger.batch WHERE writer_id = id) AS batches
       FROM ledger.writer`,
    );
    await client.end();
    return rows;
  };

  it('both answer, and each enters what it has answered into a chain of its own', async () => {
    expect(workers).toHaveLength(2);
    const before = (await prepared.entries()).length;
    const answers = await many(16);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await prepared.entries()).toHaveLength(before + 16);
    const chains = await writers();
    expect(chains).toHaveLength(2);
    // The start of each is its first batch.
    expect(chains.every(({ batches }) => batches > 1)).toBe(true);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    const enrolled = lines('writer enrolled').map(({ worker }) => worker);
    expect(enrolled.sort()).toEqual([1, 2]);
  });

  it('all read schema and policy anew at SIGHUP', async () => {
    const codes = async () => (await many(8)).map(({ body }) => body.errors?.[0]?.extensions.code);
    await writeFile(join(prepared.folder, 'policy.yaml'), withoutNames);
    expect(new Set(await codes())).toEqual(new Set([undefined]));
    void command.kill('SIGHUP');
    await eventually(() => lines('the schema and the policy were loaded anew and are in force').length === 2);
    expect(new Set(await codes())).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    await writeFile(join(prepared.folder, 'policy.yaml'), sparing);
    void command.kill('SIGHUP');
    await eventually(() => lines('the schema and the policy were loaded anew and are in force').length === 4);
    expect(new Set(await codes())).toEqual(new Set([undefined]));
    expect(lines('workers serve different versions of the files; SIGHUP reloads all')).toEqual([]);
  });

  it('give a caller together what the limits allow, not each', async () => {
    const asked = Array.from({ length: 24 }, () => query({ roles: ['partner'], accounts: ['1'] }, names));
    const given = (await Promise.all(asked)).filter(({ status }) => status === 200).length;
    // Five each, and what a second or two has added.
    expect(given).toBeGreaterThanOrEqual(9);
    expect(given).toBeLessThan(15);
  });

  it('one that is killed under load is replaced; told to stop, all answer first, and nothing left unentered', async () => {
    const load = startLoad(address, await prepared.token({ roles: ['manager'] }), 'load', 8);
    await load.until(20, holdsData);
    process.kill(workers[0]!, 'SIGKILL');
    await eventually(() => lines('a worker serves again').length === 1);
    await load.until(20, holdsData);
    const stopping = command.kill('SIGTERM');
    // From here on nobody takes requests; the clients end as they meet that.
    const { code } = await stopping;
    const samples = await load.stop();
    expect(code).toBe(0);
    const entries = await prepared.entries();
    expect(unentered(samples, entries, prepared.keys)).toEqual([]);
    // None has two: what a killed worker has entered and not answered is all that there can be beyond the answers.
    const marks = entries.map(({ actor }) => (typeof actor === 'object' ? actor.justification : null));
    const ofLoad = marks.filter((mark) => mark?.startsWith('load-') === true);
    expect(new Set(ofLoad).size).toBe(ofLoad.length);
    const chains = await writers();
    expect(chains.map(({ closed }) => closed).sort()).toEqual([false, true, true]);
    const { faults } = await verifyDatabase(prepared.control, {
      enrolment: enrolmentPublicKey(prepared.keys),
      folders: [prepared.config.ledgerFolder],
    });
    expect(faults).toEqual([]);
    expect(lines('a worker died')).toHaveLength(1);
  });
});

test('a start that fails says so once', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await run(['start', '--port', String(port)], { cwd: prepared.folder });
  taken.close();
  expect(code).toBe(1);
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([
    `Port ${port} is taken: stop what listens there, or choose another with --port or PORT.`,
    'Worker 1 has not started; it has said why.',
  ]);
});

test('workers end with the process that started them, however that ends', async () => {
  const command = start(['start', '--port', '0'], { cwd: prepared.folder });
  await command.until('ready ');
  const workers = await childrenOf(command.processId);
  await command.kill('SIGKILL');
  await eventually(() => !workers.some(isRunning));
  expect(workers).toHaveLength(2);
});
