import { Command } from 'commander';
import { formatProblem, ProblemsError } from '../base/index.js';
import type { Catalog } from '../catalog/index.js';
import { loadModel, type Model } from '../model/index.js';
import { parsePolicy } from '../policy/index.js';
import { anyoneGains, diffExposure, type ExposureDiff } from '../review/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { diffJson, diffMarkdown, diffText } from './diff-words.js';
import { CommandError } from './failure.js';
import { readOtherVersion, type WrittenTexts } from './other-version.js';
import { print, printJson, terminalWidth } from './output.js';

interface DiffOptions extends ConfigOption {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** @throws ProblemsError with every mistake */
function bind({ sdl, policy }: WrittenTexts, catalogs: readonly Catalog[]): Model {
  const parsed = parsePolicy(policy.text, policy.file);
  if ('problems' in parsed) throw new ProblemsError(parsed.problems);
  const loaded = loadModel({ sdl, policy: parsed.policy, catalogs });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded.model;
}

async function compare(version: string, options: DiffOptions): Promise<ExposureDiff> {
  const config = openConfig(options);
  const { readCatalogs, readModel } = await import('../main.js');
  const texts = await readOtherVersion(version, config);
  const { model: after } = await readModel(config);
  const catalogs = await readCatalogs(config.sources);
  let before: Model;
  try {
    before = bind(texts, catalogs);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const why = `${version} cannot be compared with: against the databases as they are now, it does not load.`;
    throw new CommandError([why, ...error.problems.map(formatProblem)].join('\n'));
  }
  return diffExposure(before, after, config.limits);
}

/** `cordon diff`: what a change of schema or policy gives, and to whom. */
export function diffCommand(): Command {
  return new Command('diff')
    .description(
      'compare what this version of schema and policy gives with what another gives, role by role, against the databases as they are',
    )
    .argument(
      '<version>',
      'what was before: a folder with schema and policy, or a git ref such as origin/main',
    )
    .addOption(configOption())
    .option('--markdown', 'print a comment for a pull request')
    .option('--json', 'print { ok, roles, types, fields, control, limits, changes }; ok where nobody gains')
    .addHelpText(
      'after',
      '\nExit code 0 where nobody gains anything, 2 where somebody does, 1 for a failure. What is not plainly less is a gain:\na changed mask is one, unless it became nullify, constant or redact. Limits of roles are told and are none: they give nothing but more at once.',
    )
    .action(async (version: string, options: DiffOptions) => {
      const diff = await compare(version, options);
      const ok = !anyoneGains(diff);
      if (options.json === true) printJson(diffJson(diff, ok));
      else
        print(
          options.markdown === true ? diffMarkdown(diff, version) : diffText(diff, version, terminalWidth()),
        );
      if (!ok) process.exitCode = 2;
    });
}
