import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

const table = `
  create type spot as (at point, "Höhe ""m""" numeric);
  create type address as (street text, zip varchar(10), tags text[], spot spot, gone int);
  alter type address drop attribute gone;
  create domain somewhere as address;
  create table customer (id int primary key, account int not null, address address, others address[], home somewhere, secret spot,
    spots spot[]);
  create table supplier (id int primary key, account int not null, address address);
  insert into customer values
    (1, 1, row('Ring "1"', '1010', '{a,null}', row('(1,2)', 12.50)), array[row('A', null, null, null)::address, null],
      row('Home', null, '{}', null), row('(0,0)', 1), array[row('(3,4)', 5)::spot]),
    (2, 2, row(null, null, null, null), '{}', null, row(null, 2), null),
    (3, 1, null, null, null, null, null);
  insert into supplier values (1, 1, row('Weg 2', '9999', null, null));
`;
const sdl = `
  type Customer @table(source: main, schema: "public", name: "customer", key: ["id"]) @rows(by: account, column: "account") {
    id: ID! @open
    address: Address @open
    others: [Address] @open
    home: Address @open
    secret: Spot @tradeSecret(class: place)
    spots: [Spot] @open
  }
  type Supplier @table(source: main, schema: "public", name: "supplier", key: ["id"]) @rows(by: account, column: "account") {
    id: ID! @open
    address: Address @open
  }
  "Where somebody is."
  type Address {
    street: String @tradeSecret(class: contact, mask: { partial: { keepStart: 1 } })
    postcode: String @column(name: "zip") @open
    tags: [String] @tradeSecret(class: tags)
    spot: Spot @open
  }
  type Spot @open {
    at: Geometry
    height: Decimal @column(name: "Höhe \\"m\\"")
  }
`;
const policy = `
classes:
  contact: { title: Whom to ask }
  tags: { title: What we think of them }
  place: { title: Where it is }
roles:
  all: { rows: all, clear: [contact, tags, place] }
  masked: { rows: all, mask: [contact, place], deny: [tags] }
  outside: { rows: all }
  own: { rows: { account: $claims.accounts }, clear: [contact, place] }
  by_row: { rows: all, clear: [{ contact: { account: $claims.accounts } }, { place: { account: $claims.accounts } }], mask: [contact, place] }
`;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy, captureStatements: true });
});
afterAll(() => gateway.dispose());

async function customers(caller: TestCaller, selection: string) {
  const { status, body } = await gateway.query(caller, `{ customers { nodes { ${selection} } } }`);
  expect([status, body.errors]).toEqual([200, undefined]);
  const { nodes } = (body.data as { customers: { nodes: Record<string, unknown>[] } }).customers;
  return { nodes, cordon: body.extensions?.['cordon'] };
}

/** Names of a view's type, or null where it has none. */
async function fieldsOf(type: string, caller: TestCaller): Promise<string[] | null> {
  const { body } = await gateway.query(caller, `{ __type(name: "${type}") { fields { name } } }`);
  const found = (body.data as { __type: { fields: { name: string }[] } | null }).__type;
  return found?.fields.map(({ name }) => name) ?? null;
}

test('what is clear is an object, null apart from an object of nulls, and lists hold both', async () => {
  const address = 'address { street postcode tags spot { at height } }';
  const selection = `${address} others { street tags } home { street tags } secret { at } spots { height }`;
  const { nodes, cordon } = await customers({ roles: ['all'] }, selection);
  expect(nodes).toEqual([
    {
      address: {
        ...{ street: 'Ring "1"', postcode: '1010', tags: ['a', null] },
        spot: { at: '(1,2)', height: '12.50' },
      },
      others: [{ street: 'A', tags: null }, null],
      home: { street: 'Home', tags: [] },
      secret: { at: '(0,0)' },
      spots: [{ height: '5' }],
    },
    {
      address: { street: null, postcode: null, tags: null, spot: null },
      others: [],
      home: null,
      secret: { at: null },
      spots: null,
    },
    { address: null, others: null, home: null, secret: null, spots: null },
  ]);
  expect(cordon).toEqual({ masked: [], withheld: [] });
});

test('aliases, fragments and type names reach into a value', async () => {
  const { nodes } = await customers(
    { roles: ['all'] },
    'a: address { __typename zip: postcode ...Place } } } } fragment Place on Address { spot { h: height ... on Spot { __typename',
  );
  expect(nodes[0]).toEqual({
    a: { __typename: 'Address', zip: '1010', spot: { h: '12.50', __typename: 'Spot' } },
  });
});

test('each attribute is masked, withheld or absent by its own mark, wherever the value is', async () => {
  const masked: TestCaller = { roles: ['masked'] };
  const { nodes, cordon } = await customers(
    masked,
    'address { street postcode tags } others { street tags } secret { at }',
  );
  expect(nodes).toEqual([
    {
      address: { street: 'R•••••', postcode: '1010', tags: null },
      others: [{ street: '•••••', tags: null }, null],
      secret: null,
    },
    { address: { street: '•••••', postcode: null, tags: null }, others: [], secret: null },
    { address: null, others: null, secret: null },
  ]);
  expect(cordon).toEqual({
    masked: ['Address.street', 'Customer.secret'],
    withheld: [
      { path: ['customers', 'nodes', '*', 'address', 'tags'], code: 'DENIED' },
      { path: ['customers', 'nodes', '*', 'others', '*', 'tags'], code: 'DENIED' },
    ],
  });

  const outside: TestCaller = { roles: ['outside'] };
  expect(await fieldsOf('Address', outside)).toEqual(['postcode', 'spot']);
  expect(await fieldsOf('Customer', outside)).toEqual(['id', 'address', 'others', 'home', 'spots']);
  const asked = await gateway.query(outside, '{ customers { nodes { address { street } } } }');
  const never = await gateway.query(outside, '{ customers { nodes { address { nothing } } } }');
  expect(asked.text.replaceAll('street', 'nothing')).toBe(never.text);
});

test('an attribute that is clear on some rows is clear on these alone, and so is a whole', async () => {
  const { nodes } = await customers(
    { roles: ['by_row'], accounts: ['1'] },
    'id address { street } secret { at height }',
  );
  expect(nodes).toEqual([
    { id: '1', address: { street: 'Ring "1"' }, secret: { at: '(0,0)', height: '1' } },
    { id: '2', address: { street: '•••••' }, secret: null },
    { id: '3', address: null, secret: null },
  ]);
});

test('the value never enters the gateway where it is not clear', async () => {
  const statements = await gateway.statements('main', async () => {
    await customers({ roles: ['masked'] }, 'secret { at } address { tags }');
  });
  expect(statements.join()).not.toMatch(/\."(?:secret|tags)"/);
});

test('the ledger names the attributes that were given, as they were given', async () => {
  const cellsFor = async (caller: TestCaller, selection: string) => {
    await customers(caller, selection);
    const last = (await gateway.entries()).at(-1)!;
    return last.given.flatMap(({ type, count, cells }) =>
      cells.flatMap(({ coordinates, decision, mask, secretClass }) => ({
        ...{ type, count, decision, mask, secretClass },
        coordinates,
      })),
    );
  };
  const customer = { type: 'Customer', mask: null, secretClass: null };
  expect(await cellsFor({ roles: ['masked'] }, 'address { street postcode } secret { at }')).toEqual([
    { ...customer, count: 3, decision: 'CLEAR', coordinates: ['Address.postcode', 'Customer.address'] },
    ...[
      { secretClass: 'place', mask: 'nullify', coordinates: ['Customer.secret'] },
      { secretClass: 'contact', mask: 'partial', coordinates: ['Address.street'] },
    ].map((cells) => ({ ...customer, count: 3, decision: 'MASKED', ...cells })),
  ]);
  const onSome = await cellsFor({ roles: ['by_row'], accounts: ['1'] }, 'secret { at }');
  expect(onSome).toContainEqual({
    ...{ ...customer, secretClass: 'place', count: 2, decision: 'CLEAR' },
    coordinates: ['Customer.secret', 'Spot.at'],
  });
  expect(onSome.filter(({ decision }) => decision === 'MASKED').map(({ count }) => count)).toEqual([1]);
});

test('two types share a composite: it has the attributes that are visible in both', async () => {
  const limited: TestCaller = { roles: ['own'], accounts: ['1'] };
  expect(await fieldsOf('Address', limited)).toEqual(['street', 'postcode', 'spot']);
  const { body } = await gateway.query(limited, '{ suppliers { nodes { address { street } } } }');
  expect(body.data).toEqual({ suppliers: { nodes: [{ address: { street: 'Weg 2' } }] } });
});

test('filters and orders are not offered on a composite', async () => {
  const { body } = await gateway.query(
    { roles: ['all'] },
    '{ customers(where: { address: { street: { eq: "x" } } }) { totalCount } }',
  );
  expect(body.errors?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
});
