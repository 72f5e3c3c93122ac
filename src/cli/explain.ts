import { Command, InvalidArgumentError } from 'commander';
import { didYouMean } from '../base/index.js';
import type { Model, Place } from '../model/index.js';
import type { Role } from '../policy/index.js';
import { conditionWords, limitWords, maskWords, rowWords } from '../review/index.js';
import type { Exposure } from '../view/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { matrix, type MatrixLine } from './matrix.js';
import { repeated } from './options.js';
import { print, printJson, table, terminalWidth } from './output.js';
import { requireRoles } from './roles.js';

interface Line extends MatrixLine, Pick<Exposure, 'place'> {
  readonly mask: string | null;
}

interface ExplainOptions extends ConfigOption {
  readonly role?: readonly string[];
  readonly type?: readonly string[];
  readonly width?: number;
  readonly json?: boolean;
}

function maskOf({ place: { mark }, decision }: Exposure): string | null {
  return decision === 'MASKED' && mark.kind === 'secret' ? maskWords(mark) : null;
}

/** The name of the key that the field is stored encrypted with. */
function keyOf({ field }: Place): string | null {
  return field.kind === 'column' ? (field.encryption?.key ?? null) : null;
}

function toJson({
  role,
  coordinate,
  secretClass,
  decision,
  usages,
  mask,
  conditions,
  rows,
  place,
}: Line): object {
  return {
    role,
    coordinate,
    class: secretClass,
    decision,
    usages,
    mask,
    conditions: conditions === null ? null : conditionWords(conditions) || null,
    rows: rowWords(rows),
    encrypted: keyOf(place),
  };
}

/** `rows rep = $subject; with agreement nda`; `-` where there is nothing to say. */
function howWords({ rows, mask, conditions, place }: Line): string {
  const on = rowWords(rows);
  const asks = conditions === null ? '' : conditionWords(conditions);
  const words = [
    on === 'all' ? '' : `rows ${on}`,
    mask === null ? '' : `mask ${mask}`,
    asks === '' ? '' : `with ${asks}`,
    keyOf(place) === null ? '' : `encrypted with ${keyOf(place)}`,
  ];
  return words.filter((each) => each !== '').join('; ') || '-';
}

/** What one role sees, with everything that bears on it. */
function detailed(lines: readonly Line[], width: number): string {
  const rows = lines.map((line) => [
    line.coordinate,
    line.secretClass ?? 'open',
    line.decision,
    line.usages.join(' ') || '-',
    howWords(line),
  ]);
  return table([['coordinate', 'class', 'decision', 'usages', 'how'], ...rows], width);
}

/** The types of these names; all of them where none is named. @throws CommandError for one that the schema does not have */
function requireTypes({ types }: Model, names: readonly string[] | undefined): ReadonlySet<string> {
  for (const name of names ?? [])
    if (!types.has(name))
      throw new CommandError(`The schema has no type "${name}".${didYouMean(name, types.keys())}`);
  return new Set(names ?? types.keys());
}

function columns(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('The width is a number of characters, such as 120.');
  return number;
}

/** `cordon explain`: what the policy comes to. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('print what each role may do with each field: the exposure matrix')
    .option('-r, --role <role>', 'only this role, in detail; may be repeated', repeated)
    .option('-t, --type <type>', 'only the fields of this type; may be repeated', repeated)
    .option('--width <characters>', "of a line (default: the terminal's)", columns)
    .addOption(configOption())
    .option(
      '--json',
      'print an array of { role, coordinate, class, decision, usages, mask, conditions, rows, encrypted }',
    )
    .action(async (options: ExplainOptions) => {
      const { readModel } = await import('../main.js');
      const { exposures } = await import('../view/index.js');
      const { model } = await readModel(openConfig(options));
      const roles = requireRoles(model.policy, options.role ?? [...model.policy.roles.keys()]);
      const types = requireTypes(model, options.type);
      const linesOf = (role: Role): Line[] =>
        exposures(model, [role])
          .filter(({ coordinate }) => types.has(coordinate.split('.')[0] ?? ''))
          .map((each) => ({ ...each, role: role.name, mask: maskOf(each) }));
      const width = options.width ?? terminalWidth();
      const names = roles.map(({ name }) => name);
      if (options.json === true) printJson(roles.flatMap(linesOf).map(toJson));
      else if (options.role === undefined) print(matrix(names, roles.flatMap(linesOf), width));
      else print(roles.map((role) => `${headOf(role)}\n${detailed(linesOf(role), width)}`).join('\n\n'));
    });
}

/** `partner: rows account = $claims.accounts; limits page.max 50` */
function headOf(role: Role): string {
  const rows = role.rows.kind === 'limited' ? rowWords([role.rows.match]) : role.rows.kind;
  const limits = limitWords(role);
  return `${role.name}: rows ${rows}${limits === '' ? '' : `; limits ${limits}`}`;
}
