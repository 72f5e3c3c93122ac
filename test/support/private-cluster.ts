import { rm } from 'node:fs/promises';
import { startEmbedded, type EmbeddedPostgres, type SocketConnection } from '../../src/embedded/index.js';
import { quietLog } from './quiet-log.js';
import { testFolder } from './test-folders.js';

/** A PostgreSQL of one test's own, whose outages the test makes. Its address stays the same through all of them. */
export interface PrivateCluster {
  readonly folder: string;
  connection(database?: string, user?: string): SocketConnection;
  url(database?: string, user?: string): string;
  ensureDatabase(name: string): Promise<void>;
  /** Starts it again after `stop` or `kill`. */
  start(): Promise<void>;
  /** An orderly shutdown: open transactions are rolled back and connections closed. */
  stop(): Promise<void>;
  /** The postmaster is killed at once and its sessions end as they notice, as when memory runs out. */
  kill(): Promise<void>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

/** Starts a cluster apart from the shared one; about a second. */
export async function privateCluster(
  settings: Readonly<Record<string, string>> = {},
): Promise<PrivateCluster> {
  const folder = testFolder('private');
  const launch = (): Promise<EmbeddedPostgres> => startEmbedded({ folder, log: quietLog, settings });
  let postgres = await launch();
  return {
    folder,
    connection: (database = 'postgres', user) => postgres.connection(database, user),
    url: (database = 'postgres', user) => postgres.url(database, user),
    ensureDatabase: (name) => postgres.ensureDatabase(name),
    start: async () => {
      // Gives the folder free after `kill`; nothing to do after `stop`.
      await postgres.stop();
      postgres = await launch();
    },
    stop: () => postgres.stop(),
    kill: async () => {
      process.kill(postgres.processId, 'SIGKILL');
      await postgres.stop();
    },
    dispose: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
