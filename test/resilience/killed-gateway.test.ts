import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { enrolmentPublicKey, verifyDatabase } from '../../src/ledger/index.js';
import { shop } from '../support/deployments.js';
import { loadGatewayProgram } from '../support/gateway-program.js';
import { prepareGateway } from '../support/gateway.js';
import { holdsData, startLoad, unentered, type Sample } from './load.js';

const kills = 20;

test('killed 20 times under load: every response that a client received in full has its entry', async () => {
  const prepared = await prepareGateway(shop);
  const token = await prepared.token({ roles: ['manager'] });
  // The next process loads its code while this one serves, so that twenty starts take seconds.
  const load = () => loadGatewayProgram(join(prepared.folder, 'gateway.log'));
  const received: Sample[] = [];
  let next = load();
  try {
    for (let round = 1; round <= kills; round += 1) {
      const gateway = await next.serve(prepared);
      next = load();
      const clients = startLoad(gateway.address, token, `round-${round}`);
      await clients.until(50, holdsData);
      // Anywhere in the life of a batch: the rounds fall on different milliseconds of it.
      await wait(round * 3);
      await gateway.kill();
      const samples = await clients.stop();
      // Some had no answer, or the kill hit an idle gateway and proves nothing.
      expect(samples.filter(({ response }) => response === null).length).toBeGreaterThan(0);
      received.push(...samples);
    }
    expect(unentered(received, await prepared.entries(), prepared.keys)).toEqual([]);
    const { faults } = await verifyDatabase(prepared.control, {
      enrolment: enrolmentPublicKey(prepared.keys),
      folders: [prepared.config.ledgerFolder],
    });
    expect(faults).toEqual([]);
  } finally {
    await next.kill();
    await prepared.dispose();
  }
}, 240_000);
