import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../base/index.js';
import type { Binaries } from './binaries.js';
import { EmbeddedError } from './embedded-error.js';
import type { Home } from './home.js';

/** A postmaster that takes connections. */
export interface Server {
  readonly processId: number;
  /** Ends it, by force in the end; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Recovery after a crash reads the log since the last checkpoint before connections are taken. */
const startMs = 120_000;
const pollMs = 10;

/** What each signal means to a postmaster, and how long it is given: finish, abandon, die. */
const shutdown: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/**
 * Stops the postmaster when this process is gone without having done so: the kernel then closes the pipe that the
 * shell waits on. Ended with the postmaster, so that it cannot meet a reused process id.
 */
function watch(postmaster: ChildProcess, home: Home): void {
  if (hasExited(postmaster)) return;
  const script = 'read -r _; kill -INT "$1"';
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(postmaster.pid)], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...home.runner.identity,
  });
  // Without a watchdog the next start stops what is left.
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  postmaster.once('exit', () => watchdog.kill('SIGKILL'));
}

/** As `pg_ctl` does: the postmaster writes its state into the eighth line of its file. */
async function isReady(home: Home, processId: number): Promise<boolean> {
  const lines = (await readFile(join(home.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[0] === String(processId) && lines[7]?.trim() === 'ready';
}

async function stop(postmaster: ChildProcess): Promise<void> {
  postmaster.ref();
  for (const [signal, withinMs] of shutdown) {
    if (hasExited(postmaster)) return;
    const deadline = AbortSignal.timeout(withinMs);
    const exit = once(postmaster, 'exit', { signal: deadline }).catch(() => undefined);
    postmaster.kill(signal);
    await exit;
  }
}

async function spawnPostmaster(
  home: Home,
  binaries: Binaries,
  args: readonly string[],
): Promise<ChildProcess> {
  const logFile = join(home.folder, 'postgres.log');
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  const output = await open(logFile, 'wx', 0o600);
  try {
    const postmaster = spawn(binaries.postgres, ['-D', home.data, ...args], {
      cwd: '/',
      env: {},
      stdio: ['ignore', output.fd, output.fd],
      // Out of the terminal's process group: Ctrl-C is for the gateway, which stops PostgreSQL after its last entry.
      detached: true,
      ...home.runner.identity,
    });
    await once(postmaster, 'spawn');
    postmaster.unref();
    return postmaster;
  } finally {
    await output.close();
  }
}

/** Starts a postmaster on the home's data and waits until it takes connections. */
export async function startServer(
  home: Home,
  binaries: Binaries,
  args: readonly string[],
  log: Log,
): Promise<Server> {
  const postmaster = await spawnPostmaster(home, binaries, args);
  const processId = postmaster.pid ?? 0;
  watch(postmaster, home);
  for (let waited = 0; !(await isReady(home, processId)); waited += pollMs) {
    const exited = hasExited(postmaster);
    if (!exited && waited < startMs) {
      await wait(pollMs);
      continue;
    }
    await stop(postmaster);
    throw new EmbeddedError(`PostgreSQL did not start; ${join(home.folder, 'postgres.log')} says why.`);
  }
  let stopping = false;
  postmaster.once('exit', (code, signal) => {
    if (!stopping)
      log.error({ code, signal }, 'the embedded PostgreSQL ended by itself; start the gateway again');
  });
  return {
    processId,
    stop: async () => {
      stopping = true;
      await stop(postmaster);
    },
  };
}
