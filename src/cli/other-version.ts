import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { LoadedConfig } from '../config.js';
import type { SdlFile } from '../model/index.js';
import { CommandError } from './failure.js';

/** Schema and policy as another version of a deployment has them, as texts. */
export interface WrittenTexts {
  readonly sdl: readonly SdlFile[];
  readonly policy: SdlFile;
}

const run = promisify(execFile);
const isSdl = (name: string): boolean => name.endsWith('.graphql');

/**
 * Reads another version of schema and policy: a folder, or else a git ref of the repository that holds them.
 * @throws CommandError where it is neither
 */
export function readOtherVersion(version: string, config: LoadedConfig): Promise<WrittenTexts> {
  const isFolder = existsSync(version) && statSync(version).isDirectory();
  return isFolder ? readFolder(resolve(version), config) : readRef(version, config);
}

/** Where something of this deployment stands in a copy of its folder; null where it stands outside. */
function within(folder: string, place: string, config: LoadedConfig): string | null {
  const path = relative(dirname(resolve(config.file)), place);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? null : join(folder, path);
}

async function readFolder(folder: string, config: LoadedConfig): Promise<WrittenTexts> {
  const { schemaFolder, policyFile } = config;
  const schemas = [within(folder, schemaFolder, config), join(folder, basename(schemaFolder)), folder];
  let schema: string | undefined;
  let names: readonly string[] = [];
  for (const each of schemas) {
    if (each === null || !existsSync(each)) continue;
    names = (await readdir(each)).filter(isSdl).sort();
    schema = each;
    if (names.length > 0) break;
  }
  if (schema === undefined || names.length === 0)
    throw new CommandError(`There is no schema in ${folder}: no file there ends in .graphql.`);
  const policies = [
    within(folder, policyFile, config),
    join(schema, basename(policyFile)),
    join(folder, basename(policyFile)),
  ];
  const policy = policies.find((each) => each !== null && existsSync(each));
  if (policy == null)
    throw new CommandError(`There is no ${basename(policyFile)} in ${folder}, nor beside the schema there.`);
  const read = async (file: string): Promise<SdlFile> => ({ file, text: await readFile(file, 'utf8') });
  const from = schema;
  return {
    sdl: await Promise.all(names.map((name) => read(join(from, name)))),
    policy: await read(policy),
  };
}

/** Files as a commit has them, read out of the repository; the working tree is left as it is. */
async function readRef(ref: string, { schemaFolder, policyFile }: LoadedConfig): Promise<WrittenTexts> {
  const git = async (cwd: string, ...args: string[]): Promise<string> =>
    (await run('git', args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  let commit: string;
  try {
    commit = (
      await git(schemaFolder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)
    ).trim();
  } catch {
    throw new CommandError(
      `${ref} is no folder, and no commit of a git repository that holds ${schemaFolder}; name either.`,
    );
  }
  const read = async (folder: string, name: string): Promise<SdlFile> => {
    try {
      return { file: `${ref}:${name}`, text: await git(folder, 'show', `${commit}:./${name}`) };
    } catch {
      throw new CommandError(`${ref} has no ${name} where this version has one, in ${folder}.`);
    }
  };
  const listed = await git(schemaFolder, 'ls-tree', '-z', '--name-only', commit, './');
  const names = listed
    .split('\0')
    .filter(isSdl)
    .map((path) => basename(path))
    .sort();
  if (names.length === 0)
    throw new CommandError(`${ref} has no schema in ${schemaFolder}: no file there ends in .graphql.`);
  return {
    sdl: await Promise.all(names.map((name) => read(schemaFolder, name))),
    policy: await read(dirname(policyFile), basename(policyFile)),
  };
}
