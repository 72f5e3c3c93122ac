import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runner } from './runner.js';

/** Where PostgreSQL makes its socket: the one folder, besides its data, that its processes may write to. */
export function socketsWithin(folder: string): string {
  return join(folder, 'socket');
}

/**
 * Closes an existing folder to everybody but us and the runner, and makes the socket's folder in it. As root the
 * folder stays ours and the runner may only pass through: where the runner could write, a subverted PostgreSQL could
 * put a symlink in place of a file that root writes next.
 */
export async function closeFolder(folder: string, { identity }: Runner): Promise<void> {
  const { uid } = await lstat(folder);
  if (identity && uid !== identity.uid) {
    await chown(folder, 0, identity.gid);
    await chmod(folder, 0o710);
  } else await chmod(folder, 0o700);

  const sockets = socketsWithin(folder);
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  await chmod(sockets, 0o700);
  if (identity) await chown(sockets, identity.uid, identity.gid);
}
