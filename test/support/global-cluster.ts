// The process that owns the cluster of one test run. It ends, and everything it made with it, when its standard
// input closes: at the end of the run, and also when the run is killed.
import { rm } from 'node:fs/promises';
import { startEmbedded } from '../../src/embedded/index.js';
import { quietLog } from './quiet-log.js';
import { removeStaleFolders, testFolder } from './test-folders.js';

await removeStaleFolders();
const folder = testFolder('cluster');
const settings = {
  max_connections: '200',
  // It may be in memory.
  max_wal_size: '256MB',
};
const postgres = await startEmbedded({ folder, log: quietLog, settings });
process.stdout.write(`${JSON.stringify(postgres.connection('postgres'))}\n`);
// Ctrl-C goes to the whole process group; the tests are to end before their database.
process.on('SIGINT', () => undefined);
process.stdin.resume().on('close', () => {
  void (async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit();
  })();
});
