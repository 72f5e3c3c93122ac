import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Log } from '../base/index.js';
import { EmbeddedError } from './embedded-error.js';
import { port, type Home } from './home.js';

const fastShutdownMs = 15_000;
const immediateShutdownMs = 10_000;
const pollMs = 20;

/** The process id in postmaster.pid, alive or not. */
async function recordedProcess(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const processId = Number(text.split('\n')[0]);
  return Number.isSafeInteger(processId) && processId > 1 ? processId : undefined;
}

/** Every process of PostgreSQL works in its data folder, so that is what tells one of ours from a reused id. */
async function isServerOf(data: string, processId: number): Promise<boolean> {
  const proc = `/proc/${processId}`;
  try {
    return (
      (await readlink(join(proc, 'cwd'))) === data &&
      (await readFile(join(proc, 'comm'), 'utf8')) === 'postgres\n'
    );
  } catch {
    return false;
  }
}

/** The processes that run on this data, the postmaster and what it left; without /proc the postmaster only. */
async function serversOf(data: string): Promise<number[]> {
  const recorded = await recordedProcess(data);
  if (process.platform !== 'linux') {
    if (recorded === undefined) return [];
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(recorded)]).catch(
      () => ({
        stdout: '',
      }),
    );
    return stdout.includes('postgres') && stdout.includes(data) ? [recorded] : [];
  }
  const ids = (await readdir('/proc')).map(Number).filter(Number.isSafeInteger);
  const ours = await Promise.all(ids.map((id) => isServerOf(data, id)));
  return ids.filter((_, i) => ours[i]);
}

function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name);
  } catch {
    // It ended in between.
  }
}

async function gone(data: string, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += pollMs) {
    if ((await serversOf(data)).length === 0) return true;
    await wait(pollMs);
  }
  return false;
}

/**
 * Ends what a killed gateway left running on this data. Call it with the folder's lock held: then no living gateway
 * owns them. Children of a killed postmaster end by themselves, but a new one refuses to start before they have.
 */
export async function stopOrphans(home: Home, log: Log): Promise<void> {
  const orphans = await serversOf(home.data);
  const postmaster = await recordedProcess(home.data);
  if (orphans.length > 0) {
    log.warn({ processes: orphans.length }, 'a gateway that was killed left PostgreSQL running; stopping it');
    if (postmaster !== undefined && orphans.includes(postmaster)) signal(postmaster, 'SIGINT');
    if (!(await gone(home.data, fastShutdownMs))) {
      for (const processId of await serversOf(home.data)) signal(processId, 'SIGQUIT');
      if (!(await gone(home.data, immediateShutdownMs)))
        throw new EmbeddedError(`PostgreSQL still runs on ${home.data} and does not stop; stop it by hand.`);
    }
  }
  // PostgreSQL takes any process of a recorded id for a postmaster: a zombie that nobody has waited for, or one that
  // was given the id since, as in a container that starts again. Only /proc can show that there is none.
  if (process.platform === 'linux') await rm(join(home.data, 'postmaster.pid'), { force: true });
  await rm(join(home.socketFolder, `.s.PGSQL.${port}.lock`), { force: true });
}
