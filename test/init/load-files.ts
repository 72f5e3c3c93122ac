import type { DraftFiles } from '../../src/init/files.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { loadModel, type SdlFile } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';

export const sdlOf = (files: DraftFiles): readonly SdlFile[] =>
  [...files].filter(([name]) => name.endsWith('.graphql')).map(([file, text]) => ({ file, text }));

/** What a start would say of the files. */
export function loadFiles(files: DraftFiles, sources: readonly ReadSource[]): ReturnType<typeof loadModel> {
  const policy = parsePolicy(files.get('policy.yaml')!, 'policy.yaml');
  if ('problems' in policy) return policy;
  return loadModel({
    sdl: sdlOf(files),
    policy: policy.policy,
    catalogs: sources.map(({ catalog }) => catalog),
  });
}

/** Every problem of the files, as lines. */
export function problemsOf(files: DraftFiles, sources: readonly ReadSource[]): readonly string[] {
  const loaded = loadFiles(files, sources);
  if (!('problems' in loaded)) return [];
  return loaded.problems.map(({ file, line, message }) => `${file}:${line} ${message}`);
}
