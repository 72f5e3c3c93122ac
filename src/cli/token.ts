import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import pg from 'pg';
import { ProblemsError } from '../base/index.js';
import type { LoadedConfig } from '../config.js';
import type { TokenRecord } from '../governance/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { claim, repeated } from './options.js';
import { print, printJson, table } from './output.js';
import { requireRoles } from './roles.js';

const dayMs = 24 * 60 * 60 * 1000;

/** `90d`, or the day `2027-06-30`, at whose end it expires. Milliseconds since 1970. */
function expiry(value: string): number {
  const days = /^(\d{1,4})d$/.exec(value)?.[1];
  if (days !== undefined) return Date.now() + Number(days) * dayMs;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  if (Number.isNaN(day))
    throw new InvalidArgumentError('Write a time such as 90d, or a day such as 2027-06-30.');
  return day + dayMs;
}

/** Runs `work` on the control database, whose tables are made if this is the first command of a deployment. */
async function withControl<T>(config: LoadedConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { migrate } = await import('../ledger/index.js');
  await migrate(config.control, config.migrationsFolder);
  const client = new pg.Client(config.control);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface IssueOptions extends ConfigOption {
  readonly organisation: string;
  readonly role: readonly string[];
  readonly scope: readonly string[];
  readonly claim?: Readonly<Record<string, readonly string[]>>;
  readonly agreement?: string;
  readonly documentsOnly?: boolean;
  readonly expires: number;
  readonly issuedBy: string;
  readonly json?: boolean;
}

async function issue(options: IssueOptions): Promise<void> {
  const { parsePolicy } = await import('../policy/index.js');
  const { issueToken } = await import('../governance/index.js');
  const config = openConfig(options);
  const policy = parsePolicy(await readFile(config.policyFile, 'utf8'), config.policyFile);
  if ('problems' in policy) throw new ProblemsError(policy.problems);
  const roles = requireRoles(policy.policy, options.role).map(({ name }) => name);
  const { organisation, scope: scopes, claim: claims = {}, agreement = null, expires, issuedBy } = options;
  const documentsOnly = options.documentsOnly === true;
  const { id, token } = await withControl(config, (client) =>
    issueToken(client, {
      organisation,
      roles,
      scopes,
      claims,
      agreement,
      documentsOnly,
      expiresAt: expires,
      issuedBy,
    }),
  );
  const expiresAt = new Date(expires).toISOString();
  if (options.json === true) printJson({ id, token, expiresAt });
  else {
    print(token);
    process.stderr.write(
      `Token ${id} for ${organisation}, until ${expiresAt}. It is shown this once and kept nowhere.\n`,
    );
  }
}

function issueCommand(): Command {
  return new Command('issue')
    .description("issue a token for a partner's integration; printed alone on standard output, this once")
    .requiredOption(
      '--organisation <name>',
      'whose it is: the party of agreements, and the audience of pseudonyms',
    )
    .requiredOption('-r, --role <role>', 'a role of the policy; may be repeated', repeated)
    .requiredOption('--scope <scope>', 'read:*, read:Type or read:Type.field; may be repeated', repeated)
    .requiredOption('--expires <when>', 'such as 90d or 2027-06-30', expiry)
    .option('--claim <name=values>', 'a row claim, such as accounts=2,4; may be repeated', claim)
    .option('--agreement <id>', 'works only while this agreement is in force')
    .option('--documents-only', "good for the deployment's trusted documents alone")
    .option('--issued-by <name>', 'who answers for it', userInfo().username)
    .addOption(configOption())
    .option('--json', 'print { id, token, expiresAt }')
    .action(issue);
}

function stateOf({ revokedAt, expiresAt }: TokenRecord): string {
  if (revokedAt !== null) return `revoked ${new Date(revokedAt).toISOString()}`;
  return expiresAt <= Date.now() ? 'expired' : 'in force';
}

function tokenJson(record: TokenRecord): object {
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const { createdAt, expiresAt, revokedAt, claims, ...rest } = record;
  return {
    ...rest,
    claims: Object.fromEntries(claims),
    createdAt: time(createdAt),
    expiresAt: time(expiresAt),
    revokedAt: time(revokedAt),
  };
}

function listCommand(): Command {
  return new Command('list')
    .description('list every token ever issued, oldest first; never a token itself')
    .addOption(configOption())
    .option('--json', 'print an array')
    .action(async (options: ConfigOption & { readonly json?: boolean }) => {
      const { listTokens } = await import('../governance/index.js');
      const records = await withControl(openConfig(options), (client) => listTokens(client));
      if (options.json === true) printJson(records.map(tokenJson));
      else if (records.length === 0) print('No token was issued yet: cordon token issue --help');
      else
        print(
          table([
            ['id', 'organisation', 'roles', 'scopes', 'expires', 'state'],
            ...records.map((record) => [
              record.id,
              record.organisation,
              record.roles.join(' '),
              record.scopes.join(' '),
              new Date(record.expiresAt).toISOString().slice(0, 10),
              stateOf(record),
            ]),
          ]),
        );
    });
}

function revokeCommand(): Command {
  return new Command('revoke')
    .description('revoke a token for good; every gateway refuses it within a second')
    .argument('<id>', 'its id, as issue and list print it')
    .addOption(configOption())
    .action(async (id: string, options: ConfigOption) => {
      const { revokeToken } = await import('../governance/index.js');
      const known = await withControl(openConfig(options), (client) => revokeToken(client, id));
      if (!known) throw new CommandError(`There is no token ${id}; cordon token list shows them all.`);
      print(`Token ${id} is revoked.`);
    });
}

/** `cordon token`: tokens for partners' integrations. */
export function tokenCommand(): Command {
  return new Command('token')
    .description("tokens for partners' integrations")
    .addCommand(issueCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}
