import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, ProblemsError } from '../../src/base/index.js';
import { testFolder } from '../support/test-folders.js';

/** A folder with a `cordon.yaml` and what it refers to. */
export interface DeploymentFolder {
  readonly folder: string;
  readonly file: string;
  /** Writes another file into it. */
  write(name: string, text: string, mode?: number): string;
  remove(): void;
}

/** @param lines of cordon.yaml */
export function deploymentFolder(lines: readonly string[]): DeploymentFolder {
  const folder = testFolder('config');
  mkdirSync(join(folder, 'schema'), { recursive: true });
  const write: DeploymentFolder['write'] = (name, text, mode = 0o600) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  write('policy.yaml', '');
  const file = write('cordon.yaml', lines.join('\n'));
  return { folder, file, write, remove: () => rmSync(folder, { recursive: true }) };
}

/** The problems that something ends in, one a line, without the folder's name. */
export function problemsOf(folder: string, run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
  }
  return [];
}
