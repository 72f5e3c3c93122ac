import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../../src/base/index.js';
import { newerNodeVersion, versionOf } from '../rig/peers.js';

/** What was measured, by the versions that are installed. @param postgresql as the database names itself */
export async function versions(postgresql: string): Promise<Readonly<Record<string, string>>> {
  const read = async (folder: string) =>
    (JSON.parse(await readFile(join(packageFolder(folder), 'package.json'), 'utf8')) as { version: string })
      .version;
  const ofPeers = {
    mercurius: versionOf('mercurius'),
    postgraphile: versionOf('postgraphile'),
    node_of_postgraphile: newerNodeVersion(),
  };
  const installed = Object.entries(ofPeers).filter((each): each is [string, string] => each[1] !== null);
  return {
    cordon: await read('.'),
    node: process.versions.node,
    postgresql,
    apollo: await read('node_modules/@apollo/server'),
    graphql: await read('node_modules/graphql'),
    pg: await read('node_modules/pg'),
    ...Object.fromEntries(installed),
  };
}
