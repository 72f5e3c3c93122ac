import { Command } from 'commander';
import { formatProblem, ProblemsError, type Problem } from '../base/index.js';
import type { Policy } from '../policy/index.js';
import { limitWords } from '../review/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { counted, print, printJson } from './output.js';

interface Findings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What is as it should be, and easily overlooked. */
  readonly notes: readonly Problem[];
  /** What was looked at, where there was anything to look at. */
  readonly seen: string | null;
}

/** What a role may ask for at once stands apart from what it is given, and is looked for in neither file alone. */
function ownLimits({ roles, file }: Policy): readonly Problem[] {
  return [...roles.values()].flatMap((role) => {
    const words = limitWords(role);
    const message = `The role ${role.name} has limits of its own in place of the deployment's: ${words}.`;
    return words === '' ? [] : [{ file, line: 0, code: 'ROLE_LIMITS', message }];
  });
}

async function check(options: ConfigOption): Promise<Findings> {
  const { readDeployment } = await import('../main.js');
  const { findBrokenKeys, findParameterLogging } = await import('../sources/index.js');
  const { checkPolicyTests } = await import('../view/index.js');
  try {
    const config = openConfig(options);
    const { model, documents, warnings, notes } = await readDeployment(config, { lineages: true });
    const { types, sources, policy } = model;
    const logging = await findParameterLogging(config.sources.values(), config.file);
    const keys = await findBrokenKeys(model, config.sources, config.file);
    return {
      problems: [...logging.problems, ...keys.problems, ...checkPolicyTests(model)],
      warnings: [
        ...config.warnings,
        ...logging.accepted.map(({ warning }) => warning),
        ...keys.warnings,
        ...warnings,
      ],
      notes: [...keys.notes, ...notes, ...ownLimits(policy)],
      seen: [
        counted(types.size, 'type'),
        counted(sources.length, 'source'),
        counted(policy.roles.size, 'role'),
        counted(policy.tests.length, 'policy test'),
        ...(config.documents === undefined ? [] : [counted(documents.length, 'trusted document')]),
      ].join(', '),
    };
  } catch (error) {
    if (error instanceof ProblemsError)
      return { problems: error.problems, warnings: [], notes: [], seen: null };
    throw error;
  }
}

/** `cordon check`: SDL, policy, configuration and live databases against each other. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'check SDL, policy, configuration and databases against each other; exit code 1 for any problem',
    )
    .addOption(configOption())
    .option(
      '--json',
      'print { ok, problems, warnings, notes }, each an array of { file, line, code, message }',
    )
    .action(async (options: ConfigOption & { readonly json?: boolean }) => {
      const { problems, warnings, notes, seen } = await check(options);
      const ok = problems.length === 0;
      if (!ok) process.exitCode = 1;
      if (options.json === true) {
        printJson({ ok, problems, warnings, notes });
        return;
      }
      for (const each of problems) print(formatProblem(each));
      for (const each of warnings) print(`${formatProblem(each)} (warning)`);
      for (const each of notes) print(`${formatProblem(each)} (note)`);
      const found = `${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}`;
      print(seen === null ? `${found}.` : `${found} in ${seen}.`);
    });
}
