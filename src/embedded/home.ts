import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../base/index.js';
import { EmbeddedError, errorCode } from './embedded-error.js';
import { chooseRunner, runAs, type Runner } from './runner.js';

/** Where one embedded PostgreSQL keeps everything, and who may: a folder of mode 0700 that the runner owns. */
export interface Home {
  readonly folder: string;
  /** PostgreSQL's own data folder within. */
  readonly data: string;
  readonly runner: Runner;
}

/** For root, whose own folders nobody else can reach. */
const systemFolder = '/var/lib/cordon';

/** What we put there; anything else means that the folder is somebody else's, and owner and mode stay as they are. */
const ownNames = /^(data|initdb-.*|native-.*|copy-.*|postgres\.log.*|lock-.*|\.s\.PGSQL\..*)$/;

async function claim(folder: string, runner: Runner): Promise<void> {
  const names = await readdir(folder);
  const foreign = names.find((name) => !ownNames.test(name));
  if (foreign !== undefined && !names.includes('data'))
    throw new EmbeddedError(`${folder} holds other files; name an empty folder for the embedded PostgreSQL.`);
  if (runner.identity) await chown(folder, runner.identity.uid, runner.identity.gid);
  await chmod(folder, 0o700);
}

/** Asked of the system, as the runner: modes, access lists and mounts all have a say. */
async function reaches(runner: Runner, folder: string): Promise<boolean> {
  return runAs(runner, '/', '/bin/sh', ['-c', 'cd -P "$1" && [ -w . ]', 'sh', folder]).then(
    () => true,
    () => false,
  );
}

async function make(folder: string, runner: Runner): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await claim(folder, runner);
    return await realpath(folder);
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    throw new EmbeddedError(
      `${folder} cannot be made or belongs to another user (${errorCode(error) ?? 'unknown'}); name another folder for the embedded PostgreSQL.`,
    );
  }
}

/** Makes the folder ready for the runner; one that the runner cannot reach is replaced by one under /var/lib. */
export async function prepareHome(wanted: string, log: Log): Promise<Home> {
  const path = resolve(wanted);
  const existed = await stat(path).then(
    () => true,
    () => false,
  );
  const runner = await chooseRunner(join(path, 'data'));
  const folder = await make(path, runner);
  if (await reaches(runner, folder)) return { folder, data: join(folder, 'data'), runner };

  if (!existed) await rmdir(folder);
  if (!runner.identity)
    throw new EmbeddedError(
      `${folder} cannot be written to; name another folder for the embedded PostgreSQL.`,
    );
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const elsewhere = await make(join(systemFolder, name), runner);
  if (!(await reaches(runner, elsewhere)))
    throw new EmbeddedError(
      `PostgreSQL runs as ${runner.name}, who can reach neither ${dirname(path)} nor ${systemFolder}; name another folder for the embedded PostgreSQL, or start as an ordinary user.`,
    );
  log.warn(
    { folder: elsewhere },
    `PostgreSQL runs as ${runner.name}, who cannot reach ${path}; its data is in ${elsewhere}`,
  );
  return { folder: elsewhere, data: join(elsewhere, 'data'), runner };
}
