// Cordon as a contender: the gateway of src/main.ts with everything on, in a process of its own.
import type pg from 'pg';
import { hmac, packageFolder, systemClock, type Log } from '../src/base/index.js';
import { defaultLimits } from '../src/limits.js';
import { demoAudience, demoIssuer } from '../src/demo/index.js';
import { issuerConfigSchema } from '../src/identity/index.js';
import { loadOrCreateLedgerKeys } from '../src/ledger/index.js';
import { boundHeapGrowth } from '../src/heap-growth.js';
import { startGateway } from '../src/main.js';
import { deploymentConfig, type BenchDeployment } from './rig/bench-config.js';

/** What the benchmark tells the gateway. */
export interface GatewaySettings {
  readonly deployment: BenchDeployment;
  readonly control: pg.ClientConfig;
  readonly jwksUri: string;
  readonly keysFolder: string;
  /** For the ledger's seals. */
  readonly ledgerFolder: string;
}

const { deployment, control, jwksUri, keysFolder, ledgerFolder } = JSON.parse(
  process.argv[2] ?? '',
) as GatewaySettings;

const say = (fields: object, message: string) =>
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const log: Log = { debug: () => undefined, info: () => undefined, warn: say, error: say, child: () => log };

// As `cordon start` does.
boundHeapGrowth();
const keys = loadOrCreateLedgerKeys(keysFolder);
const gateway = await startGateway(
  {
    listen: { host: '127.0.0.1', port: 0 },
    ...deploymentConfig(deployment),
    migrationsFolder: packageFolder('migrations'),
    control,
    ledgerFolder,
    issuers: [
      issuerConfigSchema.parse({
        issuer: demoIssuer,
        audience: demoAudience,
        jwksUri,
        algorithms: ['EdDSA'],
        scopes: { claim: 'scopes' },
        claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
      }),
    ],
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
