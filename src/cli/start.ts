import { Command } from 'commander';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { createLog } from './log.js';
import { portNumber } from './options.js';
import { print } from './output.js';
import { startReloading } from './reloading.js';
import { untilStopped } from './until-stopped.js';

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
    .option('--watch', 'load schema and policy anew whenever one of their files has changed')
    .action(async (options: ConfigOption & { readonly port?: number; readonly watch?: boolean }) => {
      const { loadSecrets } = await import('../config.js');
      const { startGateway } = await import('../main.js');
      const config = openConfig(options);
      const log = createLog('info');
      const listen = { ...config.listen, port: options.port ?? config.listen.port };
      const stopped = untilStopped();
      const reloading = await startReloading(config, { watch: options.watch === true, log });
      const gateway = await startGateway({ ...config, listen }, loadSecrets(config), log);
      print(`ready ${gateway.address}/graphql ${gateway.address}/control`);
      reloading.serve(gateway);
      await stopped;
      reloading.stop();
      await gateway.close();
    });
}
