import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { shop } from '../support/deployments.js';
import { testFolder } from '../support/test-folders.js';
import { run, type Finished } from './command.js';

/** The shop as a folder that commands are run in. Nothing of it is started. */
export interface ShopFolder {
  readonly folder: string;
  readonly databases: ReadonlyMap<string, TestDatabase>;
  cordon(...args: string[]): Promise<Finished>;
  write(name: string, text: string): Promise<void>;
  dispose(): Promise<void>;
}

/** @param sourceLines further settings of a source in cordon.yaml, by its name */
export function shopConfig(
  databases: ReadonlyMap<string, TestDatabase>,
  sourceLines: Readonly<Record<string, string>> = {},
): string {
  const sources = [...databases].map(
    ([name, { url }]) =>
      `  ${name}: { url: "${url}"${sourceLines[name] === undefined ? '' : `, ${sourceLines[name]}`} }`,
  );
  return [
    'schema: schema',
    'policy: policy.yaml',
    'sources:',
    ...sources,
    'control: { url: "postgres://nobody@localhost:1/none" }',
    'keys: { folder: keys }',
    'ledger: { folder: ledger }',
    '',
  ].join('\n');
}

export async function shopFolder(extra: Readonly<Record<string, string>> = {}): Promise<ShopFolder> {
  const folder = testFolder('shop');
  const databases = new Map<string, TestDatabase>();
  for (const [name, sql] of Object.entries(shop.sources))
    databases.set(name, await freshDatabase(name, { sql: `${sql}${extra[name] ?? ''}` }));
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  await write('schema/types.graphql', shop.sdl);
  await write('policy.yaml', shop.policy);
  await write('cordon.yaml', shopConfig(databases));
  return {
    folder,
    databases,
    cordon: (...args) => run(args, { cwd: folder }),
    write,
    dispose: async () => {
      for (const database of databases.values()) await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
