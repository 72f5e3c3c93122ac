import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';

const execute = promisify(execFile);

/** Whom PostgreSQL's processes run as: ourselves, or, as it refuses root, somebody with no rights. */
export interface Runner {
  /** For messages. */
  readonly name: string;
  /** Set only when it is not ourselves. */
  readonly identity: { readonly uid: number; readonly gid: number } | undefined;
}

/** The name of the operating system's user that this process is: what PostgreSQL's peer authentication compares. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new EmbeddedError(
      'PostgreSQL needs a name for the user it runs as, and this user id has none; add it to /etc/passwd or run as another user.',
    );
  }
}

async function nobody(): Promise<Runner> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (option) => Number((await execute('id', [option, 'nobody'])).stdout)),
    );
    if (uid && gid) return { name: 'nobody', identity: { uid, gid } };
  } catch {
    // No such user, or no `id`: the sentence below.
  }
  throw new EmbeddedError(
    'PostgreSQL refuses to run as root, and this machine has no user `nobody` to run it as; start as an ordinary user.',
  );
}

/**
 * Who runs PostgreSQL on this data. As root: the owner of data that an ordinary user made, so that the same user can
 * start on it again, and `nobody` otherwise.
 */
export async function chooseRunner(dataFolder: string): Promise<Runner> {
  if (process.getuid?.() !== 0) return { name: ownName(), identity: undefined };
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner === undefined || owner.uid === 0) return nobody();
  return { name: `user ${owner.uid}`, identity: { uid: owner.uid, gid: owner.gid } };
}

/** Runs a program to its end as the runner, with an empty environment; gives its output, rejects when it fails. */
export async function runAs(runner: Runner, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd: '/', env: {}, ...runner.identity });
  return stdout;
}
