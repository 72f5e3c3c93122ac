import pg from 'pg';
import { constant, ident, render, sha256, subkey, type Log } from '../base/index.js';
import { demoSteps } from './build.js';
import { crm } from './crm.js';
import { generator } from './generator.js';
import { prepareDemoReader } from './reader.js';
import { sales } from './sales.js';
import { sealValues } from './seal.js';
import type { DemoDatabase } from './table.js';

const databases: readonly DemoDatabase[] = [crm, sales];

export interface DemoDatabaseOptions {
  /** How to reach a database as a superuser, who alone may keep parameters out of the log. */
  readonly connect: (database: string) => pg.ClientConfig;
  /** Creates the database if there is none of this name. */
  readonly ensureDatabase: (name: string) => Promise<void>;
  /** 1 (2,000 customers, 20,000 orders, 60,000 lines) to 100 times that; 0 for the tables and nobody in them. */
  readonly size?: number;
  /** What the encrypted columns are sealed with, as the configuration will name it: 32 bytes. */
  readonly columnKey: Buffer;
  readonly log: Log;
  /** Told of each step before it begins. */
  readonly progress?: (step: { readonly database: string; readonly title: string }) => void;
}

/** What the rows depend on, beside the version. */
interface Making {
  readonly size: number;
  readonly columnKey: Buffer;
}

/** The comment of the schema, written in the building transaction, so that it stands only on what was built whole. */
function marker(database: DemoDatabase, { size, columnKey }: Making): string {
  const steps = demoSteps(database);
  const key = steps.some((step) => 'sealed' in step)
    ? subkey(columnKey, 'demo', 'marker').toString('hex')
    : null;
  const made = sha256(JSON.stringify([generator, steps, key])).toString('hex');
  return `${database.comment} Demo data ${made.slice(0, 16)} at size ${size}.`;
}

async function connected<T>(config: pg.ClientConfig, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Whether the database has to be built. Throws on a schema that somebody else made: building would drop it. */
async function isToBuild(client: pg.Client, database: DemoDatabase, making: Making): Promise<boolean> {
  const found = await client.query<{ comment: string | null }>(
    `SELECT pg_catalog.obj_description(oid, 'pg_namespace') AS comment FROM pg_catalog.pg_namespace WHERE nspname = $1`,
    [database.name],
  );
  const [schema] = found.rows;
  if (schema === undefined) return true;
  if (!/ Demo data [0-9a-f]{16} at size \d+\.$/.test(schema.comment ?? '')) {
    throw new Error(
      `The database ${database.name} holds a schema ${database.name} that is not the demo's; the demo leaves it alone.`,
    );
  }
  return schema.comment !== marker(database, making);
}

async function build(
  client: pg.Client,
  database: DemoDatabase,
  making: Making,
  progress: DemoDatabaseOptions['progress'],
): Promise<void> {
  const schema = render(ident(database.name)).text;
  const tables = database.tables.map(({ name }) => render(ident(database.name, name)).text);
  // One transaction: a process that is killed leaves nothing, and the next start finds nothing half done.
  await client.query('BEGIN');
  await client.query(`SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '128MB'; ${generator}`);
  await client.query(`SET LOCAL generator.blocks = ${making.size}`);
  for (const step of demoSteps(database)) {
    progress?.({ database: database.name, title: step.title });
    if ('text' in step) await client.query(step.text);
    else await sealValues(client, step.sealed, making.columnKey);
  }
  await client.query('DROP SCHEMA generator CASCADE');
  await client.query(`COMMENT ON SCHEMA ${schema} IS ${render(constant(marker(database, making))).text}`);
  await client.query('COMMIT');
  // Marks all pages as visible to everybody, which index-only scans need; not possible in a transaction.
  await client.query(`VACUUM ${tables.join(', ')}`);
}

/**
 * Makes the demo's source databases `crm` and `sales`, with the same rows at every run, and the role `demoReader` that
 * may read their exposed columns. Does nothing where they are there at this size; builds anew what is of another size,
 * version or key.
 * @returns the names of the databases that were built
 */
export async function createDemoDatabases(options: DemoDatabaseOptions): Promise<readonly string[]> {
  const { connect, ensureDatabase, size = 1, columnKey, log, progress } = options;
  if (!Number.isInteger(size) || size < 0 || size > 100) {
    throw new RangeError('The size of the demo is a whole number from 0 to 100.');
  }
  const making = { size, columnKey };
  const stale: DemoDatabase[] = [];
  for (const database of databases) {
    await ensureDatabase(database.name);
    if (await connected(connect(database.name), (client) => isToBuild(client, database, making)))
      stale.push(database);
  }
  // In turn, since the databases may be those of one cluster, or of two.
  for (const { name } of stale) await connected(connect(name), (client) => client.query(prepareDemoReader));
  await Promise.all(
    stale.map(async (database) => {
      const began = performance.now();
      await connected(connect(database.name), (client) => build(client, database, making, progress));
      log.info(
        { database: database.name, size, ms: Math.round(performance.now() - began) },
        'demo data built',
      );
    }),
  );
  return stale.map(({ name }) => name);
}
