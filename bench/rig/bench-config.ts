import { join } from 'node:path';
import { packageFolder } from '../../src/base/index.js';
import type { Config } from '../../src/config.js';
import { desk } from '../deployment/desk.js';
import { shop } from '../deployment/tables.js';
import type { CustomerData } from './customer-data.js';

/** Where the benchmark's deployment is. */
export const deploymentFolder = packageFolder('bench/deployment');

/** The benchmark's deployment over customer data of some size, as far as a model is made of it. */
export function benchConfig(
  data: CustomerData,
  poolSize: number,
): Pick<Config, 'schemaFolder' | 'policyFile' | 'sources' | 'encryptionKeys'> {
  const source = (name: string, connection: CustomerData['shop']) =>
    [name, { name, connection, poolSize, statementTimeoutMs: 5000, connectTimeoutMs: 2000 }] as const;
  return {
    schemaFolder: join(deploymentFolder, 'schema'),
    policyFile: join(deploymentFolder, 'policy.yaml'),
    sources: new Map([source(shop, data.shop), source(desk, data.desk)]),
    encryptionKeys: [],
  };
}
