import pg from 'pg';
import { ident, render, sql, type Log } from '../base/index.js';
import { installedRoot, usableBinaries } from './binaries.js';
import { prepareData, superuser } from './data-folder.js';
import { takeLock, type FolderLock } from './folder-lock.js';
import { port, prepareHome, type Home } from './home.js';
import { stopOrphans } from './orphans.js';
import { startServer, type Server } from './server.js';
import { serverArguments } from './settings.js';

/** How a client of `pg` reaches a database over the socket; there is no password. */
export interface SocketConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A PostgreSQL of this process's own, reachable over a Unix socket by this user only. */
export interface EmbeddedPostgres {
  /** Where the data is: the folder asked for, or the one in its place. */
  readonly folder: string;
  readonly socketFolder: string;
  readonly port: number;
  readonly superuser: string;
  /** The postmaster's. */
  readonly processId: number;
  /** @param user any role of the cluster that may log in; the superuser unless given */
  connection(database: string, user?: string): SocketConnection;
  /** The same as a URL that `pg` and libpq read. */
  url(database: string, user?: string): string;
  /** Creates the database unless there is one of this name. */
  ensureDatabase(name: string): Promise<void>;
  /** Shuts PostgreSQL down and gives the folder free; further calls do nothing. */
  stop(): Promise<void>;
}

const duplicateDatabase = '42P04';

async function createDatabase(connection: SocketConnection, name: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const found = await client.query('SELECT FROM pg_catalog.pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(render(sql`CREATE DATABASE ${ident(name)}`).text);
  } catch (error) {
    // Created by another connection since we looked.
    if (!(error instanceof pg.DatabaseError && error.code === duplicateDatabase)) throw error;
  } finally {
    await client.end();
  }
}

function handle({ folder, socketFolder }: Home, server: Server, lock: FolderLock): EmbeddedPostgres {
  const connection = (database: string, user: string = superuser): SocketConnection => ({
    host: socketFolder,
    port,
    user,
    database,
  });
  return {
    folder,
    socketFolder,
    port,
    superuser,
    processId: server.processId,
    connection,
    url: (database, user = superuser) =>
      `postgres://${encodeURIComponent(user)}@localhost:${port}/${encodeURIComponent(database)}?host=${encodeURIComponent(socketFolder)}`,
    ensureDatabase: (name) => createDatabase(connection('postgres'), name),
    stop: async () => {
      await server.stop();
      await lock.release();
    },
  };
}

/**
 * Starts PostgreSQL on a folder, making the folder and its data at the first start and healing what an earlier,
 * killed owner left.
 * @param options.folder holds the data, the server's log and the socket; closed to other users
 * @param options.settings settings of PostgreSQL over the launcher's own
 * @throws FolderInUseError when a living process has the folder
 * @throws EmbeddedError with one sentence for the operator when it cannot start
 */
export async function startEmbedded(options: {
  folder: string;
  log: Log;
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options;
  const root = installedRoot();
  const home = await prepareHome(options.folder, log);
  const lock = await takeLock(home);
  try {
    const binaries = await usableBinaries(root, home);
    await stopOrphans(home, log);
    await prepareData(home, binaries);
    const server = await startServer(home, binaries, serverArguments(home, settings), log);
    return handle(home, server, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
