import { modelOf, openDatabases, Planning, type Databases } from './planning.js';

/** A page far behind is as near as the first: an index leads to where its cursor points, whatever the order. */
const rows = 210_000;
const database = `
  create table event (
    event_id int primary key, day date not null, rank int, name text, blob text not null
  );
  insert into event
    select n, date '2000-01-01' + n / 100, nullif(n / 7, n / 70 * 10), nullif('name ' || n % 20000, 'name 7'), repeat('x', 100)
    from generate_series(1, ${rows}) as n;
  create index on event (day, event_id);
  create index on event (rank, event_id);
  create index on event (name);
  analyze event;
`;
const sdl = `
  type Event @table(source: main, schema: "public", name: "event", key: ["event_id"]) {
    eventId: ID! @open
    day: Date! @open
    rank: Int @open
    name: String @open
  }
`;
const policy = 'classes: { none: { title: None } }\nroles: { reader: { rows: all, clear: [none] } }\n';
const pageSize = 20;

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

const within = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(within)];

describe('page ten thousand', () => {
  let databases: Databases;
  let planning: Planning;
  beforeAll(async () => {
    databases = await openDatabases({ main: database });
    planning = new Planning(modelOf(databases.catalogs, policy, sdl));
  }, 60_000);
  afterAll(() => databases.dispose());

  const operation = `query($orderBy: [EventOrderBy!], $first: Int, $after: String, $last: Int, $before: String) {
    events(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes { eventId } edges { cursor } pageInfo { hasNextPage hasPreviousPage }
    }
  }`;

  interface Page {
    readonly nodes: readonly { readonly eventId: string }[];
    readonly edges: readonly { readonly cursor: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };
  }

  /** A cursor of the record at a position of the order, by asking for the one record with that key. */
  async function cursorAt(orderBy: unknown, sql: string, position: number): Promise<string> {
    const { rows: found } = await databases.databases
      .get('main')!
      .query<{ id: string }>(`select event_id::text as id from event order by ${sql} offset $1 limit 1`, [
        position,
      ]);
    // The cursors of an operation are its own, so the same operation has to give it: it is made to see that row alone.
    const one = await planning.bind({
      caller: { roles: ['reader'] },
      operation,
      variables: { orderBy, first: 1 },
    });
    const tuple = await databases.databases
      .get('main')!
      .query<Record<string, string | null>>(
        'select day::text, rank::text, name, event_id::text as "eventId" from event where event_id = $1',
        [found[0]!.id],
      );
    const names = [...new Set([...(orderBy as object[]).flatMap((item) => Object.keys(item)), 'eventId'])];
    const [root] = one.plan.roots;
    if (root?.kind !== 'statement') throw new Error('no statement');
    const hole = root.statement.holes.find(({ kind }) => kind === 'cursor');
    if (hole?.kind !== 'cursor') throw new Error('no cursor');
    return one.bindings.sealCursor(
      names.map((name) => tuple.rows[0]![name] ?? null),
      hole.place,
    );
  }

  test.each([
    ['the key', [], 'event_id'],
    ['terms that rise together', [{ day: 'ASC' }], 'day, event_id'],
    ['terms that fall together', [{ day: 'DESC' }], 'day desc, event_id desc'],
    ['terms that go different ways', [{ day: 'DESC' }, { eventId: 'ASC' }], 'day desc, event_id'],
    ['a term that may be null', [{ rank: 'ASC' }], 'rank, event_id'],
    ['the same, falling', [{ rank: 'DESC' }], 'rank desc, event_id desc'],
    [
      'text that may be null, and more behind it',
      [{ name: 'ASC' }, { day: 'DESC' }],
      'name, day desc, event_id desc',
    ],
  ] as const)('by %s reads little more than its own rows', async (_name, orderBy, sql) => {
    const at = 10_000 * pageSize;
    const cursor = await cursorAt(orderBy, sql, at);
    const expected = async (offset: number) => {
      const { rows: found } = await databases.databases
        .get('main')!
        .query<{ eventId: string }>(
          `select event_id::text as "eventId" from event order by ${sql} offset $1 limit $2`,
          [offset, pageSize],
        );
      return found;
    };
    for (const [variables, offset] of [
      [{ first: pageSize, after: cursor }, at + 1],
      [{ last: pageSize, before: cursor }, at - pageSize],
    ] as const) {
      const source = databases.sources.get('main')!;
      source.ran.length = 0;
      const asked = { caller: { roles: ['reader'] }, operation, variables: { orderBy, ...variables } };
      const { nodes, pageInfo } = (await planning.run(asked, databases.sources))['events'] as Page;
      expect(nodes).toEqual(await expected(offset));
      expect(pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true });

      const { text, values } = source.ran[0]!;
      const { rows: plans } = await databases.databases
        .get('main')!
        .query<{ 'QUERY PLAN': readonly [{ readonly Plan: Node }] }>(
          `explain (analyze, timing off, format json) ${text}`,
          [...values],
        );
      const nodesOfPlan = within(plans[0]!['QUERY PLAN'][0].Plan);
      const reads = nodesOfPlan.filter((node) => node['Relation Name'] === 'event');
      expect(reads.length).toBeGreaterThan(0);
      const read = reads.reduce(
        (sum, node) =>
          sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      );
      // A page, another to see whether there is a next one, each up to its size class, and the ties of the cursor.
      expect(read).toBeLessThan(400);
    }
  });
});
