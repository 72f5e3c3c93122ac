import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/embedded/index.js';
import { quietLog } from '../support/quiet-log.js';
import { testFolder } from '../support/test-folders.js';
import { started, startOwner, type Owner } from './owner.js';

let folder: string;
let owners: Owner[];

async function own(): Promise<Owner> {
  const owner = await startOwner(folder);
  owners.push(owner);
  return owner;
}

async function query(owner: Owner, text: string): Promise<unknown[]> {
  const client = new pg.Client(started(owner).url);
  // The server may end under it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process that has ended may still be listed as a zombie until its parent asks for it. */
async function isRunning(processId: number): Promise<boolean> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => 'State: none');
  return !/^State:\s*[ZXn]/m.test(status);
}

async function untilGone(processId: number): Promise<void> {
  for (let waited = 0; await isRunning(processId); waited += 20) {
    if (waited > 20_000) throw new Error('a process does not end');
    await wait(20);
  }
}

/** The shell that waits for the owner's end, found by the process that it is to signal then. */
async function watchdogOf(postmaster: number): Promise<number> {
  for (const name of await readdir('/proc')) {
    const command = await readFile(join('/proc', name, 'cmdline'), 'utf8').catch(() => '');
    if (command.startsWith('/bin/sh\0-c\0read') && command.endsWith(`\0${postmaster}\0`)) return Number(name);
  }
  throw new Error('no watchdog');
}

/** An owner killed in a way that leaves PostgreSQL running. */
async function orphan(): Promise<{ processId: number }> {
  const owner = await own();
  await query(owner, 'CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a');
  const { processId } = started(owner);
  process.kill(await watchdogOf(processId), 'SIGKILL');
  await owner.kill();
  expect(await isRunning(processId)).toBe(true);
  return { processId };
}

// One folder for all, as each test leaves it fit for the next start: that is what they are about.
beforeAll(() => {
  folder = testFolder('killed');
});

beforeEach(() => {
  owners = [];
});

afterEach(async () => {
  for (const owner of owners)
    if (owner.child.exitCode === null && owner.child.signalCode === null) await owner.end();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

(process.platform === 'linux' ? describe : describe.skip)('after kill -9 of the owner', () => {
  it('PostgreSQL ends by itself', async () => {
    const owner = await own();
    await owner.kill();
    await untilGone(started(owner).processId);
  });

  it('the next start has the data, however soon it comes', async () => {
    for (let round = 1; round <= 5; round++) {
      const owner = await own();
      await query(owner, `CREATE TABLE round${round} ()`);
      await owner.kill();
    }
    const last = await own();
    expect(await query(last, `SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'round_'`)).toEqual([
      { n: 5 },
    ]);
  });

  it('a PostgreSQL that still runs is stopped by the next start', async () => {
    const { processId } = await orphan();
    const next = await own();
    expect(await isRunning(processId)).toBe(false);
    expect(await query(next, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
  });

  it('and of its postmaster, the next start waits for the processes that these left', async () => {
    const owner = await own();
    await query(owner, 'CREATE TABLE committed AS SELECT 1 AS a');
    process.kill(started(owner).processId, 'SIGKILL');
    await owner.kill();
    expect(await query(await own(), 'SELECT a FROM committed')).toEqual([{ a: 1 }]);
  });

  it('a process that was given the same id since is left alone', async () => {
    await (await own()).end();
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      const file = join(folder, 'data/postmaster.pid');
      await writeFile(file, `${stranger.pid}\n${join(folder, 'data')}\n1700000000\n5432\n\n\n\nready\n`);
      started(await own());
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      const exit = once(stranger, 'exit');
      stranger.kill('SIGKILL');
      await exit;
    }
  });

  it('a start that is still running keeps the folder, and says so to others', async () => {
    await own();
    const second = await startOwner(folder);
    expect(second.report).toEqual({
      failed: {
        inUse: true,
        message: `FolderInUseError: Another gateway is using ${folder}; stop it first, or name another folder for the embedded PostgreSQL.`,
      },
    });
  });
});

(process.platform === 'linux' ? it : it.skip)(
  'stop leaves no process behind, while its owner lives on',
  async () => {
    const postgres = await startEmbedded({ folder, log: quietLog });
    const watchdog = await watchdogOf(postgres.processId);
    await postgres.stop();
    expect(await isRunning(postgres.processId)).toBe(false);
    await untilGone(watchdog);
  },
);
