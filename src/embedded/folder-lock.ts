import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { errorCode, FolderInUseError } from './embedded-error.js';
import type { Home } from './home.js';

/** Held by this process until it is released or the process dies, however it dies. */
export interface FolderLock {
  release(): Promise<void>;
}

/** A socket that nobody listens on is what a dead process leaves; whatever else is in doubt counts as alive. */
async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes(errorCode(error) ?? '');
  } finally {
    socket.destroy();
  }
}

/**
 * Each process listens on a socket of its own name first and looks for others then. Of two that start together, the
 * one that looks later sees the other, so never both go on; at worst neither does. The kernel closes a listener with
 * its process, so nothing outlives kill -9 and no process id can be mistaken.
 */
export async function takeLock({ folder: wanted, lockFolder: folder }: Home): Promise<FolderLock> {
  const own = `lock-${randomBytes(4).toString('hex')}`;
  const server = createServer((socket) => socket.destroy());
  // For others to knock at, whoever they run as; the folder is closed to strangers.
  server.listen({ path: join(folder, own), writableAll: true }).unref();
  await once(server, 'listening');
  const release = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  try {
    for (const name of await readdir(folder)) {
      if (!name.startsWith('lock-') || name === own) continue;
      if (await isAlive(join(folder, name))) throw new FolderInUseError(wanted);
      await rm(join(folder, name), { force: true });
    }
    return { release };
  } catch (error) {
    await release();
    throw error;
  }
}
