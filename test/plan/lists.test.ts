import fc from 'fast-check';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/** Arrays with the type that gives them out, and values of all dimensions. */
const kinds: readonly (readonly [kind: string, type: string, values: readonly string[]])[] = [
  ['int4[]', '[Int]', ['{}', '{1,NULL,-2147483648}', '[5:6]={1,2}', '{NULL}']],
  ['int4[]', '[[Int]]', ['{}', '{{1,2,3},{4,NULL,6}}', '[0:1][3:3]={{7},{8}}']],
  ['int4[][]', '[[[Int]]]', ['{{{1,2},{3,4}},{{5,6},{7,NULL}},{{9,10},{11,12}}}', '{{{1}}}']],
  ['int2[]', '[[[[[[Int]]]]]]', ['{{{{{{1,2}},{{3,4}}}}},{{{{{5,6}},{{7,8}}}}}}']],
  ['bool[]', '[Boolean]', ['{t,f,NULL}']],
  ['float8[]', '[Float]', ['{0.1,NaN,-Infinity,1e300,NULL}']],
  ['text[]', '[String]', ['{}', '{"",NULL,"NULL","a,b","{\\"\\\\}"}', '{é,漢,😀}']],
  ['varchar(3)[]', '[[String]]', ['{{abc,NULL},{"","a b"}}']],
  ['timestamptz[]', '[DateTime]', ['{"2026-01-01 00:00+02",infinity,NULL}']],
  ['jsonb[]', '[JSON]', ['{"{\\"a\\": [1]}","null",NULL}']],
  ['inet[]', '[Inet]', ['{10.0.0.1,10.0.0.0/8,NULL}']],
  ['box[]', '[Geometry]', ['{(1,1),(0,0);(2,2),(1,1)}']],
  ['int4range[]', '[Range]', ['{"[1,3)",empty,NULL}']],
  ['words', '[String]', ['{on,off}']],
  ['positive[]', '[Int]', ['{1,2,NULL}']],
];
const rows = Math.max(...kinds.map(([, , values]) => values.length));

const table = `
  create domain words as text[]; create domain positive as int check (value > 0);
  create type mood as enum ('in love', 'so-so');
  create table list (id int primary key, moods mood[], bytes bytea[], amounts numeric[], chars bpchar[],
    ${kinds.map(([kind], i) => `c${i} ${kind}`).join(', ')});
`;
const sdl = `
  enum Mood { IN_LOVE SO_SO }
  type List @table(source: main, schema: "public", name: "list", key: ["id"]) {
    id: ID! @open
    moods: [Mood] @open
    bytes: [Base64] @open
    amounts: [Decimal] @tradeSecret(class: secret)
    chars: [String] @open
    ${kinds.map(([, type], i) => `c${i}: ${type} @column(name: "c${i}") @open`).join('\n')}
  }
`;
const policy = `
classes: { secret: { title: Secrets } }
roles: { reader: { rows: all, clear: [secret] }, masked: { rows: all, mask: [secret] } }
`;
const reader: TestCaller = { roles: ['reader'] };

let gateway: TestGateway;
const database = () => gateway.sources.get('main')!;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
  await database().query(`alter database "${database().name}" set timezone = 'UTC'`);
  for (let row = 0; row < rows; row += 1) {
    const values = kinds.map(([, , all]) => all[row] ?? null);
    await database().query(
      `insert into list (id, ${values.map((_, i) => `c${i}`).join(', ')}) values (${row}, ${values.map((_, i) => `$${i + 1}`).join(', ')})`,
      values,
    );
  }
});
afterAll(() => gateway.dispose());

async function nodes(fields: string, caller = reader): Promise<Record<string, unknown>[]> {
  const { status, body } = await gateway.query(caller, `{ lists(first: 100) { nodes { ${fields} } } }`);
  expect([status, body.errors]).toEqual([200, undefined]);
  return (body.data as { lists: { nodes: Record<string, unknown>[] } }).lists.nodes;
}

test.each(kinds.map(([kind, type], i) => [kind, type, `c${i}`] as const))(
  '%s is given out as %s, item by item as PostgreSQL nests it',
  async (_kind, _type, name) => {
    const { rows: reference } = await database().query<{ value: unknown }>(
      `select to_json(${name}) as value from list order by id`,
    );
    expect((await nodes(name)).map((node) => node[name])).toEqual(reference.map(({ value }) => value));
  },
);

test('items have the form of their type: names of labels, exact numbers, Base64, no padding', async () => {
  await database()
    .query(String.raw`update list set moods = '{so-so,NULL,"in love"}', bytes = '{"\\x00ff",NULL}',
    amounts = '{1.50,NULL,NaN}', chars = array['ab   '::char(5)] where id = 0`);
  expect((await nodes('moods bytes amounts chars'))[0]).toEqual({
    moods: ['SO_SO', null, 'IN_LOVE'],
    bytes: ['AP8=', null],
    amounts: ['1.50', null, 'NaN'],
    chars: ['ab'],
  });
});

test('a list that is a secret is masked as a whole', async () => {
  await database().query(`update list set amounts = '{1.50}' where id = 0`);
  expect((await nodes('amounts', { roles: ['masked'] })).map(({ amounts }) => amounts)).toEqual(
    Array.from({ length: rows }, () => null),
  );
});

test('a value of other dimensions than the field is deep is null, and never a list of another shape', async () => {
  const { rows: before } = await database().query<{ c0: string; c1: string }>(
    'select c0::text, c1::text from list where id = 0',
  );
  await database().query(`update list set c0 = '{{1}}', c1 = '{1}' where id = 0`);
  expect((await nodes('c0 c1'))[0]).toEqual({ c0: null, c1: null });
  await database().query('update list set c0 = $1, c1 = $2 where id = 0', [before[0]!.c0, before[0]!.c1]);
});

test('any array of two dimensions is given out as it is stored', async () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
    .chain(([height, width]) =>
      fc.array(fc.array(fc.option(fc.integer({ min: -9, max: 9 })), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    );
  await fc.assert(
    fc.asyncProperty(matrices, async (matrix) => {
      await database().query('update list set c1 = $1::int[] where id = 1', [matrix]);
      expect((await nodes('c1'))[1]).toEqual({ c1: matrix });
    }),
    { numRuns: 25 },
  );
});

test('orders are not offered on lists, and filters where their items can be compared with', async () => {
  const { body } = await gateway.query(
    reader,
    '{ where: __type(name: "ListWhere") { inputFields { name type { name } } } order: __type(name: "ListOrderBy") { inputFields { name } } }',
  );
  const { where, order } = body.data as Record<
    string,
    { inputFields: { name: string; type?: { name: string | null } }[] }
  >;
  const filters = new Map(where!.inputFields.map(({ name, type }) => [name, type!.name]));
  expect(['moods', 'bytes', 'amounts'].map((name) => filters.get(name))).toEqual([
    'MoodListFilter',
    'Base64ListFilter',
    'DecimalListFilter',
  ]);
  expect(order!.inputFields.map(({ name }) => name)).toEqual(['id']);
});
