import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../src/base/index.js';
import { defaultLimits } from '../../src/limits.js';
import type { ProvedConfig } from '../../src/prove/index.js';
import { freshDatabase } from '../support/cluster.js';
import { sampleDataMissing, sampleStatements } from '../support/sample-data.js';
import { testFolder } from '../support/test-folders.js';

/** A deployment as its files have it, and what builds its databases. */
export interface ProvedDeployment {
  readonly name: string;
  /** Why it cannot be built here; null where it can. */
  readonly missing: string | null;
  readonly sources: () => Readonly<Record<string, string>>;
  readonly sdl: () => Readonly<Record<string, string>>;
  readonly policy: () => string;
}

const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.graphql'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
const read = (...path: readonly string[]): string => readFileSync(join(__dirname, ...path), 'utf8');

/** A wholesaler and its music shop, with the policy of the journeys. */
export const journeys: ProvedDeployment = {
  name: 'northwind and chinook',
  missing: sampleDataMissing('northwind', 'chinook'),
  sources: () => ({
    northwind: `${sampleStatements('northwind')}\n${read('../journeys/deployment/northwind-additions.sql')}`,
    chinook: sampleStatements('chinook'),
  }),
  sdl: () => filesOf(join(__dirname, '../journeys/deployment/schema')),
  policy: () => read('../journeys/deployment/policy.yaml'),
};

/** A chain of video shops, with database views and partitions. */
const pagila: ProvedDeployment = {
  name: 'pagila',
  missing: sampleDataMissing('pagila'),
  sources: () => ({ pagila: `${sampleStatements('pagila')}\n${read('pagila/additions.sql')}` }),
  sdl: () => filesOf(join(__dirname, 'pagila/schema')),
  policy: () => read('pagila/policy.yaml'),
};

/** Types of every sort, as keys and as values. */
const oddTypes: ProvedDeployment = {
  name: 'types of every sort',
  missing: null,
  sources: () => ({ odd: read('odd-types/tables.sql') }),
  sdl: () => filesOf(join(__dirname, 'odd-types')),
  policy: () => read('odd-types/policy.yaml'),
};

export const provedDeployments = [journeys, pagila, oddTypes];

/** Its databases and files, as `cordon prove` is told of them; the databases are dropped with the test's own. */
export async function configOf(deployment: ProvedDeployment): Promise<ProvedConfig> {
  const folder = testFolder('proved');
  mkdirSync(folder, { recursive: true });
  const schemaFolder = join(folder, 'schema');
  mkdirSync(schemaFolder);
  for (const [name, text] of Object.entries(deployment.sdl())) writeFileSync(join(schemaFolder, name), text);
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, deployment.policy());
  const sources = await Promise.all(
    Object.entries(deployment.sources()).map(async ([name, sql]) => {
      const { config } = await freshDatabase('proved', { sql });
      const times = { poolSize: 2, statementTimeoutMs: 5000, connectTimeoutMs: 5000 };
      return [name, { name, connection: config, ...times }] as const;
    }),
  );
  return {
    schemaFolder,
    policyFile,
    migrationsFolder: packageFolder('migrations'),
    sources: new Map(sources),
    limits: defaultLimits,
    encryptionKeys: [],
  };
}
