import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { packageFolder, type Log } from '../base/index.js';
import { loadConfig, loadSecrets } from '../config.js';
import { startEmbedded, type EmbeddedPostgres } from '../embedded/index.js';
import { createDemoDatabases } from './databases.js';
import type { Reloaded } from '../versions.js';
import { recordDemoFacts } from './record-facts.js';
import { demoAudience, demoIssuer, startDemoIssuer } from './issuer.js';
import { demoReader } from './reader.js';
import { demoKey, demoKeyPlace, openDemoKey } from './seal.js';

export interface DemoOptions {
  /** Where everything of the demo is kept, for the next start. */
  readonly folder: string;
  /** `PORT`, or 4000, unless given. */
  readonly port?: number;
  /** 1 (2,000 customers) to 100 times that. */
  readonly size?: number;
  readonly log: Log;
  /** Told what is being done, before it begins. */
  readonly progress?: (doing: string) => void;
}

export interface Demo {
  /** `http://127.0.0.1:4000` */
  readonly address: string;
  /** Reads schema and policy anew. */
  reload(): Promise<Reloaded>;
  /** Finishes the requests in flight, then stops the gateway, the issuer and PostgreSQL. */
  stop(): Promise<void>;
}

/** The parts of a demo's folder. */
export function demoPlaces(folder: string) {
  const at = (name: string): string => resolve(folder, name);
  return { postgres: at('postgres'), keys: at('keys'), ledger: at('ledger'), config: at('cordon.yaml') };
}

const controlDatabase = 'cordon_control';

/** The demo as a deployment like any other: every command takes this file, and whoever begins one can copy it. */
function configText(postgres: EmbeddedPostgres, folder: string, jwksUri: string): string {
  const { keys, ledger } = demoPlaces(folder);
  const schema = packageFolder('schema');
  const written = stringify({
    schema,
    policy: join(schema, 'policy.yaml'),
    sources: {
      crm: { url: postgres.url('crm', demoReader) },
      sales: { url: postgres.url('sales', demoReader) },
    },
    control: { url: postgres.url(controlDatabase) },
    keys: { folder: keys },
    encryption: { [demoKey.name]: { current: { file: demoKeyPlace(keys) } } },
    ledger: { folder: ledger },
    issuers: [
      {
        issuer: demoIssuer,
        audience: demoAudience,
        jwksUri,
        algorithms: ['EdDSA'],
        claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
        scopes: null,
      },
    ],
  });
  return `# The demo's configuration. It is written anew at every start.\n${written}`;
}

/** Whole or not at all: other commands read it at any time. */
async function place(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/**
 * Starts the demo: a PostgreSQL of its own with two customer databases, an issuer, and the gateway in front.
 * @throws EmbeddedError (FolderInUseError where another has the folder), ProblemsError, or CordonError where the port is
 *   taken; what was started by then is stopped
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { folder, port, size = 1, log, progress = () => undefined } = options;
  const places = demoPlaces(folder);
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    progress('starting PostgreSQL');
    // PostgreSQL passes through as another user when root starts it; the parts within are closed to others.
    await mkdir(folder, { recursive: true, mode: 0o711 });
    const postgres = await startEmbedded({ folder: places.postgres, log });
    closers.push(() => postgres.stop());
    await createDemoDatabases({
      connect: (database) => postgres.connection(database),
      ensureDatabase: (name) => postgres.ensureDatabase(name),
      size,
      columnKey: openDemoKey(places.keys),
      log,
      progress: ({ database, title }) => progress(`making the database ${database}: ${title}`),
    });
    await postgres.ensureDatabase(controlDatabase);
    const issuer = await startDemoIssuer({ folder: places.keys, port: 0 });
    closers.push(() => issuer.close());
    await place(places.config, configText(postgres, folder, issuer.jwksUri));

    progress('starting the gateway');
    const config = loadConfig(places.config);
    await recordDemoFacts(config.control);
    // Loaded here, because `demo token` comes by this file too and needs none of it.
    const { startGateway } = await import('../main.js');
    const listen = { ...config.listen, port: port ?? config.listen.port };
    const gateway = await startGateway({ ...config, listen }, loadSecrets(config), log);
    closers.push(() => gateway.close());
    return { address: gateway.address, reload: () => gateway.reload(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
