import fc from 'fast-check';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

/**
 * What guarded aggregates promise, held against random tables: said once more over the rows themselves, whatever the
 * statement does to keep it.
 */
const minGroup = 3;
const table = `
  create table buyer (buyer_id int primary key);
  create table sale (sale_id int primary key, buyer_id int, region text, flag bool, price numeric);
`;
const sdl = `
  type Buyer @table(source: main, schema: "public", name: "buyer", key: ["buyer_id"]) @open {
    buyerId: ID!
  }
  type Sale @table(source: main, schema: "public", name: "sale", key: ["sale_id"]) {
    saleId: ID! @open
    buyerId: Int @open
    region: String @open(dimension: true)
    flag: Boolean @open(dimension: true)
    price: Decimal @tradeSecret(class: pricing)
    buyer: Buyer @relation(from: ["buyer_id"], to: ["buyer_id"]) @open
  }
`;
const policy = `
classes: { pricing: { title: Prices, aggregate: { min_group: ${minGroup}, entity: Buyer } } }
roles: { analyst: { rows: all, aggregate: [pricing] } }
`;

interface Sale {
  readonly buyer: number | null;
  readonly region: string | null;
  readonly flag: boolean | null;
  readonly price: number | null;
}

const saleOf = fc.record<Sale>({
  buyer: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 12 }),
  region: fc.option(fc.constantFrom('n', 's', 'w'), { freq: 8 }),
  flag: fc.option(fc.boolean(), { freq: 8 }),
  price: fc.option(
    fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 99 }) },
      fc.integer({ min: -2000, max: 2000 }),
    ),
    { freq: 9 },
  ),
});

const wheres: readonly (readonly [string, (sale: Sale) => boolean])[] = [
  ['', () => true],
  ['(where: { region: { eq: "n" } })', ({ region }) => region === 'n'],
  ['(where: { region: { ne: "s" } })', ({ region }) => region !== 's'],
  [
    '(where: { or: [{ flag: { eq: true } }, { not: { region: { in: ["n", "w"] } } }] })',
    ({ flag, region }) => flag === true || (region !== 'n' && region !== 'w'),
  ],
];
const groupings = [[], ['region'], ['flag'], ['region', 'flag']] as const;

/** What each entity has of the sum, and the largest of these. */
function weigh(sales: readonly Sale[]) {
  const sizes = new Map<number | null, number>();
  for (const { buyer, price } of sales) sizes.set(buyer, (sizes.get(buyer) ?? 0) + Math.abs(price!));
  const all = [...sizes.values()];
  return {
    entities: [...sizes.keys()].filter((buyer) => buyer !== null).length,
    largest: Math.max(0, ...all),
    whole: all.reduce((sum, size) => sum + size, 0),
  };
}

function isLarge(sales: readonly Sale[]): boolean {
  const { entities, largest, whole } = weigh(sales);
  return entities >= minGroup && largest <= 0.8 * whole;
}

/** The least of 1, 2, 5, 10, 20 … that is no smaller. */
function unitAbove(size: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of [1, 2, 5]) if (step * power >= size) return step * power;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
  await gateway.sources.get('main')!.query('insert into buyer select generate_series(1, 30)');
});
afterAll(() => gateway.dispose());

interface Group {
  readonly keys: Partial<Sale>;
  readonly aggregate: {
    readonly sum: { readonly price: string | null };
    readonly avg: { readonly price: string | null };
  };
}

async function ask(where: string, by: readonly string[]): Promise<readonly Group[]> {
  const aggregate = 'aggregate { sum { price } avg { price } }';
  const selection =
    by.length === 0
      ? aggregate
      : `groupBy(by: [${by.join(', ').toUpperCase()}]) { keys { ${by.join(' ')} } ${aggregate} }`;
  const { body } = await gateway.query({ roles: ['analyst'] }, `{ sales${where} { ${selection} } }`);
  expect(body.errors).toBeUndefined();
  const { sales } = body.data as { sales: { aggregate: Group['aggregate']; groupBy?: Group[] } };
  return sales.groupBy ?? [{ keys: {}, aggregate: sales.aggregate }];
}

async function fill(sales: readonly Sale[]): Promise<void> {
  const rows = sales.map(({ buyer, region, flag, price }, i) => ({
    sale_id: i,
    buyer_id: buyer,
    region,
    flag,
    price,
  }));
  await gateway.sources.get('main')!.query('truncate sale');
  await gateway.sources
    .get('main')!
    .query('insert into sale select * from json_populate_recordset(null::sale, $1)', [JSON.stringify(rows)]);
}

let releasedGroups = 0;

test('each group that is released is large enough, and so is the rest that it could be told from', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(saleOf, { minLength: 25, maxLength: 90 }),
      fc.constantFrom(...wheres),
      fc.constantFrom(...groupings),
      async (sales, [where, holds], by) => {
        await fill(sales);
        const valued = sales.filter(({ price }) => price !== null);
        const groups = await ask(where, by);
        const membersOf = ({ keys }: Group) =>
          valued.filter((sale) => holds(sale) && by.every((name) => sale[name] === keys[name]));
        const released = groups.filter(({ aggregate }) => aggregate.sum.price !== null);
        releasedGroups += released.length;
        for (const group of released) {
          const members = membersOf(group);
          expect(isLarge(members)).toBe(true);
          const given = Number(group.aggregate.sum.price);
          const unit = unitAbove(weigh(members).largest);
          expect(Math.abs(given % unit)).toBe(0);
          const exact = members.reduce((sum, { price }) => sum + price!, 0);
          expect(Math.abs(given - exact)).toBeLessThanOrEqual(unit / 2 + Math.abs(exact) * 0.005);
          const average = Number(group.aggregate.avg.price);
          expect(Math.abs(average - given / members.length)).toBeLessThanOrEqual(Math.abs(average) * 0.05);
        }
        // What is hidden is the difference between the whole and what is released.
        const hiddenGroups = groups.filter(({ aggregate }) => aggregate.sum.price === null);
        const hidden = hiddenGroups.flatMap(membersOf);
        const outside = valued.filter((sale) => !holds(sale));
        if (released.length > 0) {
          expect(hidden.length === 0 || isLarge(hidden)).toBe(true);
          expect(outside.length === 0 || isLarge(outside) || isLarge([...hidden, ...outside])).toBe(true);
        }
        // And the same of each group by fewer keys, which another operation could ask for.
        for (const name of by.length > 1 ? by : [])
          for (const value of new Set(released.map(({ keys }) => keys[name]))) {
            const rest = hidden.filter((sale) => sale[name] === value);
            expect(rest.length === 0 || weigh(rest).entities >= minGroup).toBe(true);
          }
        // Nothing is hidden without need.
        const cells = [...groups.map(membersOf), outside].filter((members) => members.length > 0);
        if (cells.every(isLarge)) expect(hidden).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
  expect(releasedGroups).toBeGreaterThan(60);
});

test('each group has its own row in the answer, released or not, with its plain count', async () => {
  await fill([1, 2, 3, 4].map((buyer) => ({ buyer, region: buyer < 4 ? 'n' : null, flag: null, price: 10 })));
  const { body } = await gateway.query(
    { roles: ['analyst'] },
    '{ sales { groupBy(by: [REGION]) { keys { region } aggregate { count sum { price } } } } }',
  );
  expect(body.data).toEqual({
    sales: {
      groupBy: [
        { keys: { region: 'n' }, aggregate: { count: 3, sum: { price: null } } },
        { keys: { region: null }, aggregate: { count: 1, sum: { price: null } } },
      ],
    },
  });
  expect(body.extensions!.cordon.withheld).toEqual([
    { path: ['sales', 'groupBy', '*', 'aggregate', 'sum', 'price'], code: 'GROUP_TOO_SMALL' },
  ]);
});
