import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readYaml } from '../base/index.js';
import type { Snapshot } from '../init/index.js';
import type { SdlFile } from '../model/index.js';
import { CommandError } from './failure.js';

/** The folder that init writes a deployment into, or finds one in. */

const configName = 'cordon.yaml';
const snapshotName = 'init.json';

export function holdsDeployment(folder: string): boolean {
  return existsSync(join(folder, configName));
}

/**
 * Writes the files of a new deployment, all or none.
 * @throws CommandError where one of them is there already: nothing is ever written over
 */
export function writeDeployment(folder: string, files: ReadonlyMap<string, string>, snapshot: string): void {
  const all = new Map([...files, [snapshotName, snapshot]]);
  const there = [...all.keys()].filter((name) => existsSync(join(folder, name)));
  if (there.length > 0)
    throw new CommandError(
      `${join(folder, there[0] ?? '')} is there already, and init writes over nothing; name another folder with --out.`,
    );
  for (const [name, text] of all) {
    const place = join(folder, name);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text, { flag: 'wx' });
  }
}

/** The SDL of a deployment that is there, under the names that its people know. */
export function readDeploymentSdl(folder: string): readonly SdlFile[] {
  const { content } = readYaml(readFileSync(join(folder, configName), 'utf8'), configName);
  const { schema } = (content?.value ?? {}) as { readonly schema?: unknown };
  const place = join(folder, typeof schema === 'string' ? schema : 'schema');
  if (!existsSync(place))
    throw new CommandError(`There is no ${place}, which ${join(folder, configName)} names as its schema.`);
  const names = readdirSync(place).filter((name) => name.endsWith('.graphql'));
  return names.sort().map((name) => ({
    file: relative(folder, join(place, name)),
    text: readFileSync(join(place, name), 'utf8'),
  }));
}

/** What init saw when it wrote the deployment; nothing for one that people wrote. */
export function readSnapshot(folder: string): Snapshot {
  const place = join(folder, snapshotName);
  if (!existsSync(place)) return {};
  try {
    return JSON.parse(readFileSync(place, 'utf8')) as Snapshot;
  } catch {
    throw new CommandError(`${place} is no JSON; restore it, or remove it to compare with the schema alone.`);
  }
}
