import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../src/base/index.js';
import { startEmbedded, type EmbeddedPostgres, type SocketConnection } from '../../src/embedded/index.js';
import { prepareReader } from '../deployment/tables.js';
import { openCustomerData, withClient, type CustomerData } from './customer-data.js';
import { processorTimeOfFamily } from './processor-time.js';

/** One PostgreSQL for all: customer data, Cordon's control database, and the table that `handbuilt` audits into. */
export interface Databases {
  readonly postgres: EmbeddedPostgres;
  readonly data: CustomerData;
  readonly control: SocketConnection;
  readonly audit: SocketConnection;
  /** As PostgreSQL names itself. */
  readonly version: string;
  /** Ten times the customer data, built at the first call unless it is there. */
  more(): Promise<CustomerData>;
  /** A database of this name, emptied. */
  makeAnew(database: string): Promise<SocketConnection>;
  /** Processor time of all of PostgreSQL so far, in microseconds; NaN where the system does not tell. */
  cpuMicros(): Promise<number>;
  /** Resolves when no statement runs and none has for a moment: what one contender left must not burden the next. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const running = `SELECT count(*)::int4 AS n FROM pg_catalog.pg_stat_activity
  WHERE state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()`;

async function quiet(admin: pg.Client): Promise<void> {
  for (let idle = 0; idle < 5;) {
    const found = await admin.query<{ n: number }>(running);
    idle = found.rows[0]?.n === 0 ? idle + 1 : 0;
    await wait(20);
  }
}

/** @param folder kept from run to run, with the customer data */
export async function startDatabases(folder: string, customers: number, log: Log): Promise<Databases> {
  const postgres = await startEmbedded({ folder: join(folder, 'postgres'), log });
  const admin = new pg.Client(postgres.connection('postgres'));
  await admin.connect();
  await admin.query(prepareReader);
  const makeAnew = async (database: string): Promise<SocketConnection> => {
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${database}`);
    return postgres.connection(database);
  };
  const data = await openCustomerData(postgres, customers);
  // A ledger of its own for each run: its entries are counted at the end.
  const control = await makeAnew('control');
  await rm(join(folder, 'ledger'), { recursive: true, force: true });
  const audit = await makeAnew('audit');
  await withClient(audit, (client) =>
    client.query(`CREATE TABLE audit (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(), caller text, role text, operation text, variables jsonb)`),
  );
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  return {
    postgres,
    data,
    control,
    audit,
    version: rows[0]?.server_version ?? 'unknown',
    more: () => openCustomerData(postgres, customers * 10, '_more'),
    makeAnew,
    cpuMicros: () => processorTimeOfFamily(postgres.processId),
    quiet: () => quiet(admin),
    stop: async () => {
      await admin.end();
      await postgres.stop();
    },
  };
}
