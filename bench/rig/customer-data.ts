import pg from 'pg';
import { sha256 } from '../../src/base/index.js';
import type { EmbeddedPostgres, SocketConnection } from '../../src/embedded/index.js';
import { buildDesk, desk, settleDesk } from '../deployment/desk.js';
import { buildTables, reader, settleTables, shop } from '../deployment/tables.js';
import { say } from './say.js';

/** Customer data of one size, as the role that may only read it. */
export interface CustomerData {
  readonly customers: number;
  readonly shop: SocketConnection;
  readonly desk: SocketConnection;
}

export async function withClient<T>(
  connection: pg.ClientConfig,
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

/** One schema of a database: how it is built, in one transaction, and what is done once that is committed. */
interface Build {
  readonly schema: string;
  readonly text: string;
  readonly settle: string;
}

/** The comment of a schema that was built by this text; one with another is built anew. */
const markOf = ({ text }: Build): string => `Benchmark data ${sha256(text).toString('hex').slice(0, 16)}`;

async function build(client: pg.Client, plan: Build, customers: number): Promise<void> {
  const found = await client.query<{ comment: string | null }>(
    `SELECT pg_catalog.obj_description(oid, 'pg_namespace') AS comment FROM pg_catalog.pg_namespace WHERE nspname = $1`,
    [plan.schema],
  );
  const mark = markOf(plan);
  if (found.rows[0]?.comment === mark) return;
  say(`building ${plan.schema} of ${customers} customers`);
  await client.query(`BEGIN; ${plan.text} COMMENT ON SCHEMA ${plan.schema} IS '${mark}'; COMMIT`);
  await client.query(plan.settle);
}

/**
 * Both databases of so many customers, built unless they are there from a run before.
 * @param suffix of their names, for a second size beside the first
 */
export async function openCustomerData(
  postgres: EmbeddedPostgres,
  customers: number,
  suffix = '',
): Promise<CustomerData> {
  const builds = [
    { schema: shop, text: buildTables(customers), settle: settleTables },
    { schema: desk, text: buildDesk(customers), settle: settleDesk },
  ];
  for (const plan of builds) {
    const database = plan.schema + suffix;
    await postgres.ensureDatabase(database);
    await withClient(postgres.connection(database), (client) => build(client, plan, customers));
  }
  const connection = (schema: string) => postgres.connection(schema + suffix, reader);
  return { customers, shop: connection(shop), desk: connection(desk) };
}
