import { Command } from 'commander';
import { formatProblem, ProblemsError } from '../base/index.js';
import type { Model } from '../model/index.js';
import type { ExposureDiff } from '../review/index.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { diffJson, diffMarkdown, diffText } from './diff-words.js';
import { CommandError } from './failure.js';
import { readOtherVersion } from './other-version.js';
import { print, printJson, terminalWidth } from './output.js';

interface DiffOptions extends ConfigOption {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

async function compare(version: string, options: DiffOptions): Promise<ExposureDiff> {
  const config = openConfig(options);
  const { bindModel, readCatalogs, readWritten, written } = await import('../main.js');
  const { diffExposure } = await import('../review/index.js');
  const now = await readWritten(config);
  const texts = await readOtherVersion(version, config);
  const catalogs = await readCatalogs(config.sources);
  const after = bindModel(now, catalogs).model;
  let before: Model;
  try {
    before = bindModel(written(texts.sdl, texts.policy), catalogs).model;
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const why = `${version} cannot be compared with: against the databases as they are now, it does not load.`;
    throw new CommandError([why, ...error.problems.map(formatProblem)].join('\n'));
  }
  return diffExposure(before, after);
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
    .option('--json', 'print { ok, roles, types, fields, control, changes }; ok where nobody gains')
    .addHelpText(
      'after',
      '\nExit code 0 where nobody gains anything, 2 where somebody does, 1 for a failure. What is not plainly less is a gain:\na changed mask is one, unless it became nullify, constant or redact.',
    )
    .action(async (version: string, options: DiffOptions) => {
      const { anyoneGains } = await import('../review/index.js');
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
