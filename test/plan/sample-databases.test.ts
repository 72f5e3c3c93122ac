import pg from 'pg';
import { readCatalog, type Column, type PgKind, type PgType, type Table } from '../../src/catalog/index.js';
import { freshDatabase } from '../support/cluster.js';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { sampleDataMissing, sampleStatements, type SampleDatabase } from '../support/sample-data.js';

/** Every column of databases that others made, read through SDL that says nothing but its type. */
const databases = ['northwind', 'chinook', 'pagila', 'oracle_co'] as const;

const scalars: Partial<Record<PgKind, string>> = {
  ...{ bool: 'Boolean', int2: 'Int', int4: 'Int', int8: 'BigInt', numeric: 'Decimal', float4: 'Float' },
  ...{ float8: 'Float', date: 'Date', timestamp: 'LocalDateTime', timestamptz: 'DateTime', time: 'Time' },
  ...{ json: 'JSON', jsonb: 'JSON', bytea: 'Base64', uuid: 'UUID' },
};

const parse = (text: string): unknown => JSON.parse(text);

/** What the gateway makes of kinds whose text, as `pg` reads it, it does not give out. */
const forms: Partial<Record<PgKind, (text: string, type: PgType) => unknown>> = {
  ...{ int2: Number, int4: Number, float4: Number, float8: Number },
  ...{ json: parse, jsonb: parse, array: parse },
  bool: (text) => text === 't',
  timestamp: (text) => text.replace(' ', 'T'),
  timestamptz: (text) => `${text.replace(' ', 'T')}:00`,
  bytea: (text) => Buffer.from(text.slice(2), 'hex').toString('base64'),
  bpchar: (text) => text.replace(/ +$/, ''),
  enum: (text, { enumLabels }) => `V${enumLabels.indexOf(text)}`,
};

function expected(text: string | null, { type }: Column): unknown {
  return text === null ? null : (forms[type.kind]?.(text, type) ?? text);
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const nameOf = ({ schema, name }: Table) => `${quote(schema)}.${quote(name)}`;

interface Read {
  readonly table: Table;
  readonly type: string;
  readonly columns: readonly Column[];
}

/**
 * Statements after which every relation has a key that the catalogue guarantees: what has none, database views among them,
 * is copied into a table with a number, its columns of the types that they have there.
 */
function keyStatements(tables: readonly Table[]): string {
  return tables
    .filter(({ primaryKey }) => primaryKey === null)
    .map(
      (table) => `
        ${table.kind === 'materialized' ? `refresh materialized view ${nameOf(table)};` : ''}
        create table ${quote(table.schema)}.${quote(`copy of ${table.name}`)} as
          select pg_catalog.row_number() over () as "row number", * from ${nameOf(table)};
        alter table ${quote(table.schema)}.${quote(`copy of ${table.name}`)} add primary key ("row number");`,
    )
    .join('');
}

function sdlOf(reads: readonly Read[]): string {
  const enums = new Map<string, string>();
  const fieldOf = ({ name, type }: Column, i: number) => {
    const list = type.kind === 'array';
    const item = type.element ?? type;
    let written = scalars[item.kind] ?? 'String';
    if (item.kind === 'enum') {
      written = `Enum${[...enums.keys()].indexOf(item.cast) < 0 ? enums.size : [...enums.keys()].indexOf(item.cast)}`;
      const values = item.enumLabels.map((label, v) => `V${v} @label(is: ${JSON.stringify(label)})`);
      enums.set(item.cast, `enum ${written} { ${values.join(' ')} }`);
    }
    return `c${i}: ${list ? `[${written}]` : written} @column(name: ${JSON.stringify(name)})`;
  };
  const types = reads.map(
    ({ type, table, columns }) => `
      type ${type} @table(source: main, schema: ${JSON.stringify(table.schema)}, name: ${JSON.stringify(table.name)}) @open {
        ${columns.map(fieldOf).join('\n')}
      }`,
  );
  return [...types, ...enums.values()].join('\n');
}

const missing = sampleDataMissing(...databases);
if (missing !== null) console.warn(missing);

(missing === null ? describe : describe.skip).each(databases)('%s', (name: SampleDatabase) => {
  let gateway: TestGateway;
  let reads: Read[];
  let direct: pg.Client;

  beforeAll(async () => {
    const statements = sampleStatements(name);
    const first = await freshDatabase('sample', { sql: statements });
    const keys = keyStatements((await readCatalog(first, 'main')).tables);
    await first.query(keys);
    const { tables } = await readCatalog(first, 'main');
    await first.drop();
    reads = tables
      .filter(({ primaryKey }) => primaryKey !== null)
      .map((table, i) => ({ table, type: `T${i}`, columns: [...table.columns.values()] }));
    gateway = await startTestGateway({
      sources: { main: `${statements}\n${keys}` },
      sdl: sdlOf(reads),
      policy: '{ classes: {}, roles: { reader: { rows: all } } }',
      limits: { reach: 100_000, cost: 1_000_000 },
    });
    const { config } = gateway.sources.get('main')!;
    direct = new pg.Client({ ...config, options: '-c timezone=UTC -c intervalstyle=iso_8601' });
    await direct.connect();
  });
  afterAll(async () => {
    await direct.end();
    await gateway.dispose();
  });

  async function given({ type, columns }: Read): Promise<unknown[][]> {
    const rows: unknown[][] = [];
    const fields = columns.map((_, i) => `c${i}`);
    const root = `${type.toLowerCase()}s`;
    for (let after: string | null = null; ;) {
      const { body } = await gateway.query(
        { roles: ['reader'] },
        `query ($after: String) { page: ${root}(first: 1000, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${fields.join(' ')} } } }`,
        { after },
      );
      expect(body.errors).toBeUndefined();
      const { page } = body.data as {
        page: { pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: Record<string, unknown>[] };
      };
      rows.push(...page.nodes.map((node) => fields.map((field) => node[field])));
      if (!page.pageInfo.hasNextPage) return rows;
      after = page.pageInfo.endCursor;
    }
  }

  test('every column of every table and database view is given out as it is stored', async () => {
    const kinds = new Set<PgKind>();
    let values = 0;
    for (const read of reads) {
      const { table, columns } = read;
      const list = columns.map(({ name: column, type }) =>
        type.kind === 'array' ? `to_json(${quote(column)})` : quote(column),
      );
      const order = table.primaryKey!.map(quote).join(', ');
      const { rows } = await direct.query<(string | null)[]>({
        text: `select ${list.join(', ')} from ${nameOf(table)} order by ${order}`,
        rowMode: 'array',
        types: { getTypeParser: () => (text: string) => text },
      });
      const stored = rows.map((row) => row.map((text, i) => expected(text, columns[i]!)));
      expect({ table: table.name, rows: await given(read) }).toEqual({ table: table.name, rows: stored });
      for (const { type } of columns) kinds.add(type.kind);
      values += rows.length * columns.length;
    }
    expect(kinds.has('unsupported')).toBe(false);
    expect(values).toBeGreaterThan(10_000);
  });
});
