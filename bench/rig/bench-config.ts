import { join } from 'node:path';
import { packageFolder } from '../../src/base/index.js';
import type { Config } from '../../src/config.js';
import type { SocketConnection } from '../../src/embedded/index.js';
import { desk } from '../deployment/desk.js';
import { shop } from '../deployment/tables.js';
import type { CustomerData } from './customer-data.js';

/** A database that a deployment reads. */
export interface BenchSource {
  readonly name: string;
  readonly connection: SocketConnection;
  readonly poolSize: number;
}

/** A deployment as far as a model is made of it, in a form that can be told to another process. */
export interface BenchDeployment {
  readonly schemaFolder: string;
  readonly policyFile: string;
  readonly sources: readonly BenchSource[];
}

/** Where the benchmark's deployment is. */
export const deploymentFolder = packageFolder('bench/deployment');

/** The benchmark's deployment over customer data of some size. */
export function shopDeployment(data: CustomerData, poolSize: number): BenchDeployment {
  return {
    schemaFolder: join(deploymentFolder, 'schema'),
    policyFile: join(deploymentFolder, 'policy.yaml'),
    sources: [
      { name: shop, connection: data.shop, poolSize },
      { name: desk, connection: data.desk, poolSize },
    ],
  };
}

/** What a gateway's configuration says of a deployment. */
export function deploymentConfig({
  schemaFolder,
  policyFile,
  sources,
}: BenchDeployment): Pick<Config, 'schemaFolder' | 'policyFile' | 'sources' | 'encryptionKeys'> {
  const timeouts = { statementTimeoutMs: 5000, connectTimeoutMs: 2000 };
  return {
    schemaFolder,
    policyFile,
    sources: new Map(sources.map((source) => [source.name, { ...source, ...timeouts }])),
    encryptionKeys: [],
  };
}
