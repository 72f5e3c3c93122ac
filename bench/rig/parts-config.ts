import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../src/embedded/index.js';
import { partPolicy, parts, partTypes } from '../deployment/parts.js';
import { reader } from '../deployment/tables.js';
import type { BenchDeployment, BenchSource } from './bench-config.js';

/** What a gateway over parts is made for. */
export interface PartsSize {
  readonly types: number;
  readonly roles: number;
  /** Of tables that differ in their rows. */
  readonly tableSizes?: readonly number[];
}

/** Writes schema and policy of so many types. */
export async function writeParts(
  folder: string,
  { types, roles, tableSizes = [] }: PartsSize,
): Promise<Pick<BenchDeployment, 'schemaFolder' | 'policyFile'>> {
  const schemaFolder = join(folder, 'schema');
  const policyFile = join(folder, 'policy.yaml');
  await mkdir(schemaFolder, { recursive: true });
  await writeFile(join(schemaFolder, 'parts.graphql'), partTypes(types, tableSizes));
  await writeFile(policyFile, partPolicy(roles));
  return { schemaFolder, policyFile };
}

export function partsSource(postgres: EmbeddedPostgres, poolSize: number): BenchSource {
  return { name: parts, connection: postgres.connection(parts, reader), poolSize };
}
