import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemsError, type Problem } from './base/index.js';
import type { Config } from './config.js';
import type { SdlFile } from './model/index.js';
import { parsePolicy, type Policy } from './policy/index.js';

/** The files that a schema and a policy are written in. */
export type ModelFiles = Pick<Config, 'schemaFolder' | 'policyFile'>;

/** Every `.graphql` file of the folder, by name. @throws ProblemsError where it cannot be read */
export async function readSdl({ schemaFolder }: ModelFiles): Promise<readonly SdlFile[]> {
  const names = (await reading(schemaFolder, readdir(schemaFolder))).filter((name) =>
    name.endsWith('.graphql'),
  );
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(schemaFolder, name);
      return { file, text: await readText(file) };
    }),
  );
}

/** @throws ProblemsError with every mistake in it */
export async function readPolicy({ policyFile }: ModelFiles): Promise<Policy> {
  const policy = parsePolicy(await readText(policyFile), policyFile);
  if ('problems' in policy) throw new ProblemsError(policy.problems);
  return policy.policy;
}

/** @throws ProblemsError where it cannot be read */
export function readText(file: string): Promise<string> {
  return reading(file, readFile(file, 'utf8'));
}

async function reading<T>(file: string, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const problem: Problem = { file, line: 0, code: 'MISSING_FILE', message: `It cannot be read (${code}).` };
    throw new ProblemsError([problem]);
  }
}
