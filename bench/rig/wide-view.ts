// What a view of many types costs: in this process alone, over a schema made for it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readModel } from '../../src/main.js';
import type { Model } from '../../src/model/index.js';
import { buildView, type View } from '../../src/view/index.js';
import { reader } from '../deployment/tables.js';
import { withClient } from './customer-data.js';
import type { Databases } from './databases.js';

/** Round by round. */
export interface WideView {
  readonly types: number;
  readonly milliseconds: readonly number[];
  readonly megabytes: readonly number[];
}

const schemaName = 'wide';

const tableText = (i: number): string => `
CREATE TABLE ${schemaName}.part_${i} (id int4 PRIMARY KEY, parent_id int4 NOT NULL, code text NOT NULL,
  name text, price numeric(12, 2), quantity int4 NOT NULL, made_on date, changed_at timestamptz NOT NULL);
CREATE INDEX ON ${schemaName}.part_${i} (parent_id);`;

/** A type of a table's eight columns, with a relation to the one before and one from the one behind. */
const typeText = (i: number, types: number): string => `
type Part${i} @table(source: wide, schema: "${schemaName}", name: "part_${i}", key: ["id"]) {
  id: ID! @open
  parentId: ID! @open
  code: String! @open(dimension: true)
  name: String @tradeSecret(class: relationship)
  price: Decimal @tradeSecret(class: pricing, mask: { bucket: "100" })
  quantity: Int! @tradeSecret(class: pricing, mask: { bucket: "10" })
  madeOn: Date @tradeSecret(class: relationship, mask: { dateTrunc: YEAR })
  changedAt: DateTime! @open
${i > 1 ? `  parent: Part${i - 1} @relation(from: ["parent_id"], to: ["id"]) @open\n` : ''}${
  i < types ? `  parts: [Part${i + 1}!]! @relation(from: ["id"], to: ["parent_id"]) @open\n` : ''
}}`;

const policyText = `
classes:
  relationship: { title: Names }
  pricing: { title: Prices }
roles:
  reader: { rows: all, clear: [relationship], mask: [pricing] }
`;

async function makeModel(databases: Databases, folder: string, types: number): Promise<Model> {
  const each = (text: (i: number, types: number) => string) =>
    Array.from({ length: types }, (_, i) => text(i + 1, types)).join('\n');
  const connection = await databases.makeAnew(schemaName);
  await withClient(connection, (client) =>
    client.query(
      `CREATE SCHEMA ${schemaName}; ${each(tableText)} GRANT USAGE ON SCHEMA ${schemaName} TO ${reader};
       GRANT SELECT ON ALL TABLES IN SCHEMA ${schemaName} TO ${reader}`,
    ),
  );
  const schemaFolder = join(folder, schemaName);
  const policyFile = join(folder, `${schemaName}.yaml`);
  await mkdir(schemaFolder, { recursive: true });
  await writeFile(join(schemaFolder, 'parts.graphql'), each(typeText));
  await writeFile(policyFile, policyText);
  const source = {
    name: schemaName,
    connection: databases.postgres.connection(schemaName, reader),
    poolSize: 1,
    statementTimeoutMs: 5000,
    connectTimeoutMs: 2000,
  };
  const sources = new Map([[schemaName, source]]);
  return (await readModel({ schemaFolder, policyFile, sources, encryptionKeys: [] })).model;
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
  const build = (): View => buildView(model, ['reader'], ['read:*'], '1');
  // The first are those of a compiler that has yet to see the code.
  for (let i = 0; i < 3; i += 1) build();
  const taken = Array.from({ length: rounds }, () => takenBy(build, collect));
  return {
    types,
    milliseconds: taken.map((each) => each.milliseconds),
    megabytes: taken.map((each) => each.megabytes),
  };
}
