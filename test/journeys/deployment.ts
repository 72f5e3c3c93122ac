import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../../src/limits.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { sampleDataMissing, sampleStatements } from '../support/sample-data.js';

const folder = join(__dirname, 'deployment');
const read = (...names: readonly string[]): string => readFileSync(join(folder, ...names), 'utf8');

const sdl = Object.fromEntries(
  readdirSync(join(folder, 'schema')).map((name) => [name, read('schema', name)] as const),
);

/** Every type of the deployment, as its SDL names them. */
export const typeNames: readonly string[] = Object.values(sdl).flatMap((text) =>
  [...text.matchAll(/^type (\w+)/gm)].map(([, name]) => name!),
);

const missing = sampleDataMissing('northwind', 'chinook');
if (missing !== null) console.warn(missing);

/** `describe` where the sample databases are there; elsewhere every test in it is skipped, and the reason is printed. */
export const describeWithSamples = missing === null ? describe : describe.skip;

/** Or how statements run would depend on when PostgreSQL comes to it. */
const analyzed = 'ANALYZE;';

/**
 * A wholesaler and the music shop that belongs to it: two databases that others made, behind one gateway.
 * @param limits a statement that may take longer than most may so at its source as well
 */
export function startDeployment(limits: Partial<Limits> = {}): Promise<TestGateway> {
  return startTestGateway({
    limits,
    ...(limits.statementMs !== undefined && { sourceOptions: { statementTimeoutMs: limits.statementMs } }),
    sources: {
      northwind: `${sampleStatements('northwind')}\n${read('northwind-additions.sql')}\n${analyzed}`,
      chinook: `${sampleStatements('chinook')}\n${analyzed}`,
    },
    sdl,
    policy: read('policy.yaml'),
  });
}

const purpose = { 'Cordon-Purpose': 'payroll' };

/** Who asks. What each of them is to get is said in `rights.ts`. */
export const callers = {
  director: { roles: ['director'], amr: ['pwd', 'mfa'], headers: purpose, organisation: 'house' },
  directorInPassing: { roles: ['director'], organisation: 'house' },
  /** Margaret Peacock. */
  sales: { roles: ['sales'], subject: '4', organisation: 'house' },
  salesForPayroll: { roles: ['sales'], subject: '4', headers: purpose, organisation: 'house' },
  /** Jane Peacock of the music shop. */
  support: { roles: ['support'], subject: '3', organisation: 'house' },
  analyst: { roles: ['analyst'], organisation: 'numbers' },
  partner: { roles: ['partner'], regions: ['France', 'Germany'], organisation: 'agency' },
  buyer: { roles: ['buyer'], accounts: ['ALFKI', 'VINET', 'nobody'], organisation: 'buyers' },
  /** One of the claims is no number, as that customer's key would have to be. */
  listener: { roles: ['listener'], accounts: ['2', 'ALFKI', '59'], organisation: 'listeners' },
  market: { roles: ['market'], organisation: 'house' },
  fieldwork: { roles: ['fieldwork'], subject: '4', regions: ['Germany', 'Brazil'], organisation: 'house' },
  /** Clear names in two countries, masks everywhere: never clear names everywhere. */
  partnerAndAnalyst: { roles: ['partner', 'analyst'], regions: ['Brazil', 'UK'], organisation: 'agency' },
  /** Prices of three countries, names of two others. */
  partnerAndMarket: { roles: ['partner', 'market'], regions: ['France', 'Germany'], organisation: 'agency' },
  salesAndSupport: { roles: ['sales', 'support'], subject: '4', headers: purpose, organisation: 'house' },
} as const satisfies Readonly<Record<string, TestCaller>>;

export type CallerName = keyof typeof callers;
