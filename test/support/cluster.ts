import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ident, render, sql } from '../../src/base/index.js';
import type { SocketConnection } from '../../src/embedded/index.js';

/** A database of one test or suite, in the cluster that all tests of a run share. */
export interface TestDatabase {
  readonly name: string;
  /** For `pg.Client` and `pg.Pool`: the superuser, over the Unix socket. */
  readonly config: SocketConnection;
  /** The same as a URL. */
  readonly url: string;
  /** On one of two connections of its own; a session's state is better kept in a client made from `config`. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
  /** Removes the database, whoever is connected to it. Call it, or jest waits for the connections. */
  drop(): Promise<void>;
}

/** How to reach a database of the shared cluster, by default as its superuser; any role may be named instead. */
export function clusterConnection(database = 'postgres', user?: string): SocketConnection {
  const text = process.env.CORDON_TEST_CLUSTER;
  if (text === undefined) throw new Error('no cluster: run the tests with jest and its configuration');
  const connection = JSON.parse(text) as SocketConnection;
  return { ...connection, database, user: user ?? connection.user };
}

/** A connection as it stands in a configuration. */
function connectionUrl({ host, port, user, database }: SocketConnection): string {
  return `postgres://${encodeURIComponent(user)}@localhost:${port}/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}`;
}

async function run(database: string, text: string): Promise<void> {
  const client = new pg.Client(clusterConnection(database));
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function create(prefix: string, template: string, statements: string | undefined): Promise<string> {
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  await run('postgres', render(sql`CREATE DATABASE ${ident(name)} TEMPLATE ${ident(template)}`).text);
  if (statements !== undefined) await run(name, statements);
  return name;
}

/**
 * Makes a database to copy: once in a suite, for `freshDatabase(…, { template })` in each of its tests. Nobody may be
 * connected to it, so its name is all there is; it goes with the cluster.
 */
export function templateDatabase(prefix: string, statements: string): Promise<string> {
  return create(`${prefix}_template`, 'template1', statements);
}

/**
 * A new database under a name that no other has.
 * @param options.template name of a database to copy
 * @param options.sql statements to run in it, as superuser
 */
export async function freshDatabase(
  prefix: string,
  options: { template?: string; sql?: string } = {},
): Promise<TestDatabase> {
  const name = await create(prefix, options.template ?? 'template1', options.sql);
  const config = clusterConnection(name);
  const pool = new pg.Pool({ ...config, max: 2 });
  // Tests that end servers or backends on purpose end idle connections too; the next query opens another.
  pool.on('error', () => undefined);
  return {
    name,
    config,
    url: connectionUrl(config),
    query: (text, params = []) => pool.query(text, [...params]),
    drop: async () => {
      await pool.end();
      await run('postgres', render(sql`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`).text);
    },
  };
}
