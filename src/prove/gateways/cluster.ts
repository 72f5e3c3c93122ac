import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ident, render, sql, type Log } from '../../base/index.js';
import { startEmbedded, type EmbeddedPostgres, type SocketConnection } from '../../embedded/index.js';

/** A PostgreSQL of a run, which goes with it. */
export interface Cluster {
  /** The run's own folder. */
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  /** Makes a database under a name that begins so. @param logged whether every statement sent to it is written down */
  create(name: string, logged: boolean): Promise<SocketConnection>;
  /** What PostgreSQL has written down since it was last asked. */
  written(): Promise<string>;
  close(): Promise<void>;
}

/** The ledgers insist on a database that keeps what it is given, here too. */
const settings = { max_connections: '200', log_line_prefix: '%d ' };

/** Runs statements in a database. */
export async function runStatements(
  connection: pg.ClientConfig,
  statements: readonly string[],
): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function startCluster(log: Log): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-prove-'));
  // PostgreSQL passes through as another user when root starts it.
  await chmod(folder, 0o711);
  try {
    const postgres = await startEmbedded({ folder: join(folder, 'postgres'), log, settings });
    const written = await open(join(postgres.folder, 'postgres.log'));
    let read = 0;
    let made = 0;
    return {
      folder,
      postgres,
      create: async (wanted, logged) => {
        made += 1;
        const name = `${wanted}_${made}`;
        await postgres.ensureDatabase(name);
        const text = render(sql`ALTER DATABASE ${ident(name)} SET log_statement = 'all'`).text;
        if (logged) await runStatements(postgres.connection('postgres'), [text]);
        return postgres.connection(name);
      },
      written: async () => {
        const { size } = await written.stat();
        const bytes = Buffer.alloc(size - read);
        await written.read(bytes, 0, bytes.length, read);
        read = size;
        return bytes.toString('utf8');
      },
      close: async () => {
        await written.close();
        await postgres.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
