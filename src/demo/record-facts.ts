import pg from 'pg';
import { packageFolder } from '../base/index.js';
import { recordAgreement, recordTraining } from '../governance/index.js';
import { migrate } from '../ledger/index.js';
import { demoFacts } from './callers.js';

/** Records what the policy asks of the demo's callers; the same again where it is recorded already. */
export async function recordDemoFacts(control: pg.ClientConfig): Promise<void> {
  await migrate(control, packageFolder('migrations'));
  const client = new pg.Client(control);
  await client.connect();
  try {
    for (const agreement of demoFacts.agreements) await recordAgreement(client, agreement);
    for (const training of demoFacts.trainings) await recordTraining(client, training);
  } finally {
    await client.end();
  }
}
