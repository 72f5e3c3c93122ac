import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemsError } from '../base/index.js';
import type { DocumentFile } from './build.js';

const extension = /\.(graphql|gql)$/;

/**
 * The files of these names, and those of folders that hold GraphQL, however deep; each once, and sorted, so that the order
 * of what is made of them is that of no file system.
 * @throws ProblemsError where one cannot be read
 */
export async function findDocumentFiles(places: readonly string[]): Promise<readonly DocumentFile[]> {
  const found = await Promise.allSettled(places.map(filesAt));
  const problems = found.flatMap((each, i) => {
    if (each.status === 'fulfilled') return [];
    const { code = 'unknown' } = each.reason as NodeJS.ErrnoException;
    return [
      { file: places[i] ?? '', line: 0, code: 'MISSING_FILE', message: `It cannot be read (${code}).` },
    ];
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  const names = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  return Promise.all(
    [...new Set(names)].sort().map(async (file) => ({ file, text: await readFile(file, 'utf8') })),
  );
}

async function filesAt(place: string): Promise<readonly string[]> {
  if (!(await stat(place)).isDirectory()) return [place];
  const names = await readdir(place, { recursive: true });
  return names.filter((name) => extension.test(name)).map((name) => join(place, name));
}
