import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../src/base/index.js';
import { startEmbedded, type SocketConnection } from '../../src/embedded/index.js';
import { buildTables, builtBy, prepareReader, reader, settleTables, shop } from '../deployment/tables.js';
import { processorTimeOfFamily } from './processor-time.js';
import { say } from './say.js';

/** One PostgreSQL for all: customer data, Cordon's control database, and the table that `handbuilt` audits into. */
export interface Databases {
  /** Customer data, as the role that may only read it. */
  readonly reader: SocketConnection;
  readonly control: SocketConnection;
  readonly audit: SocketConnection;
  /** As PostgreSQL names itself. */
  readonly version: string;
  /** Processor time of all of PostgreSQL so far, in microseconds; NaN where the system does not tell. */
  cpuMicros(): Promise<number>;
  /** Resolves when no statement runs and none has for a moment: what one contender left must not burden the next. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

async function withClient<T>(
  connection: SocketConnection,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function build(client: pg.Client, customers: number): Promise<void> {
  const found = await client.query<{ comment: string | null }>(
    `SELECT pg_catalog.obj_description(oid, 'pg_namespace') AS comment FROM pg_catalog.pg_namespace WHERE nspname = $1`,
    [shop],
  );
  const mark = builtBy(customers);
  if (found.rows[0]?.comment === mark) return;
  say(`building ${customers} customers`);
  await client.query(`BEGIN; ${buildTables(customers)} COMMENT ON SCHEMA ${shop} IS '${mark}'; COMMIT`);
  await client.query(settleTables);
}

/** A ledger of its own for each run: its entries are counted at the end. */
async function makeAnew(client: pg.Client, database: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${database}`);
}

const running = `SELECT count(*)::int4 AS n FROM pg_catalog.pg_stat_activity
  WHERE state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()`;

/** @param folder kept from run to run, with the customer data */
export async function startDatabases(folder: string, customers: number, log: Log): Promise<Databases> {
  const postgres = await startEmbedded({ folder: join(folder, 'postgres'), log });
  const admin = new pg.Client(postgres.connection('postgres'));
  await admin.connect();
  await admin.query(prepareReader);
  await postgres.ensureDatabase(shop);
  await withClient(postgres.connection(shop), (client) => build(client, customers));
  await makeAnew(admin, 'control');
  await rm(join(folder, 'ledger'), { recursive: true, force: true });
  await makeAnew(admin, 'audit');
  await withClient(postgres.connection('audit'), (client) =>
    client.query(`CREATE TABLE audit (id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(), caller text, role text, operation text, variables jsonb)`),
  );
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  return {
    reader: postgres.connection(shop, reader),
    control: postgres.connection('control'),
    audit: postgres.connection('audit'),
    version: rows[0]?.server_version ?? 'unknown',
    cpuMicros: () => processorTimeOfFamily(postgres.processId),
    quiet: async () => {
      for (let idle = 0; idle < 5;) {
        const found = await admin.query<{ n: number }>(running);
        idle = found.rows[0]?.n === 0 ? idle + 1 : 0;
        await wait(20);
      }
    },
    stop: async () => {
      await admin.end();
      await postgres.stop();
    },
  };
}
