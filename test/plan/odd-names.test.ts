import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/** 63 bytes, the longest that PostgreSQL keeps, in letters of two bytes and one. */
const longest = 'ü'.repeat(31) + 'x';
const odd = {
  schema: 'My "Schema"; drop',
  table: 'Order',
  key: 'select',
  columns: ['Größe (in "m")', "it's", '客户', longest, 'a.b', '{}$1', '\\', 'camelCase', 'table', '%s'],
  labels: ['in progress', 'it\'s "done"', '完了', '', 'A_B', 'a b', 'true', longest],
  type: 'Zu Stand"',
  composite: 'Ad"resse',
  attribute: 'Straße 1',
} as const;

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const inSchema = (name: string) => `${quote(odd.schema)}.${quote(name)}`;
const sdlText = (value: string) => JSON.stringify(value);

const statements = `
  create schema ${quote(odd.schema)};
  create type ${inSchema(odd.type)} as enum (${odd.labels.map(text).join(', ')});
  create type ${inSchema(odd.composite)} as (${quote(odd.attribute)} text);
  create table ${inSchema(odd.table)} (
    ${quote(odd.key)} int primary key, ${odd.columns.map((name) => `${quote(name)} text`).join(', ')},
    ${quote('zustand ')} ${inSchema(odd.type)}, "Zustände" ${inSchema(odd.type)}[], "Ort" ${inSchema(odd.composite)},
    "Konto" int not null);
  create table ${inSchema('Líne')} (${quote('from')} int primary key, ${quote('user')} int references ${inSchema(odd.table)});
  ${odd.labels
    .map(
      (label, i) =>
        `insert into ${inSchema(odd.table)} values (${i}, ${odd.columns.map((name) => text(`${name} ${i}`)).join(', ')}, ${text(label)}, array[${text(label)}, null]::${inSchema(odd.type)}[], row(${text(label)}), ${i % 2});`,
    )
    .join('\n')}
  insert into ${inSchema('Líne')} values (1, 0), (2, 0), (3, 5);
`;
const table = (name: string) =>
  `@table(source: main, schema: ${sdlText(odd.schema)}, name: ${sdlText(name)})`;
const sdl = `
  enum State { ${odd.labels.map((label, i) => `S${i} @label(is: ${sdlText(label)})`).join(' ')} }
  type Place { street: String @column(name: ${sdlText(odd.attribute)}) @open }
  type Order ${table(odd.table)} @rows(by: account, column: "Konto") {
    id: ID! @column(name: ${sdlText(odd.key)}) @open
    ${odd.columns.map((name, i) => `c${i}: String @column(name: ${sdlText(name)}) @tradeSecret(class: secret, mask: { partial: { keepEnd: 1 } })`).join('\n')}
    state: State @column(name: "zustand ") @open
    states: [State] @column(name: "Zustände") @open
    place: Place @column(name: "Ort") @open
    lines: [Line!]! @relation(from: [${sdlText(odd.key)}], to: ["user"]) @open
  }
  type Line ${table('Líne')} @rows(by: account, via: "order") @open {
    from: ID!
    order: Order @relation(from: ["user"], to: [${sdlText(odd.key)}])
  }
`;
const policy = `
classes: { secret: { title: Secrets } }
roles:
  all: { rows: all, clear: [secret] }
  own: { rows: { account: $claims.accounts }, mask: [secret] }
`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: statements }, sdl, policy });
});
afterAll(() => gateway.dispose());

async function ask(caller: TestCaller, document: string): Promise<Record<string, unknown>> {
  const { body } = await gateway.query(caller, document);
  expect(body.errors).toBeUndefined();
  return body.data as Record<string, unknown>;
}

const all: TestCaller = { roles: ['all'] };
const columns = odd.columns.map((_, i) => `c${i}`);

test('names that have to be quoted are read, as are labels of any spelling', async () => {
  const data = await ask(
    all,
    `{ orders { nodes { id ${columns.join(' ')} state states place { street } } } }`,
  );
  const nodes = odd.labels.map((label, i) => ({
    id: String(i),
    ...Object.fromEntries(odd.columns.map((name, c) => [`c${c}`, `${name} ${i}`])),
    ...{ state: `S${i}`, states: [`S${i}`, null], place: { street: label } },
  }));
  expect(data).toEqual({ orders: { nodes } });
});

test('they are filtered, sorted, followed, paged and counted by', async () => {
  const filters = odd.columns.map((name, i) => `{ c${i}: { eq: ${sdlText(`${name} 3`)} } }`);
  expect(
    await ask(all, `{ orders(where: { and: [${filters.join(', ')}] }) { totalCount nodes { id } } }`),
  ).toEqual({
    orders: { totalCount: 1, nodes: [{ id: '3' }] },
  });
  for (const [i] of odd.labels.entries()) {
    expect(await ask(all, `{ orders(where: { state: { in: [S${i}] } }) { nodes { id } } }`)).toEqual({
      orders: { nodes: [{ id: String(i) }] },
    });
  }
  const order = columns.map((name) => `{ ${name}: DESC }`).join(', ');
  const page = (
    await ask(all, `{ orders(orderBy: [${order}], first: 3) { nodes { id } pageInfo { endCursor } } }`)
  )['orders'] as { nodes: unknown; pageInfo: { endCursor: string } };
  expect(page.nodes).toEqual([{ id: '7' }, { id: '6' }, { id: '5' }]);
  expect(
    await ask(
      all,
      `{ order(id: 5) { lines { nodes { from order { state } } } } orders(first: 2) { nodes { lines { totalCount } } } }`,
    ),
  ).toEqual({
    order: { lines: { nodes: [{ from: '3', order: { state: 'S5' } }] } },
    orders: { nodes: [{ lines: { totalCount: 2 } }, { lines: { totalCount: 0 } }] },
  });
});

test('they limit rows and are masked', async () => {
  const own: TestCaller = { roles: ['own'], accounts: ['1'] };
  const data = await ask(own, `{ orders { nodes { id ${columns.join(' ')} } } lines { nodes { from } } }`);
  const nodes = [1, 3, 5, 7].map((i) => ({
    id: String(i),
    // Of fewer than five characters nothing is kept.
    ...Object.fromEntries(odd.columns.map((name, c) => [`c${c}`, `•••••${name.length + 2 < 5 ? '' : i}`])),
  }));
  expect(data).toEqual({ orders: { nodes }, lines: { nodes: [{ from: '3' }] } });
});
