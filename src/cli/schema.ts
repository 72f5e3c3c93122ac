import { Command } from 'commander';
import { printSchema } from 'graphql';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { repeated } from './options.js';
import { print } from './output.js';
import { requireRoles } from './roles.js';

/** `cordon schema`: what a caller's own schema is, for code generators. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the schema that a role sees; with several roles, what each of them sees')
    .requiredOption('-r, --role <role>', 'a role of the policy; may be repeated', repeated)
    .addOption(configOption())
    .action(async (options: ConfigOption & { readonly role: readonly string[] }) => {
      const { readModel } = await import('../main.js');
      const { buildView, commonSdl } = await import('../view/index.js');
      const { model } = await readModel(openConfig(options));
      const schemas = requireRoles(model.policy, options.role).map(({ name }) => {
        const { schema } = buildView(model, [name], ['read:*'], '');
        if (schema === null)
          throw new CommandError(`The role ${name} sees no customer data, so it has no schema.`);
        return schema;
      });
      const [only] = schemas;
      print(schemas.length === 1 && only !== undefined ? printSchema(only) : commonSdl(schemas));
    });
}
