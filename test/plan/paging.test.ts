import fc from 'fast-check';
import { assertObjectType } from 'graphql';
import { codeOf, modelOf, openDatabases, Planning, type Asked, type Databases } from './planning.js';

/** Pages in every allowed order, from either end: what Relay's cursor connections promise, while rows come and go. */
const database = `
  create table kind (kind_id int primary key, label text, weight int not null);
  create table item (
    item_id int primary key, owner int not null default 1, kind_id int references kind,
    rank int, name text, price numeric not null, at timestamptz, ratio float8
  );
  insert into kind values (1, 'b', 1), (2, 'a', 1), (3, null, 2), (4, 'out of sight', 0);
`;
const sdl = `
  type Kind @table(source: main, schema: "public", name: "kind", key: ["kind_id"]) {
    kindId: ID! @open
    label: String @open
    weight: Int! @open
    items: [Item!]! @relation(from: ["kind_id"], to: ["kind_id"]) @open
    list: [Item!]! @relation(from: ["kind_id"], to: ["kind_id"], list: true) @open
  }
  type Item @table(source: main, schema: "public", name: "item", key: ["item_id"]) {
    itemId: ID! @open
    rank: Int @open
    name: String @open
    price: Decimal! @open
    at: DateTime @open
    ratio: Float @open
    kind: Kind @relation(from: ["kind_id"], to: ["kind_id"]) @open
  }
`;
const policy = 'classes: { none: { title: None } }\nroles: { reader: { rows: all, clear: [none] } }\n';
const operation = `query($orderBy: [ItemOrderBy!], $first: Int, $after: String, $last: Int, $before: String, $where: ItemWhere) {
  items(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before, where: $where) {
    edges { cursor node { itemId } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly itemId: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

type Direction = 'ASC' | 'DESC';
type OrderItem = Readonly<Record<string, Direction | Readonly<Record<string, Direction>>>>;

/** A column as `orderBy` names it, and as SQL does. */
const sortable: readonly (readonly [(direction: Direction) => OrderItem, string])[] = [
  ...['rank', 'name', 'price', 'at', 'ratio'].map(
    (name) => [(direction: Direction): OrderItem => ({ [name]: direction }), `i.${name}`] as const,
  ),
  [(direction) => ({ itemId: direction }), 'i.item_id'],
  [(direction) => ({ kind: { label: direction } }), 'k.label'],
  [(direction) => ({ kind: { weight: direction } }), 'k.weight'],
];
const orders = fc.array(
  fc.record({
    by: fc.constantFrom(...sortable),
    direction: fc.constantFrom<Direction>('ASC', 'DESC'),
  }),
  { maxLength: 3 },
);

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({ main: database });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

const query = (text: string, values: unknown[] = []) => databases.databases.get('main')!.query(text, values);
const asked = (variables: NonNullable<Asked['variables']>, document = operation): Asked => ({
  caller: { roles: ['reader'] },
  operation: document,
  variables,
});
async function page(variables: NonNullable<Asked['variables']>): Promise<Page> {
  return (await planning.run(asked(variables), databases.sources))['items'] as Page;
}
const idsOf = ({ edges }: Page): string[] => edges.map(({ node }) => node.itemId);

/** Rows with few values, so that there are ties and nulls in each column, and the ends of each type. */
const insertRows = (from: number, to: number) =>
  query(
    `insert into item (item_id, kind_id, rank, name, price, at, ratio)
     select n, (array[1, 2, 3, 4, null])[1 + floor(random() * 5)], (array[1, 2, 2147483647, -2147483648, null])[1 + floor(random() * 5)],
       (array['', 'a', 'B', 'ä', null])[1 + floor(random() * 5)], (array[0, 1.5, 'NaN', 1.50])[1 + floor(random() * 4)],
       (array['infinity', '2026-01-01', '-infinity', null])[1 + floor(random() * 4)]::timestamptz,
       (array['NaN', 'Infinity', 0.1, null])[1 + floor(random() * 4)]::float8
     from generate_series($1::int, $2::int) as n order by random()`,
    [from, to],
  );

describe('pages', () => {
  test('in any order, from either end, hold every row that nobody touched exactly once, whatever comes and goes', async () => {
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 2, max: 7 }), fc.boolean(), async (by, size, backward) => {
        await query('delete from item');
        await insertRows(1, 16);
        const orderBy = by.map((each) => each.by[0](each.direction));
        // A column that is named twice counts where it is named first.
        const counted = by.filter((each, i) => by.findIndex((other) => other.by === each.by) === i);
        const sql = [
          ...counted.map((each) => `${each.by[1]} ${each.direction}`),
          `i.item_id ${counted.at(-1)?.direction ?? 'ASC'}`,
        ].join(', ');
        const stored = async (): Promise<string[]> => {
          // PostgreSQL's own places of nulls, last when ascending, are those that are promised.
          const { rows } = await query(
            `select i.item_id::text as id from item i left join kind k using (kind_id) order by ${sql}`,
          );
          return (rows as { id: string }[]).map(({ id }) => id);
        };
        const untouched = await stored();
        const met: string[][] = [];
        let cursor: string | null = null;
        for (let turn = 0; ; turn += 1) {
          const all = await stored();
          const found: Page = await page(
            backward ? { orderBy, last: size, before: cursor } : { orderBy, first: size, after: cursor },
          );
          const ids = idsOf(found);
          const start = all.indexOf(ids[0]!);
          expect(ids).toEqual(all.slice(start, start + ids.length));
          const { pageInfo } = found;
          expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
            found.edges[0]?.cursor ?? null,
            found.edges.at(-1)?.cursor ?? null,
          ]);
          if (ids.length > 0)
            expect([pageInfo.hasPreviousPage, pageInfo.hasNextPage]).toEqual([
              start > 0,
              start + ids.length < all.length,
            ]);
          met.push(ids);
          if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) break;
          cursor = backward ? pageInfo.startCursor : pageInfo.endCursor;
          // Not for ever: what comes may lie ahead.
          if (turn > 8) continue;
          await insertRows(1000 + turn * 3, 1002 + turn * 3);
          await query('delete from item where item_id = $1', [1001 + turn * 3]);
        }
        const read = (backward ? met.reverse() : met).flat();
        expect(read.filter((id) => Number(id) < 1000)).toEqual(untouched);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  const byRank = [{ rank: 'ASC' }];
  /** Items 1 to 9 in the order of their ranks, two of which are null. */
  const nine = async () => {
    await query('delete from item');
    await query(
      'insert into item (item_id, rank, price) select n, case when n < 8 then n / 2 end, n from generate_series(1, 9) as n',
    );
    const { edges } = await page({ orderBy: byRank, first: 9 });
    return edges.map(({ cursor }) => cursor);
  };
  const flags = ({ pageInfo }: Page) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage];

  test('lie between two cursors, next to the one that they are counted from', async () => {
    const cursors = await nine();
    const between = { orderBy: byRank, after: cursors[1], before: cursors[7] };
    const first = await page({ ...between, first: 3 });
    expect([idsOf(first), flags(first)]).toEqual([
      ['3', '4', '5'],
      [true, true],
    ]);
    const last = await page({ ...between, last: 3 });
    expect([idsOf(last), flags(last)]).toEqual([
      ['5', '6', '7'],
      [true, true],
    ]);
    // What is between is all given: there is no more to read, and Relay asks no further on that side.
    expect(flags(await page({ ...between, first: 5 }))).toEqual([true, false]);
    expect(flags(await page({ ...between, last: 5 }))).toEqual([false, true]);
    expect(idsOf(await page({ orderBy: byRank, after: cursors[7], before: cursors[1] }))).toEqual([]);
  });

  test('are the last records before a cursor that stands alone, and the first behind one', async () => {
    const cursors = await nine();
    const small = new Planning(modelOf(databases.catalogs, policy, sdl), { rootDefault: 2 });
    const ids = async (variables: object) =>
      idsOf((await small.run(asked({ orderBy: byRank, ...variables }), databases.sources))['items'] as Page);
    expect(await ids({ before: cursors[5] })).toEqual(['4', '5']);
    expect(await ids({ before: cursors[5], first: null, last: null })).toEqual(['4', '5']);
    expect(await ids({ after: cursors[5] })).toEqual(['7', '8']);
    expect(await ids({ after: cursors[1], before: cursors[5] })).toEqual(['3', '4']);
  });

  test('know what is behind them when the record of the cursor is gone, and when the filter is another', async () => {
    const cursors = await nine();
    await query('delete from item where item_id <= 4');
    expect(flags(await page({ orderBy: byRank, first: 2, after: cursors[3] }))).toEqual([false, true]);
    expect(flags(await page({ orderBy: byRank, last: 2, before: cursors[8] }))).toEqual([true, true]);
    const where = { itemId: { lt: '9' } };
    expect(flags(await page({ orderBy: byRank, last: 2, before: cursors[8], where }))).toEqual([true, false]);
  });

  test('are asked for from one end: both ends, and sizes that are none, are refused by the argument’s name', async () => {
    const message = (variables: NonNullable<Asked['variables']>, document?: string) =>
      planning.plan(asked(variables, document)).then(
        () => null,
        (error: unknown) => (error as Error).message,
      );
    expect(await message({ first: 1, last: 1 })).toBe(
      'Argument "last" of "items" stands beside "first"; ask for one end of the page or the other.',
    );
    expect(await message({ last: -1 })).toBe('Argument "last" of "items" is negative.');
    expect(await codeOf(planning.plan(asked({ last: 1001 })))).toBe('OPERATION_TOO_LARGE');
    expect(await codeOf(planning.plan(asked({ before: 'made up' })))).toBe('INVALID_CURSOR');
    expect(idsOf(await page({ last: 0 }))).toEqual([]);
  });

  test('of a plain list begin at its beginning', () => {
    const { schema } = planning.view(['reader']);
    const { items, list } = assertObjectType(schema.getType('Kind')).getFields();
    const names = (field: typeof items) => field!.args.map(({ name }) => name);
    expect(names(items)).toEqual(['where', 'orderBy', 'first', 'after', 'last', 'before']);
    expect(names(list)).toEqual(['where', 'orderBy', 'first']);
  });

  test('of nested records are each its own', async () => {
    await nine();
    await query('update item set kind_id = 1 + item_id % 2');
    const answer = await planning.run(
      asked(
        {},
        '{ kinds(first: 2) { nodes { items(last: 2) { nodes { itemId } pageInfo { hasPreviousPage hasNextPage } } } } }',
      ),
      databases.sources,
    );
    const pageInfo = { hasPreviousPage: true, hasNextPage: false };
    expect(answer['kinds']).toEqual({
      nodes: [
        { items: { nodes: [{ itemId: '6' }, { itemId: '8' }], pageInfo } },
        { items: { nodes: [{ itemId: '7' }, { itemId: '9' }], pageInfo } },
      ],
    });
  });
});
