import { join, resolve, relative } from 'node:path';

/** The root of the repository. */
export const repository = join(__dirname, '../..');

/**
 * Where the run's setup has put a file as JavaScript. A process starts from there in half the time that it takes to
 * translate at each start.
 * @param file its path, from the root of the repository unless absolute: `test/embedded/fixtures/owner.ts`
 */
export function compiled(file: string): string {
  const path = relative(repository, resolve(repository, file));
  return join(repository, 'dist/tests', path.replace(/\.ts$/, '.js'));
}
