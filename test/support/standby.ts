import { execFile } from 'node:child_process';
import { appendFile, chown, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '../../src/embedded/index.js';
import type { PrivateCluster } from './private-cluster.js';
import { quietLog } from './quiet-log.js';
import { testFolder } from './test-folders.js';

export interface Standby extends Pick<EmbeddedPostgres, 'connection'> {
  /** Makes it a server of its own, as after the loss of the first. */
  promote(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * A streaming replica of a cluster, made of a base backup as PostgreSQL's manual has it by hand (25.3.4): the binaries of
 * the tests come without pg_basebackup.
 */
export async function startStandby(primary: PrivateCluster): Promise<Standby> {
  const folder = testFolder('standby');
  await mkdir(folder, { mode: 0o710 });
  const client = new pg.Client(primary.connection());
  await client.connect();
  // The receiver is a process of the cluster's own user, whom the launcher's rules leave out.
  await appendFile(join(primary.folder, 'pg_hba.conf'), 'local replication all trust\n');
  await client.query('SELECT pg_reload_conf()');
  await client.query(`SELECT pg_create_physical_replication_slot('standby')`);
  await client.query(`SELECT pg_backup_start('standby', true)`);
  await promisify(execFile)('cp', ['-a', join(primary.folder, 'data'), folder]);
  const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  await client.end();
  const data = join(folder, 'data');
  const owner = await stat(data);
  await rm(join(data, 'postmaster.pid'));
  for (const [name, text] of [
    ['backup_label', rows[0]!.labelfile],
    ['standby.signal', ''],
  ] as const) {
    await writeFile(join(data, name), text, { mode: 0o600 });
    await chown(join(data, name), owner.uid, owner.gid);
  }
  await chown(folder, process.getuid!(), (await stat(primary.folder)).gid);
  const { host, port, user } = primary.connection();
  const server = await startEmbedded({
    folder,
    log: quietLog,
    settings: {
      primary_conninfo: `host='${host}' port=${port} user=${user}`,
      primary_slot_name: 'standby',
      hot_standby_feedback: 'on',
    },
  });
  return {
    connection: (database, as) => server.connection(database, as),
    promote: async () => {
      const promoting = new pg.Client(server.connection('postgres'));
      await promoting.connect();
      await promoting.query('SELECT pg_promote()');
      await promoting.end();
    },
    dispose: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
