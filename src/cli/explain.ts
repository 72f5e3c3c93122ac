import { Command } from 'commander';
import type { Model } from '../model/index.js';
import type { Role } from '../policy/index.js';
import type { Exposure } from '../view/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { repeated } from './options.js';
import { print, printJson, table } from './output.js';
import { requireRoles } from './roles.js';
import { conditionWords, maskWords, rowWords } from '../review/index.js';

interface Line extends Exposure {
  readonly role: string;
  readonly mask: string | null;
}

function maskOf(model: Model, { coordinate, decision }: Exposure): string | null {
  if (decision !== 'MASKED') return null;
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const mark = model.types.get(typeName)?.fields.get(fieldName)?.mark;
  return mark?.kind === 'secret' ? maskWords(mark.mask) : null;
}

function toJson({ role, coordinate, secretClass, decision, usages, mask, conditions, rows }: Line): object {
  return {
    role,
    coordinate,
    class: secretClass,
    decision,
    usages,
    mask,
    conditions: conditions === null ? null : conditionWords(conditions) || null,
    rows: rowWords(rows),
  };
}

/** What one role sees, with everything that bears on it. */
function detailed(lines: readonly Line[]): string {
  const head = ['coordinate', 'class', 'decision', 'usages', 'rows', 'mask', 'conditions'];
  const rows = lines.map(
    ({ coordinate, secretClass, decision, usages, rows: condition, mask, conditions }) => [
      coordinate,
      secretClass ?? 'open',
      decision,
      usages.join(' ') || '-',
      rowWords(condition),
      mask ?? '-',
      conditions === null ? '-' : conditionWords(conditions) || '-',
    ],
  );
  return table([head, ...rows]);
}

const short: Readonly<Record<Exposure['decision'], string>> = {
  CLEAR: 'clear',
  MASKED: 'masked',
  AGGREGATE: 'aggregate',
  DENIED: 'denied',
  HIDDEN: '.',
};

/** All roles side by side. `*`: on some rows, or under conditions; `--role` says which. */
function matrix(model: Model, roles: readonly Role[], lines: readonly Line[]): string {
  const cells = new Map<string, string>();
  for (const { role, coordinate, decision, rows, conditions } of lines) {
    const limited = rows.length > 0 || (conditions !== null && conditionWords(conditions) !== '');
    const before = cells.get(`${role} ${coordinate}`);
    const words = `${short[decision]}${limited ? '*' : ''}`;
    cells.set(`${role} ${coordinate}`, before === undefined ? words : `${before}/${words}`);
  }
  const rows = [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].map(({ coordinate, mark }) => [
      coordinate,
      mark.kind === 'secret' ? mark.secretClass : 'open',
      ...roles.map(({ name }) => cells.get(`${name} ${coordinate}`) ?? ''),
    ]),
  );
  return table([['coordinate', 'class', ...roles.map(({ name }) => name)], ...rows]);
}

const legend =
  '\n* on some rows, or under conditions: cordon explain --role <role>. A dot: not in the schema of the role.';

/** `cordon explain`: what the policy comes to. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('print what each role may do with each field: the exposure matrix')
    .option('-r, --role <role>', 'only this role, in detail; may be repeated', repeated)
    .addOption(configOption())
    .option(
      '--json',
      'print an array of { role, coordinate, class, decision, usages, mask, conditions, rows }',
    )
    .action(
      async (options: ConfigOption & { readonly role?: readonly string[]; readonly json?: boolean }) => {
        const { readModel } = await import('../main.js');
        const { exposures } = await import('../view/index.js');
        const { model } = await readModel(openConfig(options));
        const roles = requireRoles(model.policy, options.role ?? [...model.policy.roles.keys()]);
        const linesOf = (role: Role): Line[] =>
          exposures(model, [role]).map((each) => ({ ...each, role: role.name, mask: maskOf(model, each) }));
        if (options.json === true) printJson(roles.flatMap(linesOf).map(toJson));
        else if (options.role === undefined) print(matrix(model, roles, roles.flatMap(linesOf)) + legend);
        else
          for (const role of roles) print(`${role.name}: rows ${rowsOf(role)}\n${detailed(linesOf(role))}\n`);
      },
    );
}

function rowsOf({ rows }: Role): string {
  return rows.kind === 'limited' ? rowWords([rows.match]) : rows.kind;
}
