import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A folder that comes with the package, such as `migrations`. Looked for upwards, since this file lies deeper once it
 * is compiled.
 */
export function packageFolder(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package is not installed whole: its package.json is missing');
    folder = parent;
  }
  return join(folder, name);
}
