// What a view of many types costs: in this process alone, over a schema made for it.
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readModel } from '../../src/main.js';
import type { Model } from '../../src/model/index.js';
import { buildView, type View } from '../../src/view/index.js';
import { buildParts, partRole, parts } from '../deployment/parts.js';
import { deploymentConfig } from './bench-config.js';
import { withClient } from './customer-data.js';
import type { Databases } from './databases.js';
import { partsSource, writeParts } from './parts-config.js';

/** Round by round. */
export interface WideView {
  readonly types: number;
  readonly milliseconds: readonly number[];
  readonly megabytes: readonly number[];
}

/** A database, and a schema and a policy beside it, of so many types without rows. */
async function makeModel(databases: Databases, folder: string, types: number): Promise<Model> {
  const connection = await databases.makeAnew(parts);
  await withClient(connection, (client) => client.query(buildParts(types, 0, [])));
  const written = await writeParts(join(folder, 'wide'), { types, roles: 1 });
  const sources = [partsSource(databases.postgres, 1)];
  const { model } = await readModel(deploymentConfig({ ...written, sources }));
  return model;
}

/** Collects garbage, without the process having been started for that. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Views that are held at once when their memory is measured. */
const held = 5;

/** What each of so many views takes; none of them outlives the call, or the next would seem to take nothing. */
function takenBy(build: () => View, collect: () => void): { milliseconds: number; megabytes: number } {
  collect();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const views = Array.from({ length: held }, build);
  const milliseconds = (performance.now() - began) / views.length;
  collect();
  return { milliseconds, megabytes: (process.memoryUsage().heapUsed - before) / 1e6 / views.length };
}

/** Builds views of so many types and says what one takes. */
export async function measureWideView(
  databases: Databases,
  folder: string,
  { types, rounds }: { readonly types: number; readonly rounds: number },
): Promise<WideView> {
  const model = await makeModel(databases, folder, types);
  const collect = collector();
  const build = (): View => buildView(model, [partRole(1)], ['read:*'], '1');
  // The first are those of a compiler that has yet to see the code.
  for (let i = 0; i < 3; i += 1) build();
  const taken = Array.from({ length: rounds }, () => takenBy(build, collect));
  return {
    types,
    milliseconds: taken.map((each) => each.milliseconds),
    megabytes: taken.map((each) => each.megabytes),
  };
}
