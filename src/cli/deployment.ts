import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { loadConfig, type LoadedConfig } from '../config.js';
import { CommandError } from './failure.js';

/** Read where no other is named. */
export const ownFile = 'cordon.yaml';

/** Where the demo is kept, so that the next start finds it. */
export const demoFolder = '.cordon';

export interface ConfigOption {
  readonly config?: string;
}

/** `--config`, for every command about a deployment. */
export function configOption(otherwise = `${ownFile}, else the demo's`): Option {
  return new Option('-c, --config <file>', `configuration of the deployment (default: ${otherwise})`);
}

/** @throws ProblemsError for mistakes in it, CommandError where there is none */
export function openConfig({ config }: ConfigOption): LoadedConfig {
  const file = config ?? [ownFile, join(demoFolder, ownFile)].find((each) => existsSync(each));
  if (file === undefined)
    throw new CommandError(
      `There is no ${ownFile} here; name one with --config, or start the demo: cordon demo.`,
    );
  return loadConfig(file);
}
