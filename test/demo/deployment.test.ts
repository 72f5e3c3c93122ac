import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readCatalog, type Catalog } from '../../src/catalog/index.js';
import { demoKey, demoReader } from '../../src/demo/index.js';
import { loadModel, type Model, type TypeModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { demoCopy, type DemoCopy } from './demo-copy.js';

const folder = join(__dirname, '../../schema');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

let demo: DemoCopy;
let catalogs: readonly Catalog[];
let loaded: ReturnType<typeof loadModel>;
let model: Model;

async function catalogOf(source: string): Promise<Catalog> {
  const client = new pg.Client(demo.connection(source, demoReader));
  await client.connect();
  try {
    return await readCatalog(client, source);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  demo = demoCopy();
  await demo.build();
  catalogs = [await catalogOf('crm'), await catalogOf('sales')];
  const parsed = parsePolicy(read('policy.yaml'), 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const sdl = files.map((file) => ({ file, text: read(file) }));
  loaded = loadModel({ sdl, policy: parsed.policy, catalogs, encryptionKeys: [demoKey.name] });
  if ('model' in loaded) ({ model } = loaded);
});

afterAll(() => demo.drop());

it('loads without a problem', () => {
  expect(loaded).toMatchObject({ warnings: [] });
});

it('explains every type and field', () => {
  const fields = [...model.types.values()].flatMap((type) => [type, ...type.fields.values()]);
  expect(fields.filter(({ description }) => description === null)).toEqual([]);
});

it('explains every table and column in the databases', () => {
  const uncommented = catalogs.flatMap(({ tables }) =>
    tables.flatMap((table) =>
      [table, ...table.columns.values()].flatMap(({ name, comment }) => (comment === null ? [name] : [])),
    ),
  );
  expect(uncommented).toEqual([]);
});

it('has an index for every join', () => {
  const unindexed = [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].flatMap((field) => {
      if (field.kind !== 'relation') return [];
      const target = model.types.get(field.target)!;
      const joined = field.to.map(({ name }) => name);
      const served = tableOf(target).indexes.some((columns) =>
        joined.every((name, i) => columns[i] === name),
      );
      return served ? [] : [field.coordinate];
    }),
  );
  expect(unindexed).toEqual([]);
});

it('grants the reader what the schema and the row rules name, and nothing more', async () => {
  const granted = async (source: string): Promise<string[]> =>
    (
      await demo.query<{ name: string }>(
        source,
        `SELECT format('%s.%s.%s', table_schema, table_name, column_name) AS name
         FROM information_schema.column_privileges WHERE grantee = $1 AND privilege_type = 'SELECT'`,
        [demoReader],
      )
    ).map(({ name }) => name);
  const named = [...model.types.values()].flatMap(columnsOf);
  expect(new Set([...(await granted('crm')), ...(await granted('sales'))])).toEqual(new Set(named));
});

function tableOf(type: TypeModel): Catalog['tables'][number] {
  const { tables } = catalogs.find(({ source }) => source === type.source)!;
  return tables.find(({ schema, name }) => schema === type.schema && name === type.table)!;
}

/** Every column that a statement about this type may name, as `schema.table.column`. */
function columnsOf(type: TypeModel): string[] {
  const qualified = (owner: TypeModel, columns: readonly { readonly name: string }[]): string[] =>
    columns.map(({ name }) => `${owner.schema}.${owner.table}.${name}`);
  const fields = [...type.fields.values()].flatMap((field) =>
    field.kind === 'column'
      ? qualified(type, [field.column])
      : [...qualified(type, field.from), ...qualified(model.types.get(field.target)!, field.to)],
  );
  const rows = type.rows.flatMap((binding) =>
    binding.kind === 'column' ? qualified(type, [binding.column]) : [],
  );
  return [...qualified(type, type.key), ...fields, ...rows];
}
