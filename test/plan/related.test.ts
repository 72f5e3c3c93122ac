import { assertInputObjectType, type GraphQLSchema } from 'graphql';
import {
  codeOf,
  modelOf,
  openDatabases,
  Planning,
  type Asked,
  type Asker,
  type Databases,
} from './planning.js';

/**
 * Filters and orders that go through relations: what they find, whom they are offered to, and that rows which a caller
 * may not see are to them as rows that are not there.
 */
const database = `
  create table region (region_id int primary key, owner int not null, name text not null);
  create table client (
    client_id int primary key, owner int not null, region_id int references region, parent_id int references client, name text not null, secret text
  );
  create table visit (client_id int references client, visit_no int, owner int not null, note text, primary key (client_id, visit_no));
  insert into region values (1, 1, 'East'), (2, 1, 'West'), (3, 2, 'Unseen');
  insert into client values
    (1, 1, 1, null, 'Ada', 'x'), (2, 1, 2, 1, 'Bea', 'y'), (3, 1, 3, 2, 'Cid', null), (4, 1, null, 3, 'Dot', 'x'), (5, 2, 1, 1, 'Eve', 'x');
  insert into visit values (1, 1, 1, 'good'), (1, 2, 1, 'bad'), (2, 1, 1, 'good'), (2, 2, 2, 'bad'), (3, 1, 2, 'bad'), (5, 1, 1, 'good');
`;
const sdl = `
  type Region @table(source: main, schema: "public", name: "region", key: ["region_id"]) @rows(by: owner, column: "owner") {
    regionId: ID! @open
    name: String! @open
    clients: [Client!]! @relation(from: ["region_id"], to: ["region_id"]) @open
  }
  type Client @table(source: main, schema: "public", name: "client", key: ["client_id"]) @rows(by: owner, column: "owner") {
    clientId: ID! @open
    name: String! @open
    secret: String @tradeSecret(class: quiet)
    guarded: String @column(name: "secret") @tradeSecret(class: purposeful)
    region: Region @relation(from: ["region_id"], to: ["region_id"]) @open
    parent: Client @relation(from: ["parent_id"], to: ["client_id"]) @open
    children: [Client!]! @relation(from: ["client_id"], to: ["parent_id"]) @open
    visits: [Visit!]! @relation(from: ["client_id"], to: ["client_id"]) @open
    confidential: [Visit!]! @relation(from: ["client_id"], to: ["client_id"]) @tradeSecret(class: purposeful)
    quietly: [Visit!]! @relation(from: ["client_id"], to: ["client_id"], list: true) @tradeSecret(class: quiet)
    elsewhere: [Elsewhere!]! @relation(from: ["client_id"], to: ["client_id"]) @open
  }
  type Visit @table(source: main, schema: "public", name: "visit", key: ["client_id", "visit_no"]) @rows(by: owner, column: "owner") {
    clientId: Int! @open
    visitNo: Int! @open
    note: String @open
    client: Client @relation(from: ["client_id"], to: ["client_id"]) @open
  }
  type Elsewhere @table(source: other, schema: "public", name: "elsewhere", key: ["id"]) @rows(shared: true) {
    id: ID! @open
    clientId: Int! @open
  }
`;
const policy = `
classes:
  quiet: { title: Secrets }
  purposeful: { title: For a purpose, conditions: { purpose: true }, otherwise: deny }
roles:
  all: { rows: all, clear: [quiet, purposeful] }
  owner: { rows: { owner: $claims.accounts } }
  mine: { rows: all, clear: [{ quiet: { owner: $claims.accounts } }] }
purposes:
  review: { roles: [all], classes: [purposeful] }
`;
const all: Asker = { roles: ['all'] };
const owner: Asker = { roles: ['owner'], accounts: ['1'] };

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({
    main: database,
    other: 'create table elsewhere (id int primary key, client_id int not null)',
  });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

const ask = (caller: Asker, argument: string, type = 'clients', fields = 'clientId'): Asked => ({
  caller,
  operation: `{ ${type}${argument === '' ? '' : `(${argument})`} { nodes { ${fields} } } }`,
});
async function found(caller: Asker, argument: string): Promise<string> {
  const answer = await planning.run(ask(caller, argument), databases.sources);
  return (answer['clients'] as { nodes: { clientId: string }[] }).nodes.map((each) => each.clientId).join('');
}
const where = (caller: Asker, filter: string) => found(caller, `where: ${filter}`);

describe('a filter through a relation', () => {
  test.each([
    ['to one', '{ region: { name: { eq: "East" } } }', '15', '1'],
    ['to one that is there', '{ region: {} }', '1235', '12'],
    ['to one that is not there', '{ not: { region: {} } }', '4', '34'],
    ['to one whose name is another', '{ region: { not: { name: { eq: "East" } } } }', '23', '2'],
    ['to some', '{ visits: { some: { note: { eq: "bad" } } } }', '123', '1'],
    ['to every', '{ visits: { every: { note: { eq: "good" } } } }', '45', '234'],
    ['to none', '{ visits: { none: { note: { eq: "bad" } } } }', '45', '234'],
    ['to some of any kind', '{ visits: { some: {} } }', '1235', '12'],
    ['to none of any kind', '{ visits: { none: {} } }', '4', '34'],
    [
      'with all of these at once',
      '{ visits: { some: { note: { eq: "bad" } }, every: { visitNo: { lt: 2 } } } }',
      '3',
      '',
    ],
    [
      'to its own type, there and back',
      '{ parent: { children: { some: { name: { eq: "Eve" } } } } }',
      '25',
      '',
    ],
    ['three deep', '{ parent: { parent: { region: { name: { eq: "East" } } } } }', '3', '3'],
    [
      'among other terms',
      '{ or: [{ name: { eq: "Dot" } }, { region: { clients: { some: { name: { eq: "Eve" } } } } }] }',
      '145',
      '4',
    ],
  ])('%s', async (_name, filter, seeingAll, seeingTheirs) => {
    expect(await where(all, filter)).toBe(seeingAll);
    // Rows of the other owner are not there: neither as clients, nor as their regions, parents and visits.
    expect(await where(owner, filter)).toBe(seeingTheirs);
  });

  test('goes three relations deep, or as deep as the deployment allows', async () => {
    const four = '{ parent: { parent: { parent: { parent: { name: { eq: "Ada" } } } } } }';
    await expect(where(all, four)).rejects.toMatchObject({
      code: 'OPERATION_TOO_LARGE',
      message:
        'Argument "where.parent.parent.parent.parent" of "clients" is over the limit of 3 relations in depth.',
    });
    const deeper = new Planning(modelOf(databases.catalogs, policy, sdl), { filterRelationsDeep: 4 });
    await deeper.plan(ask(all, `where: ${four}`));
    const shallow = new Planning(modelOf(databases.catalogs, policy, sdl), { filterRelationsDeep: 1 });
    expect(await codeOf(shallow.plan(ask(all, 'where: { parent: { region: {} } }')))).toBe(
      'OPERATION_TOO_LARGE',
    );
    expect(await codeOf(shallow.plan(ask(all, 'orderBy: [{ parent: { region: { name: ASC } } }]')))).toBe(
      'OPERATION_TOO_LARGE',
    );
  });

  test('counts each relation as a term', async () => {
    const few = new Planning(modelOf(databases.catalogs, policy, sdl), { filterTerms: 3 });
    await few.plan(ask(all, 'where: { visits: { some: {}, every: {}, none: {} } }'));
    const more = 'where: { visits: { some: {}, every: {}, none: { note: { isNull: true } } } }';
    expect(await codeOf(few.plan(ask(all, more)))).toBe('OPERATION_TOO_LARGE');
  });

  test('is null nowhere', async () => {
    for (const [filter, path] of [
      ['{ region: null }', 'region'],
      ['{ visits: null }', 'visits'],
      ['{ visits: { some: null } }', 'visits.some'],
    ] as const)
      await expect(where(all, filter)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining(`"where.${path}" of "clients" is null`) as string,
      });
  });
});

describe('an order through relations to one', () => {
  const by = (caller: Asker, order: string) => found(caller, `orderBy: [${order}]`);

  test('sorts by the record there, and by null where there is none to see', async () => {
    expect(await by(all, '{ region: { name: ASC } }')).toBe('15324');
    expect(await by(all, '{ region: { name: DESC } }')).toBe('42351');
    // Cid's region is out of their sight, as if there were none.
    expect(await by(owner, '{ region: { name: ASC } }')).toBe('1234');
    expect(await by(owner, '{ region: { name: DESC } }, { name: ASC }')).toBe('3421');
    expect(await by(all, '{ parent: { region: { name: ASC } } }, { clientId: DESC }')).toBe('52431');
  });
});

const fieldsOf = (schema: GraphQLSchema, type: string): string[] => {
  const found = schema.getType(type);
  return found === undefined ? [] : Object.keys(assertInputObjectType(found).getFields());
};

describe('relations are offered to a filter', () => {
  test('within the source, where they are given on every row', () => {
    const related = ['region', 'parent', 'children', 'visits', 'confidential', 'quietly'];
    const offered = (
      roles: readonly string[],
      input: string,
      names: readonly string[] = [...related, 'elsewhere'],
    ) => fieldsOf(planning.view(roles).schema, input).filter((name) => names.includes(name));
    expect(offered(['all'], 'ClientWhere')).toEqual(related);
    expect(offered(['all'], 'ClientOrderBy')).toEqual(['region', 'parent']);
    expect(offered(['owner'], 'ClientWhere')).toEqual(['region', 'parent', 'children', 'visits']);
    // Given on some rows only, so that a filter by it would tell of the others.
    expect(offered(['mine'], 'ClientWhere')).toEqual(['region', 'parent', 'children', 'visits']);
    expect(fieldsOf(planning.view(['owner']).schema, 'ClientWhere')).not.toContain('secret');
    expect(fieldsOf(planning.view(['all']).schema, 'VisitListFilter')).toEqual(['some', 'every', 'none']);
  });

  test('and refuse the operation where a condition is unmet: of the relation itself, and of a field behind it', async () => {
    for (const argument of [
      'where: { confidential: { some: {} } }',
      'where: { parent: { guarded: { isNull: true } } }',
      'where: { not: { visits: { none: { client: { guarded: { eq: "x" } } } } } }',
      'orderBy: [{ parent: { guarded: ASC } }]',
    ]) {
      expect(await codeOf(planning.plan(ask(all, argument)))).toBe('PURPOSE_REQUIRED');
      await planning.plan(ask({ ...all, purpose: 'review' }, argument));
    }
  });
});

test('the ledger hears of every field that was compared or sorted by, and of the relations that led there', async () => {
  const { plan } = await planning.plan(
    ask(
      { ...all, purpose: 'review' },
      'where: { visits: { some: { note: { eq: "bad" } } }, region: { name: { ne: "East" } }, secret: { isNull: false } }, orderBy: [{ parent: { guarded: ASC } }, { name: ASC }]',
    ),
  );
  const told = plan.usages.flatMap(({ type, keyLayout, cells }) =>
    cells.map(({ usage, secretClass, coordinates }) => [
      type,
      keyLayout.length,
      usage,
      secretClass,
      coordinates,
    ]),
  );
  expect(told).toEqual([
    ['Client', 0, 'FILTER', 'quiet', ['Client.secret']],
    ['Client', 0, 'RELATE', null, ['Client.parent', 'Client.region', 'Client.visits']],
    ['Client', 0, 'SORT', 'purposeful', ['Client.guarded']],
    ['Client', 0, 'SORT', null, ['Client.name']],
    ['Region', 0, 'FILTER', null, ['Region.name']],
    ['Visit', 0, 'FILTER', null, ['Visit.note']],
  ]);
});

/** Everything a caller could ask through relations. */
const probes = [
  'where: { visits: { some: { note: { eq: "bad" } } } }',
  'where: { visits: { every: { note: { eq: "good" } } } }',
  'where: { visits: { none: { note: { eq: "bad" } } } }',
  'where: { visits: { none: {} } }',
  'where: { not: { visits: { some: { not: { note: { startsWith: "g" } } } } } }',
  'where: { region: { name: { gt: "F" } } }',
  'where: { not: { region: {} } }',
  'where: { parent: { children: { every: { name: { lt: "D" } } } } }',
  'where: { region: { clients: { none: { visits: { some: { note: { isNull: true } } } } } } }',
  'where: { visits: { some: { client: { parent: { name: { contains: "a" } } } } } }',
  'orderBy: [{ region: { name: DESC } }]',
  'orderBy: [{ parent: { region: { name: ASC } } }, { parent: { name: DESC } }], last: 2',
].map((argument) => ({ argument, fields: 'clientId region { name } visits { totalCount }' }));

/** What becomes of rows of the other owner. */
const changes = [
  `update region set name = 'Another' where owner = 2`,
  `update visit set note = case note when 'bad' then 'good' else 'bad' end where owner = 2`,
  `delete from visit where owner = 2`,
  `insert into visit select client_id, 7, 2, null from client`,
  `insert into client values (6, 2, 2, 1, 'Zed', 'x'), (7, 2, 1, 4, 'Aaa', null)`,
  `insert into visit values (6, 1, 2, 'bad'), (7, 1, 2, 'good')`,
  `update client set name = 'Bea', parent_id = 2, region_id = 3 where owner = 2`,
];

test('rows out of sight change no answer, whatever they hold and whichever are there', async () => {
  const answers = (caller: Asker) =>
    Promise.all(
      probes.map(async ({ argument, fields }) =>
        JSON.stringify(
          await planning.run(
            {
              caller,
              operation: `{ clients(${argument}) { totalCount edges { node { ${fields} } } pageInfo { hasNextPage hasPreviousPage } } }`,
            },
            databases.sources,
          ),
        ),
      ),
    );
  const [theirs, everything] = [await answers(owner), await answers(all)];
  const main = databases.databases.get('main')!;
  for (const change of changes) {
    await main.query(change);
    expect([change, await answers(owner)]).toEqual([change, theirs]);
  }
  // Who sees them sees the difference, and most probes tell it.
  const after = await answers(all);
  expect(after.filter((answer, i) => answer !== everything[i]).length).toBeGreaterThan(probes.length - 2);
});
