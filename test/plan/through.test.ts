import { assertObjectType } from 'graphql';
import { modelOf, openDatabases, Planning, type Asker, type Databases } from './planning.js';

/**
 * Relations of many to many, through a table of links: whom a link is told to, that nobody is met twice however often he
 * is linked, and that such a relation is filtered, counted and paged as any other.
 */
const database = `
  create table author (author_id int primary key, owner int not null, name text not null, quiet text not null);
  create table book (shelf text, nr int, owner int not null, title text not null, price numeric, primary key (shelf, nr));
  -- Linked twice, by no author, to no book, and by halves of a key.
  create table wrote (author_id int, shelf text, nr int, owner int not null, share numeric, note text);
  create table praised (by_id int, whom_id int);
  insert into author values (1, 1, 'Ada', 'a'), (2, 1, 'Bea', 'b'), (3, 2, 'Cid', 'c'), (4, 1, 'Dot', 'd');
  insert into book values ('A', 1, 1, 'Ants', 5), ('A', 2, 1, 'Bees', 7), ('B', 1, 1, 'Cats', 9), ('B', 2, 2, 'Dogs', null), ('C', 1, 1, 'Eels', 1);
  insert into wrote values
    (1, 'A', 1, 1), (1, 'A', 1, 1), (1, 'A', 1, 2), (1, 'B', 1, 2), (1, 'B', 2, 1), (2, 'A', 1, 1), (2, 'A', 2, 1), (3, 'A', 1, 1),
    (null, 'A', 1, 1), (1, null, 2, 1), (1, 'A', null, 1), (null, null, null, 1), (9, 'A', 2, 1), (1, 'Z', 9, 1);
  insert into praised values (1, 2), (1, 2), (2, 1), (3, 1), (1, 3), (1, 1), (null, 1), (1, null);
`;
const table = (name: string, key: string) =>
  `@table(source: main, name: "${name}", key: [${key}]) @rows(by: owner, column: "owner")`;
const wrote = 'through: { name: "wrote", from: ["author_id"], to: ["shelf", "nr"] }';
const sdl = `
  type Author ${table('author', '"author_id"')} {
    authorId: ID! @open
    name: String! @open
    quiet: String! @tradeSecret(class: quiet)
    books: [Book!]! @relation(from: ["author_id"], to: ["shelf", "nr"], ${wrote}) @open
    bookList: [Book!]! @relation(from: ["author_id"], to: ["shelf", "nr"], ${wrote}, list: true) @open
    secretBooks: [Book!]! @relation(from: ["author_id"], to: ["shelf", "nr"], ${wrote}) @tradeSecret(class: quiet)
    praises: [Author!]! @relation(from: ["author_id"], to: ["author_id"], through: { name: "praised", from: ["by_id"], to: ["whom_id"] }) @open
    praisedBy: [Author!]! @relation(from: ["author_id"], to: ["author_id"], through: { name: "praised", from: ["whom_id"], to: ["by_id"] }) @open
  }
  type Book ${table('book', '"shelf", "nr"')} {
    shelf: String! @open
    nr: Int! @open
    title: String! @open
    price: Decimal @open
    authors: [Author!]! @relation(from: ["shelf", "nr"], to: ["author_id"], through: { name: "wrote", from: ["shelf", "nr"], to: ["author_id"] }) @open
  }
`;
const policy = `
classes:
  quiet: { title: Secrets }
  purposeful: { title: For a purpose, conditions: { purpose: true }, otherwise: deny }
roles:
  all: { rows: all, clear: [quiet, purposeful] }
  owner: { rows: { owner: $claims.accounts } }
  masked: { rows: all, mask: [quiet] }
purposes:
  review: { roles: [all], classes: [purposeful] }
`;
const all: Asker = { roles: ['all'] };
const owner: Asker = { roles: ['owner'], accounts: ['1'] };

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({
    main: `${database}
      create table share_of (share_id int primary key, author_id int, shelf text, nr int, owner int not null);
      insert into share_of select row_number() over (), author_id, shelf, nr, owner from wrote;`,
  });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

const ask = (caller: Asker, operation: string, by = planning): Promise<Record<string, unknown>> =>
  by.run({ caller, operation }, databases.sources);

describe('a relation through a table', () => {
  const author = (id: number, fields: string) => `{ author(authorId: ${id}) { ${fields} } }`;

  test('meets each record once, in its order; halves of a link lead nowhere', async () => {
    expect(await ask(all, author(1, 'books { totalCount nodes { title } } bookList { title }'))).toEqual({
      author: {
        books: { totalCount: 3, nodes: [{ title: 'Ants' }, { title: 'Cats' }, { title: 'Dogs' }] },
        bookList: [{ title: 'Ants' }, { title: 'Cats' }, { title: 'Dogs' }],
      },
    });
    expect(await ask(all, author(4, 'books { totalCount nodes { title } } bookList { title }'))).toEqual({
      author: { books: { totalCount: 0, nodes: [] }, bookList: [] },
    });
  });

  test('leads a caller from rows in their sight to rows in their sight, both ways', async () => {
    expect(await ask(owner, '{ authors { nodes { authorId books { nodes { title } } } } }')).toEqual({
      authors: {
        nodes: [
          { authorId: '1', books: { nodes: [{ title: 'Ants' }, { title: 'Cats' }] } },
          { authorId: '2', books: { nodes: [{ title: 'Ants' }, { title: 'Bees' }] } },
          { authorId: '4', books: { nodes: [] } },
        ],
      },
    });
    expect(await ask(owner, '{ book(shelf: "A", nr: 1) { authors { totalCount nodes { name } } } }')).toEqual(
      {
        book: { authors: { totalCount: 2, nodes: [{ name: 'Ada' }, { name: 'Bea' }] } },
      },
    );
  });

  test('leads to its own type, either way round', async () => {
    expect(
      await ask(
        all,
        author(1, 'praises { nodes { name } } praisedBy { nodes { name praises { totalCount } } }'),
      ),
    ).toEqual({
      author: {
        praises: { nodes: [{ name: 'Ada' }, { name: 'Bea' }, { name: 'Cid' }] },
        praisedBy: {
          nodes: [
            { name: 'Ada', praises: { totalCount: 3 } },
            { name: 'Bea', praises: { totalCount: 1 } },
            { name: 'Cid', praises: { totalCount: 1 } },
          ],
        },
      },
    });
  });

  test('is paged from either end, filtered, sorted, counted and grouped', async () => {
    const page = (args: string) =>
      author(
        1,
        `books(${args}) { edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage } }`,
      );
    interface Books {
      readonly author: {
        readonly books: {
          readonly edges: readonly { readonly cursor: string; readonly node: { readonly title: string } }[];
          readonly pageInfo: unknown;
        };
      };
    }
    const operation = `query($after: String, $before: String, $first: Int, $last: Int) ${page(
      'after: $after, before: $before, first: $first, last: $last, orderBy: [{ price: DESC }]',
    )}`;
    const turn = async (variables: Record<string, unknown>) =>
      ((await planning.run({ caller: all, operation, variables }, databases.sources)) as unknown as Books)
        .author.books;
    const first = await turn({ first: 2 });
    expect(first).toMatchObject({
      edges: [{ node: { title: 'Dogs' } }, { node: { title: 'Cats' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const second = await turn({ first: 2, after: first.edges[1]!.cursor });
    expect(second).toMatchObject({
      edges: [{ node: { title: 'Ants' } }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    expect(await turn({ last: 1, before: second.edges[0]!.cursor })).toMatchObject({
      edges: [{ node: { title: 'Cats' } }],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    });
    expect(
      await ask(
        all,
        author(
          1,
          `books(where: { price: { gt: "1" } }) {
             totalCount aggregate { count sum { price } max { title } } groupBy(by: [SHELF]) { keys { shelf } aggregate { count } }
           }`,
        ),
      ),
    ).toEqual({
      author: {
        books: {
          totalCount: 2,
          aggregate: { count: 2, sum: { price: '14' }, max: { title: 'Cats' } },
          groupBy: [
            { keys: { shelf: 'A' }, aggregate: { count: 1 } },
            { keys: { shelf: 'B' }, aggregate: { count: 1 } },
          ],
        },
      },
    });
  });

  test.each([
    ['some', '{ books: { some: { title: { eq: "Ants" } } } }', '123', '12'],
    ['some of any kind', '{ books: { some: {} } }', '123', '12'],
    ['every', '{ books: { every: { title: { lt: "C" } } } }', '234', '24'],
    ['none', '{ books: { none: { title: { in: ["Dogs", "Bees"] } } } }', '34', '14'],
    ['there and back', '{ books: { some: { authors: { some: { name: { eq: "Cid" } } } } } }', '123', ''],
    ['to its own type', '{ praisedBy: { some: { name: { eq: "Cid" } } } }', '1', ''],
    ['none of its own type', '{ praises: { none: {} } }', '4', '4'],
  ])('filters by %s', async (_name, filter, seeingAll, seeingTheirs) => {
    const found = async (caller: Asker) => {
      const { authors } = (await ask(caller, `{ authors(where: ${filter}) { nodes { authorId } } }`)) as {
        authors: { nodes: { authorId: string }[] };
      };
      return authors.nodes.map(({ authorId }) => authorId).join('');
    };
    expect(await found(all)).toBe(seeingAll);
    expect(await found(owner)).toBe(seeingTheirs);
  });

  test('is in the ledger: whose relation was followed, and each record that it led to', async () => {
    const { plan } = await planning.plan({
      caller: all,
      operation:
        '{ authors(where: { books: { some: { title: { eq: "Ants" } } } }) { nodes { books { nodes { title } } } } }',
    });
    const [root] = plan.roots;
    const packs = root?.kind === 'statement' ? root.statement.packs : [];
    const said = packs.map(({ descriptor, distinct }) => ({
      type: descriptor.type,
      distinct,
      cells: descriptor.cells.map(({ usage, coordinates }) => `${usage} ${coordinates.join()}`),
    }));
    expect(said).toEqual([
      { type: 'Author', distinct: true, cells: ['RELATE Author.books'] },
      // A book is met once for each of its authors.
      { type: 'Book', distinct: false, cells: ['READ Book.title'] },
    ]);
    expect(plan.usages.flatMap(({ type, cells }) => cells.map(({ usage }) => `${type} ${usage}`))).toEqual([
      'Author RELATE',
      'Book FILTER',
    ]);
  });

  test('is as secret as its mark says', async () => {
    const fields = (caller: Asker) =>
      Object.keys(assertObjectType(planning.view(caller.roles).schema.getType('Author')).getFields());
    expect(fields(all)).toContain('secretBooks');
    expect(fields(owner)).not.toContain('secretBooks');
    const { plan } = await planning.plan({
      caller: { roles: ['masked'] },
      operation: '{ authors { nodes { secretBooks { totalCount } } } }',
    });
    expect(plan.withheld).toEqual([{ path: ['authors', 'nodes', '*', 'secretBooks'], code: 'DENIED' }]);
  });
});

describe('where a type is bound to the table between', () => {
  const through = 'through: { name: "share_of", from: ["author_id"], to: ["shelf", "nr"] }';
  const types = (linkMark: string, linkType = '') => `
    type Author ${table('author', '"author_id"')} {
      authorId: ID! @open
      books: [Book!]! @relation(from: ["author_id"], to: ["shelf", "nr"], ${through}) @open
    }
    type Book @table(source: main, name: "book", key: ["shelf", "nr"]) @rows(shared: true) {
      shelf: String! @open
      nr: Int! @open
      title: String! @open
    }
    type Share @table(source: main, name: "share_of", key: ["share_id"]) @rows(by: owner, column: "owner") ${linkType} {
      shareId: ID! @open
      authorId: Int ${linkMark}
    }`;
  const planningOf = (text: string) => new Planning(modelOf(databases.catalogs, policy, text));
  const fields = (by: Planning, role: string) =>
    Object.keys(assertObjectType(by.view([role]).schema.getType('Author')).getFields());

  test('its rows decide which links there are for a caller', async () => {
    const by = planningOf(types('@open'));
    const operation = '{ author(authorId: 1) { books { totalCount nodes { title } } } }';
    const titles = (answer: unknown) =>
      (answer as { author: { books: { nodes: { title: string }[] } } }).author.books.nodes.map(
        ({ title }) => title,
      );
    expect(titles(await ask(all, operation, by))).toEqual(['Ants', 'Cats', 'Dogs']);
    // Of the three links to Ants two are theirs; that to Cats is the other owner's.
    expect(titles(await ask(owner, operation, by))).toEqual(['Ants', 'Dogs']);
  });

  test('it is not related where that type is hidden, or one of its columns is not clear', () => {
    expect(fields(planningOf(types('@open')), 'owner')).toContain('books');
    expect(fields(planningOf(types('@open', '@tradeSecret(class: quiet)')), 'owner')).not.toContain('books');
    expect(fields(planningOf(types('@open', '@tradeSecret(class: quiet)')), 'all')).toContain('books');
    expect(fields(planningOf(types('@tradeSecret(class: quiet)')), 'owner')).not.toContain('books');
    expect(fields(planningOf(types('@tradeSecret(class: quiet)')), 'masked')).not.toContain('books');
  });

  test('a condition on its columns is one on the relation', async () => {
    const by = planningOf(types('@tradeSecret(class: purposeful)'));
    const asked = { operation: '{ authors { nodes { books { totalCount } } } }' };
    const withheld = async (caller: Asker) =>
      (await by.plan({ ...asked, caller })).plan.withheld.map(({ code }) => code);
    expect(await withheld(all)).toEqual(['PURPOSE_REQUIRED']);
    expect(await withheld({ ...all, purpose: 'review' })).toEqual([]);
  });
});
