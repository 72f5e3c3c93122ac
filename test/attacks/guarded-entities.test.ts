import fc from 'fast-check';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/**
 * Row 88 of the attack catalogue, where the entities of a group are told by records that lie two relations away: neither many
 * records of one entity nor records that the caller does not see make a group large.
 */
const tables = `
  create table customer (customer_id int primary key);
  create table purchase (purchase_id int primary key, customer_id int, account int not null);
  create table line (line_id int primary key, purchase_id int, account int not null, region text, price numeric);
  -- The same with the customer beside each price, as far as the caller sees it.
  create table flat (flat_id int primary key, customer_id int, account int not null, region text, price numeric);
`;
const typeOf = (name: string, table: string, fields: string) => `
  type ${name} @table(source: main, schema: "public", name: "${table}", key: ["${table}_id"])
      @rows(by: account, column: "account") {
    ${table}Id: ID! @open
    ${fields}
  }`;
const priced = `region: String @open(dimension: true)
    price: Decimal @tradeSecret(class: pricing)`;
const toCustomer = 'customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open';
const sdl = `
  type Customer @table(source: main, schema: "public", name: "customer", key: ["customer_id"]) @rows(shared: true) @open {
    customerId: ID!
  }
  ${typeOf('Purchase', 'purchase', toCustomer)}
  ${typeOf('Line', 'line', `${priced}\n    purchase: Purchase @relation(from: ["purchase_id"], to: ["purchase_id"]) @open`)}
  ${typeOf('Flat', 'flat', `${priced}\n    ${toCustomer}`)}
`;
const policy = `
classes: { pricing: { title: Prices, aggregate: { min_group: 3, entity: Customer } } }
roles: { analyst: { rows: { account: $claims.accounts }, aggregate: [pricing] } }
`;
const analyst: TestCaller = { roles: ['analyst'], accounts: ['1'] };

interface Line {
  /** A purchase by its place, one that is not there, or none. */
  readonly purchase: number | null;
  readonly region: string | null;
  readonly price: number | null;
}
interface Purchase {
  readonly customer: number | null;
  readonly account: 1 | 2;
}

let gateway: TestGateway;
const database = () => gateway.sources.get('main')!;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: tables }, sdl, policy });
  await database().query('insert into customer select generate_series(1, 9)');
});
afterAll(() => gateway.dispose());

async function fill(purchases: readonly Purchase[], lines: readonly Line[]): Promise<void> {
  await database().query('truncate purchase, line, flat');
  await database().query(
    `insert into purchase select n, (p->>'customer')::int, (p->>'account')::int
     from jsonb_array_elements($1) with ordinality as x (p, n)`,
    [JSON.stringify(purchases)],
  );
  await database().query(
    `insert into line select n, (l->>'purchase')::int, 1, l->>'region', (l->>'price')::numeric
     from jsonb_array_elements($1) with ordinality as x (l, n)`,
    [JSON.stringify(lines)],
  );
  await database().query(`
    insert into flat select line_id, p.customer_id, l.account, region, price
    from line l left join purchase p on p.purchase_id = l.purchase_id and p.account = 1`);
}

async function ask(document: string): Promise<string> {
  const { status, text, body } = await gateway.query(analyst, document);
  expect([status, body.errors]).toEqual([200, undefined]);
  return text;
}

const asked = (root: string, where = ''): readonly string[] => [
  `{ all: ${root}${where} { groupBy(by: [REGION]) { keys { region } aggregate { count sum { price } avg { price } } } } }`,
  `{ all: ${root}${where} { aggregate { sum { price } } } }`,
];

async function answers(root: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const where of ['', '(where: { region: { eq: "n" } })', '(where: { region: { ne: "s" } })'])
    for (const document of asked(root, where)) texts.push(await ask(document));
  return texts;
}

const purchaseOf = fc.record<Purchase>({
  customer: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 9 }),
  account: fc.constantFrom(1, 1, 1, 2),
});
const lineOf = fc.record<Line>({
  purchase: fc.option(fc.integer({ min: 1, max: 14 }), { freq: 9 }),
  region: fc.option(fc.constantFrom('n', 's', 'w'), { freq: 9 }),
  price: fc.option(fc.integer({ min: -50, max: 200 }), { freq: 9 }),
});

test('what two relations tell is what one would: as much is released, and no more', async () => {
  let released = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(purchaseOf, { minLength: 6, maxLength: 12 }),
      fc.array(lineOf, { minLength: 20, maxLength: 60 }),
      async (purchases, lines) => {
        await fill(purchases, lines);
        const texts = await answers('lines');
        expect(texts).toEqual(await answers('flats'));
        released += texts.filter((text) => /"sum":\{"price":"/.test(text)).length;
      },
    ),
    { numRuns: 8 },
  );
  expect(released).toBeGreaterThan(4);
});

const onePrice = (purchase: number | null, region: string): Line => ({ purchase, region, price: 100 });
/** Customers 1 to 6, a purchase each; then three more purchases of customer 9. */
const purchases: readonly Purchase[] = [1, 2, 3, 4, 5, 6, 9, 9, 9].map((customer) => ({
  customer,
  account: 1,
}));
const ofSix = [1, 2, 3, 4, 5, 6].map((purchase) => onePrice(purchase, 'n'));

async function sumsOf(): Promise<Record<string, string | null>> {
  const { all } = (
    JSON.parse(await ask(asked('lines')[0]!)) as {
      data: {
        all: { groupBy: { keys: { region: string }; aggregate: { sum: { price: string | null } } }[] };
      };
    }
  ).data;
  return Object.fromEntries(all.groupBy.map(({ keys, aggregate }) => [keys.region, aggregate.sum.price]));
}

test('many lines and purchases of one customer are one entity', async () => {
  await fill(purchases, [...ofSix, ...[7, 8, 9, 7, 8, 9].map((purchase) => onePrice(purchase, 's'))]);
  expect(await sumsOf()).toEqual({ n: null, s: null });
  await fill(purchases, ofSix);
  expect(await sumsOf()).toEqual({ n: '600' });
});

test('two answers that differ by one record do not give it away', async () => {
  await fill(purchases, [...ofSix, onePrice(7, 's')]);
  for (const where of [
    '{ region: { ne: "s" } }',
    '{ region: { in: ["n"] } }',
    '{ not: { region: { eq: "s" } } }',
  ])
    expect(await ask(asked('lines', `(where: ${where})`)[1]!)).toContain('"sum":{"price":null}');
  // Nor does a further record of a group: the sum is no finer than what one customer has in it.
  await fill(purchases, ofSix);
  const before = await ask(asked('lines')[1]!);
  await fill(purchases, [...ofSix, { purchase: 6, region: 'n', price: 7 }]);
  const after = await ask(asked('lines')[1]!);
  expect([before, after].map((text) => /"price":"(\d+)"/.exec(text)?.[1])).toEqual(['600', '600']);
});

test('records whose purchase is not there, or out of sight, or of no customer, count as of none', async () => {
  const two = [onePrice(1, 'n'), onePrice(2, 'n')];
  for (const [purchase, how] of [
    [null, 'none'],
    [77, 'not there'],
    [7, 'out of sight'],
    [8, 'of no customer'],
  ] as const) {
    const known = purchases.map((each, i): Purchase =>
      i === 6 ? { customer: 3, account: 2 } : i === 7 ? { customer: null, account: 1 } : each,
    );
    await fill(known, [...two, onePrice(purchase, 'n'), onePrice(purchase, 'n')]);
    expect([how, await sumsOf()]).toEqual([how, { n: null }]);
    // With a third customer there are enough of them, and what is of none is given with the rest.
    await fill(known, [...two, onePrice(3, 'n'), onePrice(purchase, 'n')]);
    expect([how, await sumsOf()]).toEqual([how, { n: '400' }]);
  }
});

test('what is out of sight on the way changes no answer', async () => {
  const hidden = purchases.map((each, i): Purchase => (i > 3 ? { ...each, account: 2 } : each));
  const lines = [...ofSix, ...[7, 8, 9].map((purchase) => onePrice(purchase, 's'))];
  await fill(hidden, lines);
  const before = await answers('lines');
  await database().query('update purchase set customer_id = 1 + purchase_id % 3 where account = 2');
  expect(await answers('lines')).toEqual(before);
  await database().query('delete from purchase where account = 2; analyze');
  expect(await answers('lines')).toEqual(before);
});
