import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../../config.js';
import { runStatements, type Cluster } from './cluster.js';
import type { GatewayHost, HostedGateway } from './gateway-host.js';

/** The datasets that are told apart: one, another, and a third with the secrets in other rows. */
export const twinNames = ['a', 'b', 'shuffled'] as const;
export type TwinName = (typeof twinNames)[number];

/** A gateway over one of the datasets, with databases and a ledger of its own. */
export interface Twin extends HostedGateway {
  readonly name: TwinName;
  readonly sources: ReadonlyMap<string, pg.ClientConfig>;
  readonly control: pg.ClientConfig;
}

/** What the twins of a run share: everything but the data. */
export interface TwinParts {
  readonly cluster: Cluster;
  /** Of the run: a ledger's seals are of one database, and stop another. */
  readonly folder: string;
  readonly config: Pick<
    Config,
    'schemaFolder' | 'migrationsFolder' | 'limits' | 'encryptionKeys' | 'sources'
  >;
  readonly policyFile: string;
  readonly issuer: Config['issuers'][number];
  /** What keys follow from. */
  readonly seed: string;
  readonly host: GatewayHost;
  /** By source: what makes its tables. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Prepares the control database: facts of the callers. */
  readonly prepareControl: (control: pg.ClientConfig) => Promise<void>;
}

/** By the database's clock, which is nobody's to stretch. */
const patientLedger = { leaseMs: 3_600_000, deadlineMs: 20_000 };

/** Each pair is asked of the first and one of the others: so two threads have the same to do. */
const placeOf: Readonly<Record<TwinName, string>> = { a: 'first', b: 'others', shuffled: 'others' };

/** So many statements of a source run at once. */
const poolSize = 4;

/** Makes the databases of a twin, still empty, and starts its gateway. */
export async function startTwin(name: TwinName, parts: TwinParts): Promise<Twin> {
  const { cluster, config, issuer, tables } = parts;
  const folder = join(parts.folder, name);
  await mkdir(folder, { recursive: true });
  const sources = new Map<string, pg.ClientConfig>();
  for (const source of config.sources.keys()) {
    const connection = await cluster.create(`${source}_${name}`, true);
    await runStatements(connection, tables.get(source) ?? []);
    sources.set(source, connection);
  }
  const control = await cluster.create(`control_${name}`, false);
  await parts.prepareControl(control);
  const gateway = await parts.host.start(placeOf[name], {
    config: {
      listen: { host: '127.0.0.1', port: 0 },
      schemaFolder: config.schemaFolder,
      policyFile: parts.policyFile,
      migrationsFolder: config.migrationsFolder,
      sources: new Map(
        [...config.sources.values()].map((source) => [
          source.name,
          { ...source, connection: sources.get(source.name) ?? {}, poolSize },
        ]),
      ),
      control,
      ledgerFolder: join(folder, 'ledger'),
      ledger: patientLedger,
      issuers: [issuer],
      encryptionKeys: config.encryptionKeys,
      limits: config.limits,
    },
    seed: parts.seed,
    folder: parts.folder,
  });
  return { ...gateway, name, sources, control };
}

/** Writes a file of a run. */
export async function place(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
