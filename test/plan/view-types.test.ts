import { findBrokenKeys } from '../../src/sources/index.js';
import {
  connectionLimits,
  modelOf,
  openDatabases,
  Planning,
  type Asker,
  type Databases,
} from './planning.js';

/**
 * Types of database views, materialized and foreign tables: what is a record where no constraint says so, that it is the same
 * one each time, and that no row out of a caller's sight tells.
 */
const database = `
  create table person (person_id int primary key, owner int not null, nick text not null unique, score int not null);
  insert into person values (1, 1, 'a', 10), (2, 1, 'b', 0), (3, 2, 'c', 5), (4, 1, 'd', 7);
  create table more (id int, half text, owner int not null, note text);
  insert into more values (103, 'y', 1, 'ALONE');
  create view person_of as select person_id, owner, nick, 100 / nullif(score, 0) as part, 100 / score as share from person where score >= 0;
  -- 1 is met twice by the owner, 2 once by each, 3 once, and one row has no key.
  create table heap (id int, half text, owner int not null, note text);
  insert into heap values (1, 'x', 1, 'first'), (1, 'x', 1, 'second'), (2, 'x', 1, 'mine'), (2, 'x', 2, 'theirs'), (3, 'y', 1, 'alone'),
    (null, 'x', 1, 'nothing'), (4, null, 1, 'half'), (5, 'z', 2, 'hidden');
  create view heap_of as select id, half, owner, note from heap union all select id, half, owner, note from more;
  create materialized view stale as select id, min(note) as note from heap group by id;
  create unique index on stale (id);
`;
const key = 'key: ["id", "half"], keyBecause: "Said by those who fill it."';
const sdl = `
  type Person @table(source: main, name: "person_of") @rows(by: owner, column: "owner") @open {
    personId: ID!
    nick: String!
    part: Int
    share: Int
    heap: Heap @relation(from: ["person_id", "nick"], to: ["id", "half"])
    heaps: [Heap!]! @relation(from: ["owner"], to: ["owner"])
  }
  type Heap @table(source: main, name: "heap_of", ${key}) @rows(by: owner, column: "owner") @open {
    id: ID
    half: String
    note: String
    ownerId: Int @column(name: "owner")
    owners: [Person!]! @relation(from: ["owner"], to: ["owner"])
  }
  type Stale @table(source: main, name: "stale", key: ["id"], plural: "stales") @rows(shared: true) @open {
    id: ID
    note: String
    of: Heap @relation(from: ["id", "note"], to: ["id", "half"])
  }
`;
const policy = `
classes: { none: { title: None } }
roles:
  all: { rows: all, clear: [none] }
  owner: { rows: { owner: $claims.accounts } }
`;
const all: Asker = { roles: ['all'] };
const owner: Asker = { roles: ['owner'], accounts: ['1'] };
const other: Asker = { roles: ['owner'], accounts: ['2'] };

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({ main: database });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

const ask = (caller: Asker, operation: string, variables = {}): Promise<Record<string, unknown>> =>
  planning.run({ caller, operation, variables }, databases.sources);
const heaps = '{ heaps { totalCount nodes { id half note } } }';
const alone = [
  { id: '3', half: 'y', note: 'alone' },
  { id: '103', half: 'y', note: 'ALONE' },
];

describe('a key that is vouched for, and does not hold', () => {
  test('gives the rows whose key is theirs alone among those in sight', async () => {
    expect(await ask(all, heaps)).toEqual({
      heaps: {
        totalCount: 3,
        nodes: [alone[0], { id: '5', half: 'z', note: 'hidden' }, alone[1]],
      },
    });
    // The other owner's row of the same key tells nobody that it is there.
    expect(await ask(owner, heaps)).toEqual({
      heaps: { totalCount: 3, nodes: [{ id: '2', half: 'x', note: 'mine' }, ...alone] },
    });
    expect(await ask(other, heaps)).toEqual({
      heaps: {
        totalCount: 2,
        nodes: [
          { id: '2', half: 'x', note: 'theirs' },
          { id: '5', half: 'z', note: 'hidden' },
        ],
      },
    });
  });

  test('gives one record by a key, or none', async () => {
    const byKey = (id: number, half: string) => `{ heap(id: "${id}", half: "${half}") { note } }`;
    expect(await ask(owner, byKey(2, 'x'))).toEqual({ heap: { note: 'mine' } });
    expect(await ask(all, byKey(2, 'x'))).toEqual({ heap: null });
    expect(await ask(owner, byKey(1, 'x'))).toEqual({ heap: null });
    expect(await ask(owner, byKey(9, 'x'))).toEqual({ heap: null });
  });

  test('is paged to the end, each record once', async () => {
    const page =
      'query($after: String) { heaps(first: 1, after: $after, orderBy: [{ half: DESC }]) { nodes { id } pageInfo { endCursor hasNextPage } } }';
    interface Page {
      readonly heaps: {
        readonly nodes: readonly { readonly id: string }[];
        readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
      };
    }
    const met: string[] = [];
    let after: string | null = null;
    do {
      const { heaps: found } = (await ask(all, page, { after })) as unknown as Page;
      met.push(...found.nodes.map(({ id }) => id));
      after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
    } while (after !== null);
    expect(met).toEqual(['5', '103', '3']);
  });

  test('is so behind relations, filters and aggregates', async () => {
    expect(
      await ask(
        owner,
        `{ people(where: { heaps: { some: { note: { eq: "first" } } } }) { totalCount }
           again: people(where: { heaps: { some: { note: { eq: "mine" } } } }, first: 1) { nodes {
             heap { note } heaps(orderBy: [{ note: ASC }]) { totalCount nodes { note } aggregate { count min { note } } } } } }`,
      ),
    ).toEqual({
      people: { totalCount: 0 },
      again: {
        nodes: [
          {
            heap: null,
            heaps: {
              totalCount: 3,
              nodes: [{ note: 'ALONE' }, { note: 'alone' }, { note: 'mine' }],
              aggregate: { count: 3, min: { note: 'ALONE' } },
            },
          },
        ],
      },
    });
  });

  test('is found out, as far as is looked', async () => {
    const connection = databases.databases.get('main')!.config;
    const sources = new Map([['main', { name: 'main', connection, ...connectionLimits }]]);
    const model = modelOf(databases.catalogs, policy, sdl);
    const codes = async (rowsMax?: number) => {
      const { problems, warnings, notes } = await findBrokenKeys(model, sources, 'cordon.yaml', rowsMax);
      return [...problems, ...warnings, ...notes].map(
        ({ code, message }) => `${code} ${message.split(':')[0]!}`,
      );
    };
    expect(await codes()).toEqual(['KEY_REPEATED Heap', 'KEY_IS_NULL Heap', 'KEY_IS_NULL Stale']);
    // Which row is the first is chance: whether it has a key, too.
    expect(await codes(0)).toEqual(
      expect.arrayContaining(['KEY_SEEN_IN_PART Heap', 'KEY_SEEN_IN_PART Stale']),
    );
  });

  test('a column that the view computes is no key, joins nothing and tells no rows', () => {
    const wrong = (from: string, to: string) => () =>
      modelOf(databases.catalogs, policy, sdl.replace(from, to));
    const part = 'key: ["part"], keyBecause: "Divided by hand."';
    expect(wrong('name: "person_of")', `name: "person_of", ${part})`)).toThrow('KEY_COMPUTED');
    expect(
      wrong('from: ["person_id", "nick"], to: ["id", "half"]', 'from: ["part", "nick"], to: ["id", "half"]'),
    ).toThrow('JOIN_COMPUTED');
    expect(
      wrong(
        '"person_of") @rows(by: owner, column: "owner")',
        '"person_of") @rows(by: owner, column: "share")',
      ),
    ).toThrow('ROWS_COMPUTED');
  });

  test('a key without an owner who vouches for it is refused', () => {
    const text = sdl.replace(', keyBecause: "Said by those who fill it."', '');
    expect(() => modelOf(databases.catalogs, policy, text)).toThrow(/vouch for a key/);
  });
});

test('a materialized view is served by its unique index, but for the row whose key is null', async () => {
  expect(await ask(all, '{ stales { totalCount nodes { id note } } stale(id: "1") { note } }')).toEqual({
    stales: {
      totalCount: 5,
      nodes: [
        { id: '1', note: 'first' },
        { id: '2', note: 'mine' },
        { id: '3', note: 'alone' },
        { id: '4', note: 'half' },
        { id: '5', note: 'hidden' },
      ],
    },
    stale: { note: 'first' },
  });
});

describe('a database view that passes a key on', () => {
  test('is a type like that of the table', async () => {
    expect(
      await ask(
        owner,
        '{ people(last: 2) { totalCount nodes { personId nick part } } person(personId: 3) { nick } }',
      ),
    ).toEqual({
      people: {
        totalCount: 3,
        nodes: [
          { personId: '2', nick: 'b', part: null },
          { personId: '4', nick: 'd', part: 14 },
        ],
      },
      person: null,
    });
  });

  test('an expression of it that fails does so only where the caller sees the row', async () => {
    // Only the row of Bea fails, which the other owner may not see. Of many accounts the row rule is the dearer condition, so
    // PostgreSQL would look at the expression first.
    const many: Asker = {
      ...other,
      accounts: ['2', ...Array.from({ length: 40 }, (_, i) => String(100 + i))],
    };
    const cursor =
      'query($after: String) { people(first: 1, after: $after, orderBy: [{ share: ASC }]) { nodes { nick } pageInfo { endCursor } } }';
    for (const argument of [
      'where: { share: { gt: 1 } }',
      'orderBy: [{ share: ASC }]',
      'where: { share: { in: [20] } }',
    ])
      expect([argument, await ask(many, `{ people(${argument}) { nodes { nick share } } }`)]).toEqual([
        argument,
        { people: { nodes: [{ nick: 'c', share: 20 }] } },
      ]);
    const { people } = (await ask(many, cursor)) as { people: { pageInfo: { endCursor: string } } };
    expect(await ask(many, cursor, { after: people.pageInfo.endCursor })).toMatchObject({
      people: { nodes: [] },
    });
    await expect(ask(owner, '{ people(where: { share: { gt: 1 } }) { nodes { nick } } }')).rejects.toThrow(
      'SOURCE_FAILED',
    );
  });
});
