import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/**
 * One cluster for the whole run, in a process of its own, so that it ends with the run however that ends. jest maps
 * no module names here, so this file imports none of ours.
 */
export default async function globalSetup(): Promise<void> {
  const loader = pathToFileURL(join(__dirname, 'typescript.mjs')).href;
  const owner = spawn(process.execPath, ['--import', loader, join(__dirname, 'global-cluster.ts')], {
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
