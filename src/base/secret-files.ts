import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keys of 32 bytes in a folder, each in a file of its own (base64, readable by its owner alone), made together when
 * none of them is there.
 * @param files name of each file
 * @throws Error with one sentence when some of the files are missing (a new key in place of a lost one would be
 *   noticed late and by others), when others can read one, or when one holds something else
 */
export function loadOrCreateKeys<Name extends string>(
  folder: string,
  files: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Buffer>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = Object.entries<string>(files).map(([name, file]) => [name, join(folder, file)] as const);
  const missing = paths.filter(([, path]) => !existsSync(path));
  if (missing.length === paths.length) {
    for (const [, path] of paths) place(path, `${randomBytes(32).toString('base64')}\n`);
  } else if (missing.length > 0) {
    const names = missing.map(([, path]) => path).join(', ');
    throw new Error(`the keys are incomplete, restore them from their backup: ${names}`);
  }
  return Object.fromEntries(paths.map(([name, path]) => [name, readKey(path)])) as Record<Name, Buffer>;
}

function readKey(path: string): Buffer {
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`others can read ${path}: chmod 600 it`);
  const key = parseKey(readFileSync(path, 'utf8'));
  if (key === null) throw new Error(`${path} does not hold 32 bytes in base64: restore it from its backup`);
  return key;
}

/** 32 bytes from base64 (44 characters), or null where the text is anything else. */
export function parseKey(text: string): Buffer | null {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === 32 && key.toString('base64') === text.trim() ? key : null;
}

/** Whole or not at all, and never over an existing file: two processes that start at once end up with one key. */
function place(path: string, text: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
