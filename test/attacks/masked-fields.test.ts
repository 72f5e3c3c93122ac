import fc from 'fast-check';
import {
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { attack } from './attack.js';

/**
 * Rows 6 and 14 of the attack catalogue: a masked field is not searched; and where its class says `masked_use`, what is
 * compared is what the caller reads. A filter or order never depends on more of the value than the mask shows.
 */
const table = `
  create table client (
    id int primary key, account int not null, rep text, name text not null, phone text, credit numeric(12, 2),
    visits int not null, since timestamptz not null, note text, terms text
  );
  insert into client select i, 1 + i % 2, (array['rita', 'sam', null])[1 + i % 3], 'Client ' || (i % 9), '+43 1 5885' || (100 + i % 13),
    case when i % 5 > 0 then 170.25 * (i * 7 % 23) end, i * 37 % 400, '2020-01-15T10:00:00Z'::timestamptz + i * interval '17 days',
    'note ' || i, 'terms ' || (i % 4)
  from generate_series(1, 30) i;
`;
const sdl = `
  type Client @table(source: main, schema: "public", name: "client", key: ["id"])
      @rows(by: account, column: "account") @rows(by: rep, column: "rep") {
    id: ID! @open
    name: String! @tradeSecret(class: searchable, mask: { pseudonym: true })
    phone: String @tradeSecret(class: searchable, mask: { partial: { keepEnd: 2 } })
    credit: Decimal @tradeSecret(class: searchable, mask: { bucket: "1000" })
    visits: Int! @tradeSecret(class: searchable, mask: { topCode: "300" })
    since: DateTime! @tradeSecret(class: searchable, mask: { dateTrunc: YEAR })
    noisy: Decimal @column(name: "credit") @tradeSecret(class: searchable, mask: { noise: "10" })
    note: String @tradeSecret(class: plain, mask: { redact: true })
    terms: String @tradeSecret(class: guarded, mask: { token: { prefix: "t_" } })
  }
`;
const policy = `
classes:
  searchable: { title: May be searched as it looks, masked_use: true }
  plain: { title: May not be searched }
  guarded: { title: Under a condition, masked_use: true, conditions: { purpose: true } }
roles:
  masked: { rows: all, mask: [searchable, plain, guarded] }
  own: { rows: all, clear: [{ searchable: { rep: $subject } }, { guarded: { rep: $subject } }], mask: [searchable, plain, guarded] }
  partner: { rows: { account: $claims.accounts }, mask: [searchable] }
  denied: { rows: all, deny: [searchable] }
purposes: { renewal: { roles: [own], classes: [guarded] } }
`;

const masked: TestCaller = { roles: ['masked'], organisation: 'house' };
const rita: TestCaller = { roles: ['own'], subject: 'rita', organisation: 'house' };
const partner: TestCaller = { roles: ['partner'], organisation: 'elsewhere', accounts: ['2'] };
const renewing: TestCaller = { ...rita, headers: { 'Cordon-Purpose': 'renewal' } };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
});
afterAll(() => gateway.dispose());

type Row = Readonly<Record<'id' | 'name' | 'phone' | 'credit' | 'since', string | null>> & {
  readonly visits: number;
};
const fields = 'id name phone credit visits since';

function rowsOf({ body }: TestResponse): readonly Row[] {
  expect(body.errors).toBeUndefined();
  return (body.data as { clients: { nodes: readonly Row[] } }).clients.nodes;
}

async function found(caller: TestCaller, where: unknown, orderBy: unknown = []): Promise<readonly Row[]> {
  const document = `query ($where: ClientWhere, $orderBy: [ClientOrderBy!]) {
    clients(first: 100, where: $where, orderBy: $orderBy) { nodes { ${fields} } }
  }`;
  return rowsOf(await gateway.query(caller, document, { where, orderBy }));
}

const ids = (rows: readonly Row[]): (string | null)[] => rows.map(({ id }) => id);

/** As PostgreSQL orders them: numbers by size, moments as they are written in UTC; null last. */
function compare(a: Row, b: Row, field: 'credit' | 'visits' | 'since'): number {
  const [left, right] = [a[field], b[field]];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (field === 'since') return left < right ? -1 : left > right ? 1 : 0;
  return Number(left) - Number(right);
}

describe('a masked field whose class does not say `masked_use`', () => {
  attack.each(
    [6],
    [
      'where: { note: { eq: "note 1" } }',
      'orderBy: [{ note: ASC }]',
      'where: { not: { note: { isNull: true } } }',
    ],
  )('is not searched: %s is answered as to a caller from whom the field is hidden', async (argument) => {
    const document = `{ clients(${argument}) { nodes { id } } }`;
    const [whereMasked, whereHidden] = [
      await gateway.query(masked, document),
      await gateway.query(partner, document),
    ];
    expect(whereMasked.status).toBe(400);
    expect(whereMasked.text).toBe(whereHidden.text);
  });

  it.each([
    [masked, 'noisy'],
    [{ roles: ['denied'] }, 'credit'],
  ] as const)(
    'nor is one whose mask nobody could compare, nor one that is denied (%#)',
    async (caller, name) => {
      const { body } = await gateway.query(
        caller,
        `{ clients(where: { ${name}: { gt: "1" } }) { nodes { id } } }`,
      );
      expect(body.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    },
  );
});

describe('a masked field whose class says `masked_use`', () => {
  attack([6, 14], 'finds nothing by the value, and the rows that look like it by the mask', async () => {
    const all = await found(masked, null);
    expect(await found(masked, { name: { in: Array.from({ length: 9 }, (_, i) => `Client ${i}`) } })).toEqual(
      [],
    );
    expect(await found(masked, { name: { startsWith: 'Client' } })).toEqual([]);
    expect(await found(masked, { phone: { contains: '58851' } })).toEqual([]);
    expect(await found(masked, { credit: { in: ['170.25', '340.50', '3745.50'] } })).toEqual([]);
    const { name, phone } = all[3]!;
    expect(ids(await found(masked, { name: { eq: name } }))).toEqual(
      ids(all.filter((row) => row.name === name)),
    );
    expect(ids(await found(masked, { phone: { endsWith: phone!.slice(-2) } }))).toEqual(
      ids(all.filter((row) => row.phone === phone)),
    );
  });

  attack.each(
    [14],
    [
      ['masked everywhere', masked],
      ['clear on some rows', rita],
      ['masked on the rows of an account', partner],
    ],
  )('is filtered as the caller reads it, %s', async (_name, caller) => {
    const all = await found(caller, null);
    const operand = fc.constantFrom('lt', 'lte', 'gt', 'gte', 'eq', 'ne');
    const holds = (difference: number, how: string): boolean =>
      ({
        lt: difference < 0,
        lte: difference <= 0,
        gt: difference > 0,
        gte: difference >= 0,
        eq: difference === 0,
        ne: difference !== 0,
      })[how]!;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('credit' as const, 'visits' as const, 'since' as const),
        operand,
        fc.constantFrom(...all),
        async (field, how, row) => {
          fc.pre(row[field] !== null);
          const expected = all.filter((each) => {
            if (each[field] === null) return how === 'ne';
            return holds(compare(each, row, field), how);
          });
          expect(ids(await found(caller, { [field]: { [how]: row[field] } }))).toEqual(ids(expected));
        },
      ),
      { numRuns: 25 },
    );
    const names = all.slice(0, 3).map((row) => row.name);
    expect(ids(await found(caller, { name: { notIn: names } }))).toEqual(
      ids(all.filter((row) => !names.includes(row.name))),
    );
    expect(ids(await found(caller, { credit: { isNull: true } }))).toEqual(
      ids(all.filter((row) => row.credit === null)),
    );
    expect(await found(caller, { phone: { isNull: true } })).toEqual(all.filter((row) => row.phone === null));
  });

  attack.each(
    [14],
    [
      ['masked everywhere', masked],
      ['clear on some rows', rita],
      ['masked on the rows of an account', partner],
    ],
  )('is sorted as the caller reads it, %s, ties by the key', async (_name, caller) => {
    const all = await found(caller, null);
    for (const field of ['credit', 'visits', 'since'] as const) {
      const sorted = all.toSorted((a, b) => compare(a, b, field) || Number(a.id) - Number(b.id));
      expect(ids(await found(caller, null, [{ [field]: 'ASC' }]))).toEqual(ids(sorted));
    }
  });

  attack([11, 14], 'is paged through by cursors that hold what is read', async () => {
    for (const caller of [masked, rita]) {
      const orderBy = '[{ credit: DESC }, { name: DESC }]';
      const whole = await gateway.query(
        caller,
        `{ clients(first: 100, orderBy: ${orderBy}) { nodes { id } } }`,
      );
      const paged: (string | null)[] = [];
      let after: string | null = null;
      do {
        const { body }: TestResponse = await gateway.query(
          caller,
          `query ($after: String) { clients(first: 7, after: $after, orderBy: ${orderBy}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
          { after },
        );
        expect(body.errors).toBeUndefined();
        const { nodes, pageInfo } = (
          body.data as { clients: { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string } } }
        ).clients;
        paged.push(...ids(nodes));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(paged).toEqual(ids(rowsOf(whole)));
    }
  });

  attack([14], 'is refused, and not quietly taken for its mask, where a condition is not met', async () => {
    for (const argument of ['where: { terms: { ne: "x" } }', 'orderBy: [{ terms: ASC }]']) {
      const document = `{ clients(first: 100, ${argument}) { nodes { ${fields} terms } } }`;
      expect(
        (await gateway.query(rita, document)).body.errors?.map(({ extensions }) => extensions.code),
      ).toEqual(['PURPOSE_REQUIRED']);
      expect((await gateway.query(renewing, document)).body.errors).toBeUndefined();
    }
    const { body } = await gateway.query(
      renewing,
      '{ clients(first: 100, where: { terms: { eq: "terms 1" } }) { nodes { id } } }',
    );
    const own = (await gateway.sources
      .get('main')!
      .query(`select id::text from client where rep = 'rita' and terms = 'terms 1' order by client.id`)) as {
      rows: unknown[];
    };
    expect((body.data as { clients: { nodes: unknown[] } }).clients.nodes).toEqual(own.rows);
  });

  it('is on the ledger as masked, and as clear too where it is on some rows', async () => {
    await gateway.query(
      masked,
      '{ clients(where: { credit: { gt: "0" } }, orderBy: [{ name: ASC }]) { nodes { id } } }',
    );
    await gateway.query(rita, '{ clients(where: { credit: { gt: "0" } }) { nodes { id } } }');
    const used = (await gateway.entries())
      .slice(-2)
      .map(({ given }) =>
        given
          .flatMap(({ cells }) =>
            cells
              .filter(({ usage }) => usage === 'FILTER' || usage === 'SORT')
              .map(({ decision, usage, mask, coordinates }) =>
                [decision, usage, mask, ...coordinates].join(' '),
              ),
          )
          .sort(),
      );
    expect(used).toEqual([
      ['MASKED FILTER bucket Client.credit', 'MASKED SORT pseudonym Client.name'],
      ['CLEAR FILTER  Client.credit', 'MASKED FILTER bucket Client.credit'],
    ]);
  });
});

/** What an attacker would ask, over every masked field, to learn more of it than the mask shows. */
const probes: readonly string[] = [
  ...['name', 'phone', 'credit', 'visits', 'since'].flatMap((name) =>
    ['ASC', 'DESC'].map(
      (direction) =>
        `{ clients(first: 9, orderBy: [{ ${name}: ${direction} }]) { totalCount edges { cursor node { ${fields} } } pageInfo { endCursor hasNextPage } } }`,
    ),
  ),
  ...[
    '{ credit: { gte: "5000.5" } }',
    '{ credit: { between: ["4999.99", "5000.01"] } }',
    '{ visits: { gt: 300 } }',
    '{ visits: { gte: 300 } }',
    '{ phone: { like: "%8851%" } }',
    '{ name: { lt: "Client 5" } }',
    '{ since: { gt: "2020-06-01T00:00:00Z" } }',
    '{ not: { or: [{ credit: { lt: "2500" } }, { phone: { ilike: "+43%" } }] } }',
  ].map((where) => `{ clients(first: 100, where: ${where}) { totalCount nodes { id } } }`),
];

attack(
  [14],
  'twins that differ in values that look alike are answered alike, whatever is asked',
  async () => {
    const database = gateway.sources.get('main')!;
    const answers = async (): Promise<string[]> => {
      const texts: string[] = [];
      for (const document of probes) {
        const { status, text } = await gateway.query(masked, document);
        expect(status).toBe(200);
        texts.push(text);
      }
      return texts;
    };
    const before = await answers();
    await database.query(`
    update client set credit = case when credit is not null then floor(credit / 1000) * 1000 + (id * 13 % 1000) + 0.5 end,
      visits = case when visits >= 300 then 300 + id * 1000 else visits end,
      since = date_trunc('year', since, 'UTC') + id * interval '3 hours',
      phone = '+1 999 ' || id || right(phone, 2);
    analyze client`);
    expect(await answers()).toEqual(before);
  },
);
