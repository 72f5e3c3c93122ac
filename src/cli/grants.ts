import { Command } from 'commander';
import { didYouMean } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { print } from './output.js';

interface GrantsOptions extends ConfigOption {
  readonly source?: string;
  readonly role?: string;
}

type SourceConfig = LoadedConfig['sources'] extends ReadonlyMap<string, infer S> ? S : never;

function chosen({ sources }: LoadedConfig, name: string | undefined): readonly SourceConfig[] {
  if (name === undefined) return [...sources.values()];
  const source = sources.get(name);
  if (source === undefined)
    throw new CommandError(`There is no source "${name}".${didYouMean(name, sources.keys())}`);
  return [source];
}

/** Whom the gateway signs in as, by the URL of the source. */
function userOf({ name, connection }: SourceConfig): string {
  const { connectionString: url = '' } = connection;
  const { username, searchParams } = new URL(url);
  const user = searchParams.get('user') ?? decodeURIComponent(username);
  if (user === '')
    throw new CommandError(`The url of the source ${name} names no user; name the role with --role.`);
  return user;
}

/** `cordon grants`: the database role of the gateway, as SQL. */
export function grantsCommand(): Command {
  return new Command('grants')
    .description(
      'print SQL for the database role that the gateway reads a source as: exactly the columns that the schema needs, and the settings of its sessions; runs nothing',
    )
    .option('-s, --source <name>', 'only this source, as for psql; all of them unless given')
    .option('--role <name>', "the database role (default: the user in the source's url)")
    .addOption(configOption())
    .action(async (options: GrantsOptions) => {
      const config = openConfig(options);
      const sources = chosen(config, options.source);
      const { readModel } = await import('../main.js');
      const { grantStatements, readColumns } = await import('../review/index.js');
      const { sessionSettings } = await import('../sources/index.js');
      const { model } = await readModel(config);
      const texts = sources.map((source) =>
        grantStatements({
          source: source.name,
          role: options.role ?? userOf(source),
          tables: readColumns(model, source.name),
          settings: { ...sessionSettings, statement_timeout: String(source.statementTimeoutMs) },
        }),
      );
      print(texts.join('\n\n'));
    });
}
