import { createRequire } from 'node:module';

/**
 * The path of an installed package's main file, found from here as an import would be. A file of its own, because
 * `import.meta` is the one thing here that an ES module and its CommonJS translation do not share.
 */
export function installedPackage(name: string): string {
  return createRequire(import.meta.url).resolve(name);
}
