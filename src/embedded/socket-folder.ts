import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError, errorCode } from './embedded-error.js';
import type { Home } from './home.js';

/** With no TCP the port is only part of the socket's name. */
export const port = 5432;

/** `sun_path` with its closing NUL is 104 bytes on macOS and 108 on Linux. */
const longestSocketPath = 103;

/**
 * Not os.tmpdir(): two gateways that see different TMPDIRs must still meet at one lock.
 */
const shortFolder = '/tmp';

/** The folder of PostgreSQL's socket and our lock: the home, or one with a short path that only the runner can use. */
export async function socketFolder(home: Home): Promise<string> {
  if (Buffer.byteLength(join(home.folder, `.s.PGSQL.${port}`)) <= longestSocketPath) return home.folder;

  const name = createHash('sha256').update(home.folder).digest('hex').slice(0, 16);
  const folder = join(shortFolder, `cordon-${name}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const owner = home.runner.identity?.uid ?? process.getuid?.();
  const found = await lstat(folder);
  // Anyone may have made it before us, to stand in for the database: it must be ours, and closed.
  if (!found.isDirectory() || (found.uid !== owner && found.uid !== process.getuid?.()))
    throw new EmbeddedError(
      `${folder} belongs to another user; remove it, or name a folder with a shorter path.`,
    );
  await chmod(folder, 0o700);
  if (home.runner.identity) await chown(folder, home.runner.identity.uid, home.runner.identity.gid);
  return folder;
}
