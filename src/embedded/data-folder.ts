import { randomBytes } from 'node:crypto';
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
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
  await runAs(home.runner, home.folder, binaries.initdb, [...flags, '--no-instructions']).catch(() => {
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
  await writeFile(join(home.data, 'pg_hba.conf'), 'local all all peer map=gateway\n');
  await writeFile(join(home.data, 'pg_ident.conf'), `gateway ${user} all\n`);
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
