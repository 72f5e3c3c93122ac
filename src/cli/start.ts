import { Command } from 'commander';
import { fileURLToPath } from 'node:url';
import type { Log } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import { boundHeapGrowth } from '../heap-growth.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { createLog } from './log.js';
import { portNumber, workersOption } from './options.js';
import { print } from './output.js';
import { startReloading } from './reloading.js';
import { untilStopped } from './until-stopped.js';

interface StartOptions extends ConfigOption {
  readonly port?: number;
  readonly workers?: number;
  readonly watch?: boolean;
}

/** Something that answers: one process, or several. */
interface Serving {
  readonly address: string;
  reload(): Promise<unknown>;
  stop(): Promise<void>;
  /** Rejects when it cannot go on; never resolves. */
  readonly failure?: Promise<never>;
}

async function startOne(config: LoadedConfig, log: Log): Promise<Serving> {
  boundHeapGrowth();
  const { loadSecrets } = await import('../config.js');
  const { startGateway } = await import('../main.js');
  const gateway = await startGateway(config, loadSecrets(config), log);
  return { address: gateway.address, reload: () => gateway.reload(), stop: () => gateway.close() };
}

async function startSeveral(config: LoadedConfig, log: Log): Promise<Serving> {
  const { Workers } = await import('./workers.js');
  const program = fileURLToPath(new URL('./worker.js', import.meta.url));
  return Workers.start({ program, beginning: { workers: config.workers, config }, log });
}

/** `cordon start`: a gateway of a deployment, until it is told to stop. */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'start a gateway; it loads schema and policy anew at SIGHUP, and stops at SIGTERM, once the requests in flight are answered',
    )
    .addOption(configOption())
    .option(
      '-p, --port <number>',
      'port, in place of the one that PORT or the configuration names',
      portNumber,
    )
    .option(
      '-w, --workers <number>',
      'processes that answer on the port, each with a part of what the limits allow: auto for one a core (default: what the configuration says, else 1)',
      workersOption,
    )
    .option('--watch', 'load schema and policy anew whenever one of their files has changed')
    .action(async (options: StartOptions) => {
      const opened = openConfig(options);
      const listen = { ...opened.listen, port: options.port ?? opened.listen.port };
      const config = { ...opened, listen, workers: options.workers ?? opened.workers };
      const log = createLog('info');
      const stopped = untilStopped();
      const reloading = await startReloading(config, { watch: options.watch === true, log });
      const serving = await (config.workers === 1 ? startOne : startSeveral)(config, log);
      print(`ready ${serving.address}/graphql ${serving.address}/control`);
      reloading.serve(serving);
      try {
        await Promise.race([stopped, ...(serving.failure === undefined ? [] : [serving.failure])]);
      } finally {
        reloading.stop();
        await serving.stop();
      }
    });
}
