import fc from 'fast-check';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/**
 * Rows 12 and 14 of the attack catalogue, for groups: where a class says `masked_use`, records are grouped by what the
 * caller reads, never by more of it; and computed over by nothing.
 */
const table = `
  create table client (
    id int primary key, account int not null, rep text, name text, credit numeric(12, 2), visits int not null,
    ratio double precision, since date, note text, terms text
  );
`;
const sdl = `
  type Client @table(source: main, schema: "public", name: "client", key: ["id"])
      @rows(by: account, column: "account") @rows(by: rep, column: "rep") {
    id: ID! @open
    name: String @tradeSecret(class: grouped, mask: { pseudonym: true }, nulls: KEEP)
    credit: Decimal @tradeSecret(class: grouped, mask: { bucket: "1000" })
    visits: Int! @tradeSecret(class: grouped, mask: { topCode: "300" })
    ratio: Float @tradeSecret(class: grouped, mask: { round: 1 })
    since: Date @tradeSecret(class: grouped, mask: { dateTrunc: YEAR })
    noisy: Decimal @column(name: "credit") @tradeSecret(class: grouped, mask: { noise: "10" })
    note: String @tradeSecret(class: plain, mask: { redact: true })
    terms: String @tradeSecret(class: conditioned, mask: { token: { prefix: "t_" } })
  }
`;
const policy = `
classes:
  grouped: { title: May be grouped by as it looks, masked_use: true, aggregate: { min_group: 2, entity: Client } }
  plain: { title: May not be used }
  conditioned: { title: Under a condition, masked_use: true, conditions: { purpose: true } }
roles:
  masked: { rows: all, mask: [grouped, plain, conditioned] }
  own: { rows: all, clear: [{ grouped: { rep: $subject } }, { conditioned: { rep: $subject } }], mask: [grouped, plain, conditioned] }
  partly: { rows: { account: $claims.accounts }, clear: [{ grouped: { rep: $subject } }], deny: [grouped] }
  partner: { rows: { account: $claims.accounts }, mask: [grouped] }
  denied: { rows: all, deny: [grouped] }
  analyst: { rows: all, aggregate: [grouped] }
purposes: { renewal: { roles: [own], classes: [conditioned] } }
`;

const masked: TestCaller = { roles: ['masked'], organisation: 'house' };
const rita: TestCaller = { roles: ['own'], subject: 'rita', organisation: 'house' };
const partner: TestCaller = { roles: ['partner'], organisation: 'elsewhere', accounts: ['2'] };
const several: TestCaller = { roles: ['partner', 'partly'], subject: 'rita', accounts: ['1'] };

let gateway: TestGateway;
const database = () => gateway.sources.get('main')!;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
});
afterAll(() => gateway.dispose());

const fill = (seed: number): Promise<unknown> =>
  database().query(`
    truncate client;
    select setseed(${seed / 1000});
    insert into client select i, 1 + i % 2, (array['rita', 'sam', null])[1 + i % 3],
      case when random() < 0.9 then 'Client ' || floor(random() * 6) end,
      case when random() < 0.8 then round((random() * 9000 - 2000)::numeric, 2) end, floor(random() * 400),
      case when random() < 0.9 then random() * 1000 - 300 end,
      case when random() < 0.9 then date '2018-01-01' + floor(random() * 1500)::int end, 'note ' || i, 'terms ' || i % 4
    from generate_series(1, 40) i`);

const fields = ['name', 'credit', 'visits', 'ratio', 'since'] as const;
type Field = (typeof fields)[number];
type Row = Readonly<Record<Field | 'id', unknown>>;
interface Group {
  readonly keys: Readonly<Partial<Record<Field, unknown>>>;
  readonly aggregate: { readonly count: number; readonly max: { readonly id: string } };
}

async function rowsFor(caller: TestCaller): Promise<readonly Row[]> {
  const { body } = await gateway.query(
    caller,
    `{ clients(first: 100) { nodes { id ${fields.join(' ')} } } }`,
  );
  expect(body.errors).toBeUndefined();
  return (body.data as { clients: { nodes: readonly Row[] } }).clients.nodes;
}

const groupsDocument = (by: readonly string[]): string =>
  `{ clients { groupBy(by: [${by.join(', ').toUpperCase()}], first: 100) { keys { ${by.join(' ')} } aggregate { count max { id } } } } }`;

async function groupsFor(caller: TestCaller, by: readonly Field[]): Promise<readonly Group[]> {
  const { body } = await gateway.query(caller, groupsDocument(by));
  expect(body.errors).toBeUndefined();
  return (body.data as { clients: { groupBy: readonly Group[] } }).clients.groupBy;
}

/** As keys are told apart: a decimal without zeros at its end. */
const keyOf = (row: Readonly<Partial<Record<Field, unknown>>>, by: readonly Field[]): string =>
  JSON.stringify(
    by.map((field) => (field === 'credit' && row.credit != null ? Number(row.credit) : (row[field] ?? null))),
  );

test.each([
  ['masked everywhere', masked],
  ['clear on some rows', rita],
  ['masked on the rows of an account', partner],
  ['masked by one role, clear on some rows or denied by another', several],
] as const)('groups are of what is read and nothing else: %s', async (_name, caller) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 999 }),
      fc.uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 3 }),
      async (seed, by) => {
        await fill(seed);
        const expected = new Map<string, { count: number; max: number }>();
        for (const row of await rowsFor(caller)) {
          const { count, max } = expected.get(keyOf(row, by)) ?? { count: 0, max: 0 };
          expected.set(keyOf(row, by), { count: count + 1, max: Math.max(max, Number(row.id)) });
        }
        const groups = await groupsFor(caller, by);
        expect(
          new Map(
            groups.map(({ keys, aggregate: { count, max } }) => [
              keyOf(keys, by),
              { count, max: Number(max.id) },
            ]),
          ),
        ).toEqual(expected);
        expect(groups).toHaveLength(expected.size);
      },
    ),
    { numRuns: 12 },
  );
});

test('twins that differ in values that look alike are grouped alike', async () => {
  await fill(7);
  const answers = async (): Promise<string[]> => {
    const texts: string[] = [];
    for (const by of [...fields.map((field) => [field]), ['credit', 'since'], ['visits', 'name']]) {
      const { status, text } = await gateway.query(masked, groupsDocument(by));
      expect(status).toBe(200);
      texts.push(text);
    }
    return texts;
  };
  const before = await answers();
  expect(new Set(before).size).toBe(before.length);
  await database().query(`
    update client set credit = floor(credit / 1000) * 1000 + (id * 13 % 1000) + 0.5,
      visits = case when visits >= 300 then 300 + id * 1000 else visits end,
      since = date_trunc('year', since)::date + id;
    analyze client`);
  expect(await answers()).toEqual(before);
  // The positive control: who is cleared for some of these rows sees the difference.
  const clear = await groupsFor(rita, ['visits']);
  expect(clear.some(({ keys }) => Number(keys.visits) > 1000)).toBe(true);
});

describe('what is grouped by is offered exactly where it is compared', () => {
  it.each([
    ['a mask that differs from record to record', masked, 'noisy'],
    ['a class that does not say so', masked, 'note'],
    ['a field that is denied', { roles: ['denied'] }, 'credit'],
    ['a field that may only be aggregated', { roles: ['analyst'] }, 'credit'],
    ['a field that is hidden', partner, 'terms'],
  ] as const)('%s', async (_name, caller, field) => {
    const { status, body } = await gateway.query(caller, groupsDocument([field]));
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });

  it.each(['countDistinct', 'sum', 'avg', 'min', 'max'])('%s acts on values: never', async (compute) => {
    for (const caller of [masked, rita, partner]) {
      const document = `{ clients { groupBy(by: [CREDIT]) { aggregate { ${compute} { credit } } } } }`;
      const { status, body } = await gateway.query(caller, document);
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    }
  });
});

test('an unmet condition refuses the operation: what is clear on some rows is not quietly grouped by its mask', async () => {
  await fill(11);
  const document = groupsDocument(['terms']);
  const unmet = await gateway.query(rita, document);
  expect([unmet.status, unmet.body.errors?.[0]?.extensions.code]).toEqual([403, 'PURPOSE_REQUIRED']);
  const met = await gateway.query({ ...rita, headers: { 'Cordon-Purpose': 'renewal' } }, document);
  expect(met.text).toContain('"terms":"terms ');
  expect(met.text).toContain('"terms":"t_');
});

test('masked keys are listed as masked, and the ledger has the mask that was grouped by', async () => {
  await fill(3);
  const { body } = await gateway.query(masked, groupsDocument(['credit', 'since']));
  expect(body.extensions!.cordon.masked).toEqual(['Client.credit', 'Client.since']);
  await gateway.query(rita, '{ clients { groupBy(by: [CREDIT]) { aggregate { count } } } }');
  const grouped = (await gateway.entries())
    .slice(-2)
    .map(({ given }) =>
      given
        .flatMap(({ cells, count }) =>
          cells
            .filter(({ usage }) => usage === 'GROUP')
            .map(({ decision, mask, coordinates }) => [count, decision, mask, ...coordinates].join(' ')),
        )
        .sort(),
    );
  expect(grouped).toEqual([
    ['0 MASKED bucket Client.credit', '0 MASKED dateTrunc Client.since'],
    ['0 CLEAR  Client.credit', '0 MASKED bucket Client.credit'],
  ]);
});
