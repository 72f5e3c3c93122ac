import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { subkey, systemClock, type Clock } from '../base/index.js';
import type { Config, Secrets } from '../config.js';
import { loadOrCreateLedgerKeys } from '../ledger/index.js';
import { startGateway, type RunningGateway } from '../main.js';
import type { Model } from '../model/index.js';
import { CapturedLog } from './captured-log.js';
import type { Cluster } from './cluster.js';
import { runStatements } from './cluster.js';

/** The datasets that are told apart: one, another, and a third with the secrets in other rows. */
export const twinNames = ['a', 'b', 'shuffled'] as const;
export type TwinName = (typeof twinNames)[number];

/** A gateway over one of the datasets, with databases and a ledger of its own. */
export interface Twin {
  readonly name: TwinName;
  readonly address: string;
  readonly sources: ReadonlyMap<string, pg.ClientConfig>;
  readonly control: pg.ClientConfig;
  readonly log: CapturedLog;
  close(): Promise<void>;
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
  readonly model: Model;
  readonly secrets: Secrets;
  /** By source: what makes its tables. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Prepares the control database: facts of the callers. */
  readonly prepareControl: (control: pg.ClientConfig) => Promise<void>;
}

/** Keys that follow from the seed, so that a run that is repeated has the same cursors and pseudonyms. */
export function twinSecrets(seed: string, folder: string, encryptionKeys: readonly string[]): Secrets {
  const root = subkey(Buffer.alloc(32), 'prove', seed);
  return {
    ledger: loadOrCreateLedgerKeys(join(folder, 'keys')),
    answers: { mask: subkey(root, 'mask'), cursor: subkey(root, 'cursor'), version: 'prove' },
    columns: new Map(
      encryptionKeys.map((name) => [name, { current: subkey(root, 'column', name), old: [] }]),
    ),
  };
}

/**
 * Three gateways share a process, which may be held up for longer than facts are believed: a condition that is unmet for
 * that would look like a finding. Waiting times are therefore stretched; the time of day is not.
 */
const stretch = 30n;
const patientClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() / stretch,
};

/** By the database's clock, which is nobody's to stretch. */
const patientLedger = { leaseMs: 3_600_000, deadlineMs: 20_000 };

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
  const log = new CapturedLog();
  const gateway: RunningGateway = await startGateway(
    {
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
    parts.secrets,
    log,
    patientClock,
  );
  return { name, address: gateway.address, sources, control, log, close: () => gateway.close() };
}

/** Writes a file of a run. */
export async function place(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
