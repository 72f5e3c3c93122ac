import { execFile } from 'node:child_process';
import { chmod, cp, lstat, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installedRoot, usableBinaries } from '../../src/embedded/binaries.js';
import { prepareHome, type Home } from '../../src/embedded/home.js';
import { quietLog } from '../support/quiet-log.js';
import { testFolder } from '../support/test-folders.js';

const link = 'native/lib/libicuuc.so.60';
let root: string;
let home: Home;

beforeEach(async () => {
  root = testFolder('package');
  home = await prepareHome(testFolder('home'), quietLog);
  await cp(installedRoot(), root, { recursive: true, verbatimSymlinks: true });
});

afterEach(async () => {
  await chmod(join(root, 'native/lib'), 0o755);
  await rm(root, { recursive: true });
  await rm(home.folder, { recursive: true });
});

async function version(program: string): Promise<string> {
  return (await promisify(execFile)(program, ['--version'], { env: {} })).stdout;
}

it('makes the symlinks that an install without scripts leaves out', async () => {
  await rm(join(root, link));
  await expect(version(join(root, 'native/bin/postgres'))).rejects.toThrow('libicuuc.so.60');
  const { postgres, major } = await usableBinaries(root, home);
  expect(postgres).toBe(join(root, 'native/bin/postgres'));
  expect(await readlink(join(root, link))).toBe('libicuuc.so.60.2');
  expect(await version(postgres)).toContain(`(PostgreSQL) ${major}.`);
});

it('runs a healed copy in the home where the installation can be neither healed nor reached', async () => {
  await rm(join(root, link));
  // No folder is read-only to root, but root's own folders are closed to whom PostgreSQL runs as.
  if (process.getuid?.() === 0) await chmod(root, 0o700);
  else await chmod(join(root, 'native/lib'), 0o555);
  const { postgres } = await usableBinaries(root, home);
  expect(postgres.startsWith(home.folder)).toBe(true);
  expect(await version(postgres)).toContain('(PostgreSQL) 18.');
  const copied = await lstat(postgres);
  expect((await usableBinaries(root, home)).postgres).toBe(postgres);
  expect((await lstat(postgres)).ino).toBe(copied.ino);
});
