import pg from 'pg';
import type { ColumnField, EnumModel, TypeModel } from '../../src/model/index.js';
import { buildDraft } from '../../src/init/build.js';
import { draftFiles } from '../../src/init/files.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { askAll } from '../journeys/ask.js';
import type { TestDatabase } from '../support/cluster.js';
import type { SampleDatabase } from '../support/sample-data.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { loadFiles, sdlOf } from './load-files.js';
import { readDatabase } from './read-database.js';
import { describeWithSamples, sampleDatabase, sampleNames } from './sample-databases.js';

describeWithSamples('databases that others made, through init and unedited', () => {
  const databases = new Map<SampleDatabase, TestDatabase>();
  const sources = new Map<SampleDatabase, ReadSource>();
  let gateway: TestGateway;

  beforeAll(async () => {
    for (const name of sampleNames) {
      databases.set(name, await sampleDatabase(name));
      sources.set(name, await readDatabase(databases.get(name)!, name));
    }
    const files = draftFiles(buildDraft([...sources.values()]));
    gateway = await startTestGateway({
      sources: {},
      elsewhere: Object.fromEntries([...databases].map(([name, { config }]) => [name, config])),
      sdl: Object.fromEntries(sdlOf(files).map(({ file, text }) => [file.replace('schema/', ''), text])),
      policy: files.get('policy.yaml')!,
      limits: {
        max: 5000,
        flatMax: 5000,
        reach: 1_000_000,
        cost: 10_000_000,
        responseBytes: 64 * 1024 * 1024,
      },
    });
  }, 120_000);
  afterAll(async () => {
    await gateway.dispose();
    for (const database of databases.values()) await database.drop();
  });

  test.each(sampleNames)('%s alone has no problem', (name) => {
    const source = sources.get(name)!;
    const loaded = loadFiles(draftFiles(buildDraft([source])), [source]);
    expect('problems' in loaded ? loaded.problems : []).toEqual([]);
  });

  test('every table is served or said not to be', () => {
    const all = [...sources.values()];
    const { types, notServed } = buildDraft(all);
    const tables = all.flatMap(({ catalog }) =>
      catalog.tables.map(({ name }) => `${catalog.source}.${name}`),
    );
    const told = [...types, ...notServed].map(({ source, table }) => `${source}.${table.name}`);
    expect(told.sort()).toEqual(tables.sort());
    // Database views among them, where their queries pass a key on, and a materialized view by its unique index.
    const views = types.filter(({ table }) => table.kind === 'view' || table.kind === 'materialized');
    expect(views.map(({ table, key }) => [table.name, ...key])).toEqual([
      ['customer_list', 'id'],
      ['rental_by_category', 'category'],
      ['staff_list', 'id'],
    ]);
    expect(gateway.model.types.size).toBe(types.length);
  });

  test('a cleared caller reads every column of every row as PostgreSQL holds it', async () => {
    let cells = 0;
    for (const type of gateway.model.types.values()) {
      const fields = [...type.fields.values()].filter((field) => field.kind === 'column');
      const selection = fields.map(({ name }) => name).join(' ');
      const given = await askAll(gateway, { roles: ['owner'] }, type, selection, { first: 5000 });
      const stored = await storedRows(
        databases.get(type.source as SampleDatabase)!,
        type,
        fields,
        gateway.model.enums,
      );
      expect(byKey(given, type)).toEqual(byKey(stored, type));
      cells += given.length * fields.length;
    }
    // Northwind, Chinook, Pagila and the customer orders hold far more cells than a few.
    expect(cells).toBeGreaterThan(300_000);
  }, 120_000);

  test('a reader sees no marked value in clear', async () => {
    const customer = [...gateway.model.types.values()].find(({ table }) => table === 'customers')!;
    const clear = await askAll(gateway, { roles: ['owner'] }, customer, 'companyName phone address', {
      first: 5000,
    });
    const masked = await askAll(gateway, { roles: ['reader'] }, customer, 'companyName phone address', {
      first: 5000,
    });
    expect(masked).toHaveLength(clear.length);
    const values = new Set<unknown>(
      clear.flatMap((row) => Object.values(row)).filter((value) => value !== null),
    );
    expect(masked.flatMap((row) => Object.values(row)).filter((value) => values.has(value))).toEqual([]);
  });

  test('relations lead both ways', async () => {
    const { body } = await gateway.query(
      { roles: ['owner'] },
      `{ orderDetail(orderId: "10248", productId: "11") { order { customer { companyName orders { totalCount } } }
         product { supplier { companyName } } } employee(employeeId: "6") { reportsToEmployee { lastName } territories(first: 2) { totalCount nodes { territoryDescription } } } }`,
    );
    expect(body).toMatchObject({
      data: {
        orderDetail: {
          order: { customer: { companyName: 'Vins et alcools Chevalier', orders: { totalCount: 5 } } },
          product: { supplier: { companyName: "Cooperativa de Quesos 'Las Cabras'" } },
        },
        employee: {
          reportsToEmployee: { lastName: 'Buchanan' },
          territories: {
            totalCount: 5,
            nodes: [{ territoryDescription: 'Phoenix' }, { territoryDescription: 'Scottsdale' }],
          },
        },
      },
    });
  });
});

type Row = Readonly<Record<string, unknown>>;

function byKey(rows: readonly Row[], { keyFields }: TypeModel): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [JSON.stringify(keyFields.map(({ name }) => row[name])), row]));
}

/** The rows in the forms that the fields' types promise, made by PostgreSQL's own functions. */
async function storedRows(
  { config }: TestDatabase,
  type: TypeModel,
  fields: readonly ColumnField[],
  enums: ReadonlyMap<string, EnumModel>,
): Promise<readonly Row[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await client.query("SET timezone = 'UTC'");
    const columns = fields.map((field, i) => `${expression(field)} AS "${i}"`);
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT ${columns.join(', ')} FROM ${pg.escapeIdentifier(type.schema)}.${pg.escapeIdentifier(type.table)}`,
    );
    return rows.map((row) =>
      Object.fromEntries(
        fields.map((field, i) => [field.name, valueOf(field, row[String(i)] ?? null, enums)]),
      ),
    );
  } finally {
    await client.end();
  }
}

const asText: ReadonlySet<string> = new Set(['ID', 'BigInt', 'Decimal', 'String', 'Date']);

function expression({ type, lists, column }: ColumnField): string {
  const name = pg.escapeIdentifier(column.name);
  if (lists > 0) return `to_json(${name})`;
  if (type.name === 'Base64') return `to_json(replace(encode(${name}, 'base64'), E'\\n', ''))`;
  return `to_json(${asText.has(type.name) || type.kind === 'enum' ? `${name}::text` : name})`;
}

/** GraphQL's name for a label; everything else as it came. */
function valueOf({ type }: ColumnField, value: unknown, enums: ReadonlyMap<string, EnumModel>): unknown {
  if (type.kind !== 'enum' || value === null) return value;
  return [...enums.get(type.name)!.values].find(([, label]) => label === value)?.[0];
}
