import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';

/**
 * Rows 12, 27, 86, 88 and 90 of the attack catalogue, for aggregates: none tells of a field that the caller does not see, none
 * raises on a stored value, guarded ones give no entity away, and none depends on the order of the rows.
 */
const table = `
  create table deal (id int primary key, account int not null, region text, stage text, small smallint, whole int, big bigint,
    amount numeric, ratio real, share double precision, code char(4), day date, at timestamptz);
`;
const secret = (name: string, type: string) => `${name}: ${type} @tradeSecret(class: pricing)`;
const sdl = `
  type Deal @table(source: main, schema: "public", name: "deal", key: ["id"]) @rows(by: account, column: "account") {
    id: ID! @open
    region: String @open(dimension: true)
    stage: String @open
    ${secret('small', 'Int')}
    ${secret('whole', 'Int')}
    ${secret('big', 'BigInt')}
    ${secret('amount', 'Decimal')}
    ${secret('ratio', 'Float')}
    ${secret('share', 'Float')}
    ${secret('code', 'String')}
    ${secret('day', 'Date')}
    ${secret('at', 'DateTime')}
  }
`;
const policy = `
classes: { pricing: { title: Prices, aggregate: { min_group: 3, entity: Deal } } }
roles:
  seller: { rows: { account: $claims.accounts }, clear: [pricing] }
  analyst: { rows: { account: $claims.accounts }, aggregate: [pricing] }
  clerk: { rows: { account: $claims.accounts }, mask: [pricing] }
  partner: { rows: { account: $claims.accounts } }
`;
const as = (role: string): TestCaller => ({ roles: [role], accounts: ['1'] });

let gateway: TestGateway;
const database = () => gateway.sources.get('main')!;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
});
beforeEach(() => database().query('truncate deal'));
afterAll(() => gateway.dispose());

const numbers = 'small whole big amount ratio share';
const values = `${numbers} code day at`;
const everything = `count countDistinct { ${values} } sum { ${numbers} } avg { ${numbers} } min { ${values} } max { ${values} }`;
const clear = `{ deals { aggregate { ${everything} } groupBy(by: [REGION, AMOUNT, SHARE, CODE]) { keys { region amount share code } aggregate { ${everything} } } } }`;
const guarded = `{ deals { groupBy(by: [REGION]) { keys { region } aggregate { count sum { ${numbers} } avg { ${numbers} } } } } }`;

async function ask(role: string, document: string): Promise<{ deals: Record<string, never> }> {
  const { status, body } = await gateway.query(as(role), document);
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data as { deals: Record<string, never> };
}

/** Rows of one region, each with these values in the column. */
async function insert(column: string, written: readonly string[], account = 1, region = 'r'): Promise<void> {
  for (const value of written)
    await database().query(
      `insert into deal (id, account, region, ${column}) select coalesce(max(id), 0) + 1, $1, $2, $3 from deal`,
      [account, region, value],
    );
}

describe('whatever is stored, no aggregate raises', () => {
  const huge = Array.from({ length: 12 }, () => '9e131071');
  const hostile: readonly (readonly [string, string, readonly string[], unknown])[] = [
    ['numerics whose sum overflows', 'amount', huge, { sum: null, avg: null }],
    ['numerics of either sign', 'amount', [...huge, ...huge.map((each) => `-${each}`)], { sum: null }],
    ['numerics of every decimal', 'amount', ['1e-16383', '1e-16383'], { avg: '0' }],
    ['a numeric that is none', 'amount', ['NaN', '1', 'Infinity'], { sum: 'NaN', avg: 'NaN' }],
    ['an infinite numeric', 'amount', ['Infinity', '1'], { sum: 'Infinity', avg: 'Infinity' }],
    ['infinities of either sign', 'amount', ['Infinity', '-Infinity'], { sum: 'NaN' }],
    [
      'the largest bigints',
      'big',
      Array.from({ length: 3 }, () => '9223372036854775807'),
      { sum: '27670116110564327421', avg: '9223372036854775807' },
    ],
    ['the largest integers', 'whole', ['2147483647', '2147483647'], { sum: '4294967294' }],
    ['the largest smallints', 'small', ['32767', '32767'], { sum: '65534' }],
    ['the largest doubles', 'share', ['1.7e308', '1.7e308'], { sum: `34${'0'.repeat(307)}` }],
    ['the smallest doubles', 'share', ['5e-324', '-5e-324'], { sum: `0.${'0'.repeat(324)}`, avg: '0' }],
    ['doubles that are none', 'share', ['NaN', '1'], { sum: 'NaN' }],
    ['reals that are infinite', 'ratio', ['Infinity', '-Infinity', '3.4e38'], { sum: 'NaN' }],
    [
      'dates at the ends of time',
      'day',
      ['infinity', '4713-01-01 BC'],
      { min: '4713-01-01 BC', max: 'infinity' },
    ],
    ['moments at the ends of time', 'at', ['-infinity', '294276-12-31T00:00:00Z'], { min: '-infinity' }],
  ];

  attack.each([27, 86], hostile)('%s', async (_name, column, written, wanted) => {
    await insert(column, written);
    const { deals } = await ask('seller', clear);
    const aggregate = deals['aggregate'] as unknown as Record<string, Record<string, unknown>>;
    for (const [compute, value] of Object.entries(wanted as object))
      expect([compute, aggregate[compute]![column]]).toEqual([compute, value]);
    await ask('analyst', guarded);
  });

  attack.each([27, 86], hostile)('%s, out of sight, changes no answer', async (_name, column, written) => {
    await database().query(
      `insert into deal (id, account, region, amount, share, code) select i, 1, 'r', i * 10, i, 'c' from generate_series(1, 8) i`,
    );
    const before = [await ask('seller', clear), await ask('analyst', guarded)];
    await insert(column, written, 2);
    expect([await ask('seller', clear), await ask('analyst', guarded)]).toEqual(before);
  });
});

attack([90], 'no answer depends on the order of the rows, nor on how equal values are written', async () => {
  const rows = [
    `('b', '1.0', 0.1, 1e16, 'x')`,
    `('b', '1.00', 0.2, 1, 'x ')`,
    `('b', '1', 0.3, -1e16, 'x  ')`,
    `('b', '2.50', 1e20, '-0', null)`,
    `('b', '2.5', -1e20, '0', null)`,
  ];
  const answers = new Set<string>();
  for (const order of [rows, rows.toReversed(), [...rows.slice(2), ...rows.slice(0, 2)]]) {
    await database().query('truncate deal');
    for (const [i, row] of order.entries())
      await database().query(
        `insert into deal (id, account, region, amount, ratio, share, code) values (${i}, 1, ${row.slice(1)}`,
      );
    answers.add(JSON.stringify([await ask('seller', clear), await ask('analyst', guarded)]));
  }
  expect(answers.size).toBe(1);
  expect([...answers][0]).toContain(
    '"sum":{"small":null,"whole":null,"big":null,"amount":"8.00","ratio":"0.6","share":"1"}',
  );
});

describe('an aggregate tells nothing of a field that is not seen', () => {
  const tries = [
    '{ deals { aggregate { min { amount } } } }',
    '{ deals { aggregate { max { amount } } } }',
    '{ deals { aggregate { countDistinct { amount } } } }',
    '{ deals { groupBy(by: [AMOUNT]) { aggregate { count } } } }',
    '{ deals { groupBy(by: [REGION]) { keys { amount } } } }',
    '{ deals(where: { amount: { gt: "1" } }) { aggregate { count } } }',
    'query($by: [DealAggregateBy!]!) { deals { groupBy(by: $by) { aggregate { count } } } }',
  ];
  const sums = ['{ deals { aggregate { sum { amount } } } }', '{ deals { aggregate { avg { amount } } } }'];
  const variables = { by: ['AMOUNT'] };

  attack([12], 'hidden answers exactly as absent, and the ledger knows', async () => {
    const lacking = await startTestGateway({
      sources: { main: table },
      sdl: sdl.replaceAll(/^.*class: pricing.*$/gm, ''),
      policy,
    }).catch((error: unknown) => error as Error);
    // The class is not used there; the policy then says nothing of it either.
    if (lacking instanceof Error) throw lacking;
    try {
      for (const document of [...tries, ...sums]) {
        const hidden = await gateway.query(as('partner'), document, variables);
        const absent = await lacking.query(as('partner'), document, variables);
        expect(hidden.status).toBe(400);
        expect(hidden.text).toBe(absent.text);
      }
    } finally {
      await lacking.dispose();
    }
    await gateway.query(as('partner'), tries[3]!);
    expect((await gateway.entries()).at(-1)!.entry.reason).toBe('hidden: DealAggregateBy.AMOUNT');
    await gateway.query(as('partner'), sums[0]!);
    expect((await gateway.entries()).at(-1)!.entry.reason).toContain('DealAggregateNumbers.amount');
  });

  test('what is masked is not computed over, and what is guarded in no other way', async () => {
    for (const document of [...tries, ...sums])
      expect([document, (await gateway.query(as('clerk'), document, variables)).status]).toEqual([
        document,
        400,
      ]);
    for (const document of tries)
      expect([document, (await gateway.query(as('analyst'), document, variables)).status]).toEqual([
        document,
        400,
      ]);
  });
});

describe('guarded aggregates give no entity away', () => {
  // Region D is one deal; C is the smallest of the others.
  const sizes = { A: 6, B: 5, C: 4, D: 1 };
  beforeEach(async () => {
    for (const [region, size] of Object.entries(sizes))
      await insert(
        'amount',
        Array.from({ length: size }, (_, i) => String(100 + 7 * i)),
        1,
        region,
      );
  });
  const sumsOf = async () => {
    const { deals } = await ask(
      'analyst',
      '{ deals { groupBy(by: [REGION]) { keys { region } aggregate { sum { amount } avg { amount } } } } }',
    );
    const groups = deals['groupBy'] as unknown as {
      keys: { region: string };
      aggregate: { sum: { amount: string | null } };
    }[];
    return Object.fromEntries(groups.map(({ keys, aggregate }) => [keys.region, aggregate.sum.amount]));
  };

  attack(
    [88],
    'a group of one is hidden, and the smallest of the others with it, or the total would tell it',
    async () => {
      expect(await sumsOf()).toEqual({ A: '800', B: '600', C: null, D: null });
      // 1760 in all; the difference to the total is the five deals of C and D.
      const { deals } = await ask('analyst', '{ deals { aggregate { sum { amount } } } }');
      expect(deals).toEqual({ aggregate: { sum: { amount: '1800' } } });
    },
  );

  attack([88], 'databases that differ in one record of a hidden group give the same answer', async () => {
    const before = await gateway.query(as('analyst'), guarded);
    await database().query("update deal set amount = 140 where region = 'D'");
    await database().query("update deal set amount = amount + 3 where region = 'C'");
    expect((await gateway.query(as('analyst'), guarded)).text).toBe(before.text);
    const sums = await sumsOf();
    await database().query(
      "delete from deal where region = 'D'; insert into deal (id, account, region, amount) values (90, 1, 'E', 90), (91, 1, 'E', 95)",
    );
    expect(await sumsOf()).toMatchObject({ A: sums['A'], B: sums['B'], C: null });
  });

  attack([88], 'a filter that leaves one record out is answered with nothing', async () => {
    for (const where of [
      '{ region: { ne: "D" } }',
      '{ not: { region: { in: ["D"] } } }',
      '{ or: [{ region: { lt: "D" } }, { region: { isNull: true } }] }',
    ]) {
      const { deals } = await ask('analyst', `{ deals(where: ${where}) { aggregate { sum { amount } } } }`);
      expect([where, deals]).toEqual([where, { aggregate: { sum: { amount: null } } }]);
    }
    const { deals } = await ask(
      'analyst',
      '{ deals(where: { region: { in: ["A", "B"] } }) { aggregate { sum { amount } } } }',
    );
    // 1275, to the next multiple of 200: no deal is larger.
    expect(deals).toEqual({ aggregate: { sum: { amount: '1200' } } });
  });

  attack([88], 'what one entity dominates is hidden, whatever the sign', async () => {
    await database().query(
      "update deal set amount = case id when 1 then -9000 else 1 end where region = 'A'",
    );
    expect(await sumsOf()).toMatchObject({ A: null });
    await database().query(
      "update deal set amount = case id when 1 then -9000 when 2 then 9000 else 1 end where region = 'A'",
    );
    expect((await sumsOf())['A']).toBe('0');
  });

  attack([88], 'records without a value count for none', async () => {
    await database().query("update deal set amount = null where region = 'B' and id > 8");
    expect(await sumsOf()).toMatchObject({ B: null });
  });

  attack(
    [88],
    'two groupings or filters of one operation are refused, and so is any other way to choose records',
    async () => {
      const sum = 'aggregate { sum { amount } }';
      for (const document of [
        `{ deals { ${sum} groupBy(by: [REGION]) { ${sum} } } }`,
        `{ a: deals { ${sum} } b: deals(where: { region: { ne: "D" } }) { ${sum} } }`,
        `{ a: deals(where: { region: { ne: "A" } }) { ${sum} } b: deals(where: { region: { ne: "D" } }) { ${sum} } }`,
        `{ a: deals { ...f } b: deals { groupBy(by: [REGION]) { ${sum} } } } fragment f on DealConnection { ${sum} }`,
        `{ deals(where: { id: { ne: "1" } }) { ${sum} } }`,
        `{ deals(where: { and: [{ region: { eq: "A" } }, { not: { stage: { isNull: false } } }] }) { ${sum} } }`,
        `{ deals { groupBy(by: [STAGE]) { ${sum} } } }`,
        `{ deals { groupBy(by: [REGION, ID]) { ${sum} } } }`,
      ]) {
        const { status, body } = await gateway.query(as('analyst'), document);
        expect([document, status, body]).toEqual([
          document,
          403,
          { errors: [{ message: expect.any(String), extensions: { code: 'AGGREGATE_GUARDED' } }] },
        ]);
      }
    },
  );

  attack([79, 88], 'the ledger has what was computed, and no record', async () => {
    await ask('analyst', guarded);
    const { given } = (await gateway.entries()).at(-1)!;
    expect(
      given.map(({ type, count, records, cells }) => ({
        type,
        count,
        records,
        cells: cells.map(({ decision, usage, secretClass, coordinates }) => [
          decision,
          usage,
          secretClass,
          ...coordinates,
        ]),
      })),
    ).toEqual([
      {
        type: 'Deal',
        count: 0,
        records: [],
        cells: [
          [
            'AGGREGATE',
            'AGGREGATE',
            'pricing',
            'Deal.amount',
            'Deal.big',
            'Deal.ratio',
            'Deal.share',
            'Deal.small',
            'Deal.whole',
          ],
          ['CLEAR', 'AGGREGATE', null, 'DealAggregate.count'],
          ['CLEAR', 'GROUP', null, 'Deal.region'],
        ],
      },
    ]);
  });
});
