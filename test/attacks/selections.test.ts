import { buildClientSchema, execute, getIntrospectionQuery, parse, type IntrospectionQuery } from 'graphql';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';
import { auditing, house, manager, partner, rep, support } from './house.js';

/** What is decided is what is selected in effect, however it is written: aliases, fragments, directives, names of any kind. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(house());
});
afterAll(() => gateway.dispose());

type Nodes = { readonly customers: { readonly nodes: readonly Readonly<Record<string, unknown>>[] } };

async function nodesOf(caller: TestCaller, selection: string, rest = '', variables?: unknown) {
  const open = variables === undefined ? '' : 'query($yes: Boolean! = true, $no: Boolean! = false) ';
  const used = open === '' ? '' : 'customerId @include(if: $no) region @skip(if: $yes)';
  const { body } = await gateway.query(
    caller,
    `${open}{ customers { nodes { ${used} ${selection} } } } ${rest}`,
    variables,
  );
  expect(body.errors).toBeUndefined();
  return { nodes: (body.data as Nodes).customers.nodes, said: body.extensions!.cordon };
}

attack(
  [13],
  'a field is masked whatever it is called in the response, and however often it is asked for',
  async () => {
    const plain = (await nodesOf(support, 'name email employees credit taxId')).nodes;
    expect(plain[1]).toMatchObject({ email: '•••••@•••••', employees: 100, credit: '7000', taxId: null });
    const { nodes, said } = await nodesOf(
      support,
      'a: name b: name customerId: credit c: customerId name: email email: name credit: employees employees: taxId taxId: credit open: email',
    );
    expect(nodes).toEqual(
      plain.map(({ name, email, employees, credit, taxId }, i) => ({
        ...{ a: name, b: name, customerId: credit, c: String(i + 1), name: email, email: name },
        ...{ credit: employees, employees: taxId, taxId: credit, open: email },
      })),
    );
    // What is said of the answer goes by coordinate and by place.
    expect(said.masked).toEqual(['Customer.credit', 'Customer.email', 'Customer.employees', 'Customer.name']);
    expect(said.withheld).toEqual([{ path: ['customers', 'nodes', '*', 'employees'], code: 'DENIED' }]);
  },
);

const cells = 'name email employees credit taxId profile';
attack(
  [17, 83],
  'and in whatever fragment, under whatever directive and beside whatever __typename',
  async () => {
    const plain = await nodesOf(support, cells);
    const named =
      'fragment outer on Customer { ...inner } fragment inner on Customer { ... on Customer { CELLS } }'.replace(
        'CELLS',
        cells,
      );
    for (const [selection, rest] of [
      [`... on Customer { ${cells} }`, ''],
      [`... { ${cells} }`, ''],
      ['...outer', named],
      ['...outer ... on Customer { ...inner }', named],
      [`... @include(if: $yes) { ${cells} }`, ''],
      [`... on Customer @skip(if: $no) { ... { ${cells} } }`, ''],
      ['...outer @include(if: $yes)', named],
      [
        `name ... { email } ... on Customer { employees } credit ...rest`,
        'fragment rest on Customer { taxId profile }',
      ],
    ] as const) {
      const asked = await nodesOf(support, selection, rest, {});
      expect([selection, asked.nodes]).toEqual([selection, plain.nodes]);
      expect(asked.said.masked).toEqual(plain.said.masked);
      expect(asked.said.withheld).toEqual(plain.said.withheld);
    }
  },
);

attack([83], 'the ledger has what was selected in effect, for each value of a variable', async () => {
  const document =
    'query($tax: Boolean!) { customers(first: 1) { nodes { __typename name taxId @include(if: $tax) } } }';
  const coordinates = async () =>
    (await gateway.entries())
      .at(-1)!
      .given.flatMap((each) => each.cells.flatMap((cell) => cell.coordinates))
      .sort();
  await gateway.query(auditing, document, { tax: false });
  expect(await coordinates()).toEqual(['Customer.name']);
  await gateway.query(auditing, document, { tax: true });
  expect(await coordinates()).toEqual(['Customer.name', 'Customer.taxId']);
  // That there are records is seen of them too.
  await gateway.query(auditing, '{ customers(first: 2) { nodes { __typename } } }');
  expect((await gateway.entries()).at(-1)!.given.map(({ type, records }) => [type, records])).toEqual([
    ['Customer', [['1'], ['2']]],
  ]);
});

attack.each([30], [
  ['support', support],
  ['rep', rep],
  ['partner', partner],
  ['manager without a purpose', manager],
  ['manager with one', auditing],
] as const)(
  'a denial takes nothing around it along, and is of a field that may be null: %s',
  async (_name, caller) => {
    const own = (await gateway.query(caller, getIntrospectionQuery())).body
      .data as unknown as IntrospectionQuery;
    const type = own.__schema.types.find(({ name }) => name === 'Customer');
    const visible = type?.kind === 'OBJECT' ? type.fields.map(({ name }) => name) : [];
    const values = cells.split(' ').filter((name) => visible.includes(name));
    const document = `{ customers { nodes { customerId region ${values.join(' ')} account { name } contracts { nodes { contractId } } } } }`;
    const { status, body } = await gateway.query(caller, document);
    expect([status, body.errors]).toEqual([200, undefined]);
    const { nodes } = (body.data as Nodes).customers;
    for (const node of nodes)
      expect(node).toMatchObject({ customerId: expect.any(String), region: expect.any(String) });
    expect(nodes.length).toBe(caller === partner ? 2 : 4);
    // graphql-js completes the data under the caller's own schema: a null where none may be would be an error.
    const completed = await execute({
      schema: buildClientSchema(own),
      document: parse(document),
      rootValue: body.data,
    });
    expect(completed.errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(completed.data))).toEqual(body.data);
  },
);

attack([91], 'names that are alike in all that PostgreSQL would keep of them stay apart', async () => {
  const long = 'n'.repeat(63);
  const { nodes } = await nodesOf(
    support,
    `${long}a: email ${long}b: customerId ${long}c: taxId ${long}: region`,
  );
  expect(nodes[1]).toEqual({
    [`${long}a`]: '•••••@•••••',
    [`${long}b`]: '2',
    [`${long}c`]: null,
    [long]: 'EU',
  });
});

attack([77], 'names that mean something in JavaScript are names like any other', async () => {
  const { text } = await gateway.query(
    support,
    '{ __proto__: customers(first: 1) { constructor: nodes { __proto__: customerId toString: email hasOwnProperty: taxId } } }',
  );
  expect(text).toContain(
    '"data":{"__proto__":{"constructor":[{"__proto__":"1","toString":"buy@acme.example","hasOwnProperty":null}]}}',
  );
  expect(({} as Record<string, unknown>)['customerId']).toBeUndefined();
});

attack([78], 'no name in a statement is the caller’s, and no value is in its text', async () => {
  const injected = `x'"; drop table customer; --`;
  const sent = await gateway.statements('crm', async () => {
    for (const where of [
      { name: { eq: injected } },
      { name: { like: `%${injected}%` } },
      { region: { in: [injected, '$1', '\\', ''] } },
    ])
      expect(
        (
          await gateway.query(
            manager,
            'query($w: CustomerWhere) { drop_table: customers(where: $w) { n: totalCount } }',
            { w: where },
          )
        ).body.data,
      ).toEqual({ drop_table: { n: 0 } });
    for (const refused of [{ [`name" or 1=1 --`]: { eq: 'x' } }, { name: { [`eq') or true --`]: 'x' } }])
      expect(
        (
          await gateway.query(manager, 'query($w: CustomerWhere) { customers(where: $w) { totalCount } }', {
            w: refused,
          })
        ).status,
      ).toBe(400);
  });
  expect(sent).toHaveLength(3);
  for (const statement of sent) expect(statement).not.toMatch(/drop|1=1|x'/);
  expect((await gateway.query(manager, '{ customers { totalCount } }')).body.data).toEqual({
    customers: { totalCount: 4 },
  });
});
