import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ident, render, sql } from '../../src/base/index.js';
import { createDemoDatabases, type DemoDatabaseOptions } from '../../src/demo/index.js';
import { clusterConnection } from '../support/cluster.js';
import { quietLog } from '../support/quiet-log.js';

/** The demo's databases under names of their own, in the cluster that the tests share. */
export interface DemoCopy {
  readonly prefix: string;
  build(options?: Partial<DemoDatabaseOptions>): Promise<readonly string[]>;
  /** How a role reaches `crm` or `sales`; the superuser unless given. */
  connection(database: string, user?: string): pg.ClientConfig;
  query<Row extends pg.QueryResultRow>(database: string, text: string, params?: unknown[]): Promise<Row[]>;
  /** A hash over every row of every table, and how many rows each has. */
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

/** @param prefix of the names; one that no other has unless given */
export function demoCopy(prefix = `demo_${randomBytes(5).toString('hex')}`): DemoCopy {
  const connection = (database: string, user?: string): pg.ClientConfig =>
    clusterConnection(`${prefix}_${database}`, user);
  const query: DemoCopy['query'] = (database, text, params) => run(connection(database), text, params);
  return {
    prefix,
    connection,
    query,
    build: (options = {}) =>
      createDemoDatabases({
        connect: connection,
        ensureDatabase: async (database) => {
          const name = `${prefix}_${database}`;
          const found = await run(clusterConnection(), 'SELECT FROM pg_database WHERE datname = $1', [name]);
          if (found.length === 0)
            await run(clusterConnection(), render(sql`CREATE DATABASE ${ident(name)}`).text);
        },
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
          `SELECT count(*)::int4 AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t)) AS hash FROM ${table} AS t`,
        );
        contents.set(name, found!);
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
