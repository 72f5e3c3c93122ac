import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../ledger/fixture.js';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Loads a policy, asks under it, and keeps no more of its model than a way to see whether it is still there. */
async function loadAndAsk(gateway: TestGateway, comment: string): Promise<WeakRef<object>> {
  await writeFile(join(gateway.folder, 'policy.yaml'), `${shop.policy}\n# ${comment}`);
  const reloaded = await gateway.reload();
  if (!reloaded.ok) throw new Error('the policy was not loaded');
  const document = '{ customers { nodes { name orders { nodes { total } } } } __schema { types { name } } }';
  expect((await gateway.query({ roles: ['manager'] }, document)).status).toBe(200);
  expect((await gateway.query({ roles: ['browser'] }, document)).status).toBe(400);
  return new WeakRef(reloaded.model);
}

it('nothing keeps a version that is no longer in force, once its requests are answered', async () => {
  const gateway = await startTestGateway(shop);
  try {
    const old = await loadAndAsk(gateway, 'first');
    const current = await loadAndAsk(gateway, 'second');
    await eventually(() => {
      collect();
      return old.deref() === undefined;
    });
    expect(current.deref()).toBeDefined();
  } finally {
    await gateway.dispose();
  }
}, 60_000);
