import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean, ProblemsError, type Problem } from './base/index.js';
import type { Config } from './config.js';
import { readManifest, type ListedDocument } from './documents/index.js';
import type { Model, SdlFile } from './model/index.js';
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

/** The documents of the manifest, where there is one. @throws ProblemsError with every mistake in it */
export async function readDocuments({
  documents,
  limits,
}: Pick<Config, 'documents' | 'limits'>): Promise<readonly ListedDocument[]> {
  if (documents === undefined) return [];
  const { manifest } = documents;
  const read = readManifest(await readText(manifest), manifest, limits.tokens);
  if ('problems' in read) throw new ProblemsError(read.problems);
  return read.documents;
}

/** A role that nobody has would confine nobody. */
export function unknownConfined(
  { documents }: Pick<Config, 'documents'>,
  { policy }: Model,
): readonly Problem[] {
  if (documents === undefined || documents.required === 'all') return [];
  return documents.required
    .filter((role) => !policy.roles.has(role))
    .map((role) => {
      const message = `The policy has no role "${role}", so it confines nobody.${didYouMean(role, policy.roles.keys())}`;
      return { ...documents.written, code: 'UNKNOWN_ROLE', message };
    });
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
