import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pattern = /^cordon-test-(\d+)-/;

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A name for a folder that a later run recognises as stale once this process is gone. The path is short: sockets are in it. */
export function testFolder(purpose: string): string {
  return join(tmpdir(), `cordon-test-${process.pid}-${purpose}-${randomBytes(3).toString('hex')}`);
}

/** Removes what runs that were killed have left; folders of other users stay. */
export async function removeStaleFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
