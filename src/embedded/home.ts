import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../base/index.js';
import { closeFolder, socketsWithin } from './closed-folder.js';
import { EmbeddedError, errorCode } from './embedded-error.js';
import { chooseRunner, runAs, type Runner } from './runner.js';

/** Where one embedded PostgreSQL keeps everything, and whom it runs as. */
export interface Home {
  /** Ours, and closed to others. */
  readonly folder: string;
  /** PostgreSQL's own data folder within; the runner's. */
  readonly data: string;
  /** Where processes that want this home meet. */
  readonly lockFolder: string;
  readonly socketFolder: string;
  readonly runner: Runner;
}

/** With no TCP the port is only part of the socket's name. */
export const port = 5432;

/** `sun_path` with its closing NUL is 104 bytes on macOS and 108 on Linux. */
const longestSocketPath = 103;

/** For sockets. Not os.tmpdir(): two gateways that see different TMPDIRs must still meet at one lock. */
const shortFolder = '/tmp';

/** For root, whose own folders nobody else can reach. */
const systemFolder = '/var/lib/cordon';

/** What we put there; anything else means that the folder is somebody else's, and owner and mode stay as they are. */
const ownNames =
  /^(data|socket|initdb-.*|native-.*|copy-.*|lock-.*|postgres\.log.*|pg_hba\.conf|pg_ident\.conf)$/;

const nameOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

/** Makes the folder, or takes one of ours, and gives its real path. */
async function make(folder: string, runner: Runner): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder);
    if (!names.includes('data') && !names.every((name) => ownNames.test(name)))
      throw new EmbeddedError(
        `${folder} holds other files; name an empty folder for the embedded PostgreSQL.`,
      );
    await closeFolder(folder, runner);
    return await realpath(folder);
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    throw new EmbeddedError(
      `${folder} cannot be made, or belongs to another user (${errorCode(error) ?? 'unknown'}); name another folder for the embedded PostgreSQL.`,
    );
  }
}

/** Asked of the system, as the runner: modes, access lists and mounts all have a say. */
async function reaches(runner: Runner, folder: string): Promise<boolean> {
  return runAs(runner, '/bin/sh', ['-c', 'cd -P "$1" && [ -w . ]', 'sh', socketsWithin(folder)]).then(
    () => true,
    () => false,
  );
}

/** The wanted folder; or, where the runner cannot reach it, one under /var/lib that is kept for it. */
async function makeReachable(wanted: string, runner: Runner, log: Log): Promise<string> {
  const existed = await stat(wanted).catch(() => undefined);
  const folder = await make(wanted, runner);
  if (await reaches(runner, folder)) return folder;

  if (!runner.identity)
    throw new EmbeddedError(
      `${folder} cannot be written to; name another folder for the embedded PostgreSQL.`,
    );
  if (!existed) {
    await rm(socketsWithin(folder), { recursive: true });
    await rmdir(folder);
  }
  const elsewhere = await make(join(systemFolder, nameOf(wanted)), runner);
  // Whatever root's umask: the runner passes through here.
  await chmod(systemFolder, 0o711);
  if (!(await reaches(runner, elsewhere)))
    throw new EmbeddedError(
      `PostgreSQL runs as ${runner.name}, who can reach neither ${dirname(wanted)} nor ${systemFolder}; name another folder for the embedded PostgreSQL, or start as an ordinary user.`,
    );
  log.warn(
    { folder: elsewhere },
    `PostgreSQL runs as ${runner.name}, who cannot reach ${wanted}; its data is in ${elsewhere}`,
  );
  return elsewhere;
}

/** The folder itself, or one whose path leaves room for a socket's name. */
async function makeShort(folder: string, runner: Runner): Promise<string> {
  if (Buffer.byteLength(join(socketsWithin(folder), `.s.PGSQL.${port}`)) <= longestSocketPath) return folder;
  const short = join(shortFolder, `cordon-${nameOf(folder)}`);
  await mkdir(short, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  // Anyone may have made it before us, to stand in for the database.
  const found = await lstat(short);
  if (!found.isDirectory() || ![process.getuid?.(), runner.identity?.uid].includes(found.uid))
    throw new EmbeddedError(
      `${short} belongs to another user; remove it, or name a folder with a shorter path.`,
    );
  await closeFolder(short, runner);
  return short;
}

/**
 * Makes the folders ready for the runner.
 * @throws EmbeddedError when the folder is somebody else's, or no folder can be found that the runner reaches
 */
export async function prepareHome(wanted: string, log: Log): Promise<Home> {
  const path = resolve(wanted);
  const runner = await chooseRunner(join(path, 'data'));
  const folder = await makeReachable(path, runner, log);
  const lockFolder = await makeShort(folder, runner);
  return {
    folder,
    data: join(folder, 'data'),
    lockFolder,
    socketFolder: socketsWithin(lockFolder),
    runner,
  };
}
