import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedError } from './embedded-error.js';
import type { Home } from './home.js';
import { ownName, runAs } from './runner.js';

export const superuser = 'postgres';

/**
 * A cluster whose text behaves alike on every machine: UTF-8, and PostgreSQL's own C.UTF-8 locale instead of the
 * system's. Made under another name, so that a start that was killed leaves no half of one.
 */
async function initialise(home: Home, binaries: Binaries): Promise<void> {
  for (const name of await readdir(home.folder))
    if (name.startsWith('initdb-')) await rm(join(home.folder, name), { recursive: true, force: true });
  const unfinished = join(home.folder, `initdb-${randomBytes(4).toString('hex')}`);
  await mkdir(unfinished, { mode: 0o700 });
  const { identity } = home.runner;
  if (identity) await chown(unfinished, identity.uid, identity.gid);
  const options = {
    pgdata: unfinished,
    username: superuser,
    encoding: 'UTF8',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
    locale: 'C',
    auth: 'peer',
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await runAs(home.runner, binaries.initdb, [...flags, '--no-instructions']).catch(() => {
    throw new EmbeddedError(`A new database could not be made in ${home.folder}; is its disk full?`);
  });
  await rename(unfinished, home.data);
}

/**
 * Lets in nobody but the user of this process, by any role's name: the kernel says who is at the socket's other end.
 * Written at every start, because root and the owner may start on the same data in turn.
 */
async function writeAccessRules(home: Home): Promise<void> {
  const user = `"${ownName().replaceAll('"', '""')}"`;
  const { identity } = home.runner;
  const files = { 'pg_hba.conf': 'local all all peer map=gateway', 'pg_ident.conf': `gateway ${user} all` };
  for (const [name, text] of Object.entries(files)) {
    const file = join(home.folder, name);
    // Anew, because the one that is there may be root's.
    await rm(file, { force: true });
    await writeFile(file, `${text}\n`, { flag: 'wx' });
    // Whatever the umask: the runner reads it, as the file's group.
    await chmod(file, 0o640);
    if (identity) await chown(file, 0, identity.gid);
  }
}

/** Makes the data folder, or checks the one that is there. */
export async function prepareData(home: Home, binaries: Binaries): Promise<void> {
  const version = await readFile(join(home.data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) await initialise(home, binaries);
  else if (version.trim() !== binaries.major)
    throw new EmbeddedError(
      `${home.folder} was made by PostgreSQL ${version.trim()}, and this is ${binaries.major}; move it away to start anew.`,
    );
  await writeAccessRules(home);
}
