import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { transformSync, type Options } from '@swc/core';

/**
 * What all tests of a run share: the sources as JavaScript, for processes of their own, and one cluster, in a process
 * of its own, so that it ends with the run however that ends. jest maps no module names here, so this file imports none
 * of ours.
 */
export default async function globalSetup(): Promise<void> {
  compileSources();
  // Whoever sets one has chosen. Workers and what they start inherit it.
  process.env.TMPDIR ??= memoryFolder() ?? tmpdir();
  const owner = spawn(process.execPath, [join(output, 'test/support/global-cluster.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = await Promise.race([
    once(createInterface(owner.stdout), 'line').then(([line]) => String(line)),
    once(owner, 'exit').then(() => undefined),
  ]);
  if (connection === undefined) throw new Error('the cluster of the tests did not start');
  process.env.CORDON_TEST_CLUSTER = connection;
  globalThis.clusterOwner = owner;
}

const gibibyte = 2 ** 30;

/**
 * A folder in memory for all that a run makes, where there is one that has room and lets programs run. Databases there are
 * as durable as PostgreSQL makes them, `fsync` and all, but nobody waits for a disk.
 */
function memoryFolder(): string | null {
  const folder = '/dev/shm';
  try {
    // device, folder, kind, options, …
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const [, , kind, options = ''] = mounts.findLast(([, mounted]) => mounted === folder) ?? [];
    if (kind !== 'tmpfs' || !/\brw\b/.test(options) || /\bnoexec\b/.test(options)) return null;
    const { bavail, bsize } = statfsSync(folder);
    // A run takes one or two; what is left is for whoever else is on the machine.
    const hasRoom = bavail * bsize >= 4 * gibibyte && process.availableMemory() >= 8 * gibibyte;
    return hasRoom ? folder : null;
  } catch {
    return null;
  }
}

const repository = join(__dirname, '../..');
/** As test/support/compiled.ts says. Below the root, where its packages and its package.json are found. */
const output = join(repository, 'dist/tests');
const options: Options = {
  swcrc: false,
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
};

/** Strips the types off whatever has changed since the last run. Runs at the same time write the same. */
function compileSources(): void {
  const sources = ['src', 'directives', 'test', 'bench'].flatMap((folder) =>
    filesIn(join(repository, folder), '.ts').filter((file) => !file.includes('/node_modules/')),
  );
  const wanted = new Set<string>();
  for (const source of sources) {
    const target = join(output, relative(repository, source)).replace(/\.ts$/, '.js');
    wanted.add(target);
    const text = readFileSync(source, 'utf8');
    // At the end: a program's first line may say what runs it.
    const made = `\n// ${createHash('sha256').update(JSON.stringify(options)).update(text).digest('hex')}\n`;
    if (textOf(target)?.endsWith(made) === true) continue;
    mkdirSync(dirname(target), { recursive: true });
    const unfinished = `${target}.${process.pid}`;
    writeFileSync(unfinished, transformSync(text, { ...options, filename: source }).code + made);
    renameSync(unfinished, target);
  }
  // What is gone must not be found.
  for (const target of filesIn(output, '.js')) if (!wanted.has(target)) rmSync(target, { force: true });
}

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name.endsWith(ending) && !each.name.endsWith('.d.ts'))
    .map((each) => join(each.parentPath, each.name));
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
