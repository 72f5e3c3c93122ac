import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/** Columns with the scalar that gives them out and what is stored; no two values are equal. */
const columns: readonly (readonly [kind: string, scalar: string, values: readonly string[]])[] = [
  ['bigint', 'BigInt', ['-9223372036854775808', '0', '9223372036854775807']],
  ['oid', 'BigInt', ['0', '4294967295', '7']],
  ['numeric', 'Decimal', ['NaN', '-Infinity', '1e60']],
  ['name', 'String', ['', '"\\', 'x'.repeat(63)]],
  ['date', 'Date', ['infinity', '4714-11-24 BC', '12026-02-28']],
  ['timestamp', 'LocalDateTime', ['-infinity', '0044-03-15 12:00 BC', '294276-12-31 23:59:59.999999']],
  ['timestamptz', 'DateTime', ['infinity', '0044-03-15 12:00+01 BC', '294276-12-31 23:59:59.999999Z']],
  ['time', 'Time', ['00:00', '24:00', '23:59:59.999999']],
  ['timetz', 'OffsetTime', ['00:00+15:59:59', '24:00-15:59:59', '12:00Z']],
  ['interval', 'Interval', ['1 mon -1 day', '-infinity', '2562047788:00:54.775807']],
  ['inet', 'Inet', ['10.1.2.3/8', '::1', '1.2.3.4']],
  ['cidr', 'String', ['10.0.0.0/8', '::/0', '1.2.3.4']],
  ['macaddr', 'MacAddress', ['08:00:2b:01:02:03', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']],
  ['macaddr8', 'MacAddress', ['08:00:2b:01:02:03:04:05', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff']],
  ['bit(3)', 'BitString', ['000', '101', '111']],
  ['varbit', 'BitString', ['', '101', '1010']],
  ['pg_lsn', 'String', ['0/0', '1/A', 'FFFFFFFF/FFFFFFFF']],
  ['small_text', 'String', ['a', 'b', 'c']],
  ['mood', 'Mood', ['in love', '1st', 'ÜBER']],
];
const name = (i: number) => `c${i}`;

const table = `
  create domain small_text as varchar(3) not null check (value <> '');
  create type mood as enum ('in love', '1st', 'ÜBER');
  create table thing (id int primary key, ${columns.map(([kind], i) => `${name(i)} ${kind}`).join(', ')},
    doubled int generated always as (id * 2) stored, number int generated always as identity);
`;
const sdl = `
  enum Mood { IN_LOVE _1ST OVER @label(is: "ÜBER") }
  type Thing @table(source: main, schema: "public", name: "thing", key: ["id"]) @open {
    id: ID!
    ${columns.map(([, scalar], i) => `${name(i)}: ${scalar} @column(name: "${name(i)}")`).join('\n')}
    doubled: Int
    number: Int!
  }
`;

let gateway: TestGateway;
const reader: TestCaller = { roles: ['reader'] };
beforeAll(async () => {
  gateway = await startTestGateway({
    sources: { main: table },
    sdl,
    policy: '{ classes: {}, roles: { reader: { rows: all } } }',
  });
  for (const row of [0, 1, 2]) {
    const values = columns.map(([, , stored]) => stored[row]);
    await gateway.sources
      .get('main')!
      .query(
        `insert into thing (id, ${columns.map((_, i) => name(i)).join(', ')}) values (${row}, ${values.map((_, i) => `$${i + 1}`).join(', ')})`,
        values,
      );
  }
});
afterAll(() => gateway.dispose());

async function nodes(args: string, selection: string, variables: Record<string, unknown> = {}) {
  const head = Object.keys(variables).length === 0 ? '' : 'query ($where: ThingWhere)';
  const { body } = await gateway.query(
    reader,
    `${head} { things${args} { nodes { ${selection} } } }`,
    variables,
  );
  expect(body.errors).toBeUndefined();
  return (body.data as { things: { nodes: Record<string, unknown>[] } }).things.nodes;
}

test.each(columns.map(([kind, scalar], i) => [kind, scalar, i] as const))(
  'a %s that was given out as %s finds its record, and orders it',
  async (_kind, _scalar, i) => {
    for (const node of await nodes('', `id ${name(i)}`)) {
      const value = node[name(i)];
      expect(
        await nodes('(where: $where)', `id ${name(i)}`, { where: { [name(i)]: { eq: value } } }),
      ).toEqual([node]);
      const listed = await nodes('(where: $where)', 'id', {
        where: { [name(i)]: { in: [value], lte: value } },
      });
      expect(listed).toEqual([{ id: node['id'] }]);
    }
    const { rows } = await gateway.sources
      .get('main')!
      .query<{ id: number }>(`select id from thing order by ${name(i)} desc, id`);
    const ordered = await nodes(`(orderBy: [{ ${name(i)}: DESC }])`, 'id');
    expect(ordered.map(({ id }) => Number(id))).toEqual(rows.map(({ id }) => id));
  },
);

test('generated and identity columns are columns like any other', async () => {
  expect(await nodes('(where: { doubled: { gte: 2 }, number: { lt: 3 } })', 'doubled number')).toEqual([
    { doubled: 2, number: 2 },
  ]);
});
