// Cordon as a contender: the gateway of src/main.ts with everything on, in a process of its own.
import { join } from 'node:path';
import type pg from 'pg';
import { hmac, packageFolder, systemClock, type Log } from '../src/base/index.js';
import { defaultLimits } from '../src/limits.js';
import { demoAudience, demoIssuer } from '../src/demo/index.js';
import { issuerConfigSchema } from '../src/identity/index.js';
import { loadOrCreateLedgerKeys } from '../src/ledger/index.js';
import { startGateway } from '../src/main.js';
import type { Observing } from '../src/observing.js';
import { shop } from './deployment/tables.js';

/** What the benchmark tells the gateway. */
export interface GatewaySettings {
  readonly reader: pg.ClientConfig;
  readonly control: pg.ClientConfig;
  readonly poolSize: number;
  readonly jwksUri: string;
  /** For keys and the ledger's seals. */
  readonly folder: string;
  /** For the seals, where several share the keys. */
  readonly ledgerFolder?: string;
  readonly observing?: Observing;
}

const settings = JSON.parse(process.argv[2] ?? '') as GatewaySettings;
const { reader, control, poolSize, jwksUri, folder } = settings;
if (settings.observing?.tracing !== undefined) await import('./rig/span-taker.js');

const say = (fields: object, message: string) =>
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const log: Log = { debug: () => undefined, info: () => undefined, warn: say, error: say, child: () => log };

const deployment = packageFolder('bench/deployment');
const keys = loadOrCreateLedgerKeys(join(folder, 'keys'));
const gateway = await startGateway(
  {
    listen: { host: '127.0.0.1', port: 0 },
    schemaFolder: join(deployment, 'schema'),
    policyFile: join(deployment, 'policy.yaml'),
    migrationsFolder: packageFolder('migrations'),
    sources: new Map([
      [shop, { name: shop, connection: reader, poolSize, statementTimeoutMs: 5000, connectTimeoutMs: 2000 }],
    ]),
    control,
    ledgerFolder: settings.ledgerFolder ?? join(folder, 'ledger'),
    ...settings.observing,
    issuers: [
      issuerConfigSchema.parse({
        issuer: demoIssuer,
        audience: demoAudience,
        jwksUri,
        algorithms: ['EdDSA'],
        scopes: null,
        claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
      }),
    ],
    encryptionKeys: [],
    // One token asks for everybody here, as often as it can.
    limits: { ...defaultLimits, atOnce: 1000, requestsPerSecond: 1_000_000 },
  },
  {
    ledger: keys,
    // Keys that answers are made with need not be secret here: the data is made up.
    answers: { mask: hmac(Buffer.alloc(32), 'mask'), cursor: hmac(Buffer.alloc(32), 'cursor'), version: '1' },
    columns: new Map(),
  },
  log,
  systemClock,
);
process.on('disconnect', () => void gateway.close().then(() => process.exit()));
process.send?.({ kind: 'answering', port: Number(new URL(gateway.address).port) });
