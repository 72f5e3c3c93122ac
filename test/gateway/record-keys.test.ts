import { ProblemsError } from '../../src/base/index.js';
import { modelOf, openDatabases } from '../plan/planning.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';

/**
 * Records are told apart by keys of every kind whose equal values have one text: found by it whichever way it is written,
 * paged by it, and named by one text in the ledger.
 */

/** `[type, scalar, stored, as the caller may write it, as it is given out, as the ledger names it]`, of two records each. */
type Case = readonly [
  type: string,
  scalar: string,
  records: readonly (readonly [string, string, string, string])[],
];
const cases: readonly Case[] = [
  [
    'ext.citext',
    'ID',
    [
      ['Alpha', 'aLPHA', 'Alpha', 'alpha'],
      ['ÄB', 'äb', 'ÄB', 'äb'],
    ],
  ],
  [
    'handle',
    'String',
    [
      ['Bob', 'BOB', 'Bob', 'bob'],
      ['zoë', 'ZOË', 'zoë', 'zoë'],
    ],
  ],
  [
    'inet',
    'Inet',
    [
      ['10.1.2.3', '10.1.2.3/32', '10.1.2.3', '10.1.2.3'],
      ['::1/64', '0::1/64', '::1/64', '::1/64'],
    ],
  ],
  [
    'cidr',
    'Inet',
    [
      ['10.1.0.0/16', '10.1.0.0/16', '10.1.0.0/16', '10.1.0.0/16'],
      ['::/0', '0::/0', '::/0', '::/0'],
    ],
  ],
  [
    'macaddr',
    'MacAddress',
    [
      ['08002b010203', '08:00:2B:01:02:03', '08:00:2b:01:02:03', '08:00:2b:01:02:03'],
      ['ffffffffffff', 'FF:FF:FF:FF:FF:FF', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff'],
    ],
  ],
  [
    'macaddr8',
    'MacAddress',
    [
      ['08002b0102030405', '08:00:2B:01:02:03:04:05', '08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:05'],
      ['ffffffffffffffff', 'ff:ff:ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff'],
    ],
  ],
  [
    'bytea',
    'Base64',
    [
      ['\\x', '', '', '\\x'],
      ['\\x00ff', 'AP8=', 'AP8=', '\\x00ff'],
    ],
  ],
  [
    'name',
    'ID',
    [
      ['A', 'A', 'A', 'A'],
      ['a', 'a', 'a', 'a'],
    ],
  ],
  [
    'oid',
    'BigInt',
    [
      ['7', '07', '7', '7'],
      ['4294967295', '4294967295', '4294967295', '4294967295'],
    ],
  ],
  [
    'timetz',
    'OffsetTime',
    [
      ['12:00+01', '12:00+01:00', '12:00:00+01', '12:00:00+01'],
      ['11:00+00', '11:00:00Z', '11:00:00+00', '11:00:00+00'],
    ],
  ],
  [
    'bit(3)',
    'BitString',
    [
      ['010', '010', '010', '010'],
      ['101', '101', '101', '101'],
    ],
  ],
  [
    'varbit',
    'BitString',
    [
      ['', '', '', ''],
      ['0101', '0101', '0101', '0101'],
    ],
  ],
  [
    'pg_lsn',
    'String',
    [
      ['0/A', '0/a', '0/A', '0/A'],
      ['FF/0', 'ff/0', 'FF/0', 'FF/0'],
    ],
  ],
];
const setUp = `
  create schema ext;
  create extension citext schema ext;
  create domain handle as ext.citext check (value <> '');
`;
const tables = cases
  .map(([type, , records], i) => {
    const values = records.map(([stored]) => `('${stored}')`).join(', ');
    return `create table k${i} (key ${type} primary key); insert into k${i} values ${values};`;
  })
  .join('\n');
const sdl = cases
  .map(
    ([, scalar], i) =>
      `type K${i} @table(source: main, schema: "public", name: "k${i}", key: ["key"], plural: "all${i}") @open { key: ${scalar}! }`,
  )
  .join('\n');
const policy = '{ classes: {}, roles: { reader: { rows: all } } }';
const reader: TestCaller = { roles: ['reader'] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: setUp + tables }, sdl, policy });
});
afterAll(() => gateway.dispose());

/** The data of an answer. */
async function ask(
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { body } = await gateway.query(reader, document, variables);
  expect(body.errors).toBeUndefined();
  return body.data!;
}

test.each(cases.map(([type, scalar, records], i) => [type, scalar, records, i] as const))(
  'a key of %s',
  async (_type, scalar, records, i) => {
    const before = (await gateway.entries()).length;
    for (const [, written, given] of records) {
      const document = `query($key: ${scalar}!) { k${i}(key: $key) { key } }`;
      expect(await ask(document, { key: written })).toEqual({ [`k${i}`]: { key: given } });
      expect(await ask(document, { key: given })).toEqual({ [`k${i}`]: { key: given } });
    }
    const met: unknown[] = [];
    let cursor: string | null = null;
    do {
      const document: string = `query($after: String) { all${i}(first: 1, after: $after) { nodes { key } pageInfo { endCursor } } }`;
      const page = (await ask(document, { after: cursor }))[`all${i}`] as {
        nodes: { key: unknown }[];
        pageInfo: { endCursor: string | null };
      };
      met.push(...page.nodes.map(({ key }) => key));
      cursor = page.pageInfo.endCursor;
    } while (cursor !== null && met.length < 5);
    expect(met).toEqual(records.map(([, , given]) => given));
    const named = (await gateway.entries())
      .slice(before)
      .flatMap(({ given }) => given.flatMap((each) => each.records.map(([key]) => key)));
    // Twice as it was written, and on its page.
    const names = records.map(([, , , name]) => name);
    expect(named).toEqual([...names.flatMap((name) => [name, name]), ...names]);
  },
);

test('a record of citext has one name in the ledger, whatever becomes of its case', async () => {
  const names = async () =>
    (await gateway.entries()).at(-1)!.given.flatMap(({ records }) => records.map(([key]) => key));
  await ask('{ k0(key: "alpha") { key } }');
  const before = await names();
  await gateway.sources.get('main')!.query(`update k0 set key = 'ALPHA' where key = 'Alpha'`);
  expect(await ask('{ k0(key: "alpha") { key } }')).toEqual({ k0: { key: 'ALPHA' } });
  expect(await names()).toEqual(before);
  await gateway.sources.get('main')!.query(`update k0 set key = 'Alpha' where key::text = 'ALPHA'`);
});

test('no record is told apart by what has several texts, and the start says why', async () => {
  const unfit: readonly (readonly [type: string, scalar: string, why: string])[] = [
    ['interval', 'Interval', 'interval, whose equal values are written in several ways (1 day and 24 hours)'],
    ['jsonb', 'JSON', 'jsonb, whose equal values are written in several ways (1 and 1.0)'],
    [
      'float8',
      'Float',
      'double precision, whose equal values are written in several ways (0 and -0), and which holds NaN',
    ],
    ['money', 'Decimal', 'money, which is written as the locale has it'],
    ['"char"', 'String', '"char", a byte that need not be a character'],
    ['numrange', 'Range', 'numrange, whose equal values may be written in several ways ([1,2) and [1.0,2))'],
    [
      'numeric[]',
      '[Decimal]',
      'numeric[], whose equal values may be written in several ways ({1} and {1.0})',
    ],
    ['tsvector', 'String', 'tsvector'],
  ];
  const databases = await openDatabases({
    main: unfit.map(([type], i) => `create table k${i} (key ${type} primary key);`).join('\n'),
  });
  try {
    unfit.forEach(([, scalar, why], i) => {
      const written = `type K @table(source: main, schema: "public", name: "k${i}") @open { key: ${scalar} }`;
      let problems: readonly string[] = [];
      try {
        modelOf(databases.catalogs, policy, written);
      } catch (error) {
        problems = (error as ProblemsError).problems.map(({ message }) => message);
      }
      expect(problems).toEqual([
        `K, key: records are not told apart by "key", which is ${why}; name another unique key.`,
      ]);
    });
  } finally {
    await databases.dispose();
  }
});
