import { join } from 'node:path';
import { packageFolder, type Log } from '../../base/index.js';
import { createDemoDatabases, demoKey } from '../../demo/index.js';
import { defaultLimits } from '../../limits.js';
import type { Cluster } from '../gateways/cluster.js';
import type { ProvedConfig } from './prove-deployment.js';

/** The demo's deployment over tables without rows: all that a run reads of a source is its catalogue. */
export async function demoDeployment({ postgres }: Cluster, log: Log): Promise<ProvedConfig> {
  await createDemoDatabases({
    connect: (database) => postgres.connection(database),
    ensureDatabase: (name) => postgres.ensureDatabase(name),
    size: 0,
    // Nobody is in the tables whose values it would seal.
    columnKey: Buffer.alloc(32),
    log,
  });
  const schemaFolder = packageFolder('schema');
  return {
    schemaFolder,
    policyFile: join(schemaFolder, 'policy.yaml'),
    migrationsFolder: packageFolder('migrations'),
    sources: new Map(
      ['crm', 'sales'].map((name) => [
        name,
        {
          name,
          connection: postgres.connection(name),
          poolSize: 1,
          statementTimeoutMs: 5000,
          connectTimeoutMs: 5000,
        },
      ]),
    ),
    limits: defaultLimits,
    encryptionKeys: [demoKey.name],
  };
}
