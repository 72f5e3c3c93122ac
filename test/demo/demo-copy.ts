import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ident, render, sha256, sql } from '../../src/base/index.js';
import { createDemoDatabases, demoKey, type DemoDatabaseOptions } from '../../src/demo/index.js';
import { ColumnCipher } from '../../src/sources/index.js';
import { clusterConnection } from '../support/cluster.js';
import { quietLog } from '../support/quiet-log.js';

/** The demo's databases under names of their own, in the cluster that the tests share. */
export interface DemoCopy {
  readonly prefix: string;
  build(options?: Partial<DemoDatabaseOptions>): Promise<readonly string[]>;
  /** How a role reaches `crm` or `sales`; the superuser unless given. */
  connection(database: string, user?: string): pg.ClientConfig;
  query<Row extends pg.QueryResultRow>(database: string, text: string, params?: unknown[]): Promise<Row[]>;
  /** Tax numbers as they open with the key that the copy was built with, by customer. */
  taxIds(): Promise<ReadonlyMap<number, string | null>>;
  /**
   * A hash over every row of every table, and how many rows each has; of ciphertexts, which are other ones in each build,
   * over what they open to.
   */
  contents(database: string): Promise<ReadonlyMap<string, { readonly rows: number; readonly hash: string }>>;
  drop(): Promise<void>;
}

async function run<Row extends pg.QueryResultRow>(
  connection: pg.ClientConfig,
  text: string,
  params: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(text, params)).rows;
  } finally {
    await client.end();
  }
}

/** A row of customers, `t`, as text but for its ciphertext. */
export const withoutSealed = `(to_jsonb(t) - 'tax_id')::text`;

const columnKey = Buffer.alloc(32, 'demo');

/** @param prefix of the names; one that no other has unless given */
export function demoCopy(prefix = `demo_${randomBytes(5).toString('hex')}`): DemoCopy {
  const connection = (database: string, user?: string): pg.ClientConfig =>
    clusterConnection(`${prefix}_${database}`, user);
  const query: DemoCopy['query'] = (database, text, params) => run(connection(database), text, params);
  const cipher = new ColumnCipher(new Map([[demoKey.name, { current: columnKey, old: [] }]]));
  const taxIds: DemoCopy['taxIds'] = async () => {
    const rows = await query<{ id: number; sealed: Buffer | null }>(
      'crm',
      'SELECT customer_id AS id, tax_id AS sealed FROM crm.customer ORDER BY 1',
    );
    return new Map(rows.map(({ id, sealed }) => [id, sealed === null ? null : open(id, sealed)]));
  };
  const open = (id: number, sealed: Buffer): string => {
    const opened = cipher.open(demoKey.name, sealed, { coordinate: 'Customer.taxId', record: [String(id)] });
    if (opened === null) throw new Error(`the tax number of customer ${id} does not open`);
    return opened.text;
  };
  return {
    prefix,
    connection,
    query,
    taxIds,
    build: (options = {}) =>
      createDemoDatabases({
        connect: connection,
        ensureDatabase: async (database) => {
          const name = `${prefix}_${database}`;
          const found = await run(clusterConnection(), 'SELECT FROM pg_database WHERE datname = $1', [name]);
          if (found.length === 0)
            await run(clusterConnection(), render(sql`CREATE DATABASE ${ident(name)}`).text);
        },
        columnKey,
        log: quietLog,
        ...options,
      }),
    contents: async (database) => {
      const tables = await query<{ name: string }>(
        database,
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace($1) ORDER BY 1`,
        [database],
      );
      const contents = new Map<string, { rows: number; hash: string }>();
      for (const { name } of tables) {
        const table = render(ident(database, name)).text;
        const [found] = await query<{ rows: number; hash: string }>(
          database,
          `SELECT count(*)::int4 AS rows, md5(string_agg(clear, E'\\n' ORDER BY clear)) AS hash
           FROM (SELECT ${name === 'customer' ? withoutSealed : 't::text'} AS clear FROM ${table} AS t) AS t`,
        );
        const opened =
          name === 'customer' ? ` ${sha256(JSON.stringify([...(await taxIds())])).toString('hex')}` : '';
        contents.set(name, { rows: found!.rows, hash: `${found!.hash}${opened}` });
      }
      return contents;
    },
    drop: async () => {
      for (const database of ['crm', 'sales']) {
        const name = ident(`${prefix}_${database}`);
        await run(clusterConnection(), render(sql`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).text);
      }
    },
  };
}
