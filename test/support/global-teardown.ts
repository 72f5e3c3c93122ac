import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

declare global {
  var clusterOwner: ChildProcess | undefined;
}

/** Ends the cluster and waits, so that the run leaves neither process nor folder. */
export default async function globalTeardown(): Promise<void> {
  const owner = globalThis.clusterOwner;
  if (!owner || owner.exitCode !== null) return;
  const exit = once(owner, 'exit');
  owner.stdin?.end();
  await exit;
}
