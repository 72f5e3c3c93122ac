// The load generator, in a process of its own: one job at a time, told and answered over the process channel.
import { load, type LoadJob } from './rig/load.js';

process.on('disconnect', () => process.exit());
process.on('message', (job: LoadJob) => {
  void load(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
