import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';

/**
 * Rows 27, 28, 85, 86 and 90 of the attack catalogue: no stored value may make a statement raise, or an error would tell that
 * a row out of the caller's sight has it. Every table has rows of account 1, which the caller sees, and may have a row
 * of account 2 that would raise if anything partial were evaluated on it.
 */
const table = `
  create schema ext;
  create extension citext schema ext;
  create type place as (label text, spot point, tags text[]);
  create table hostile (
    id int primary key, account int not null, name text, code varchar(8), small smallint, whole int, big bigint, amount numeric, ratio real, share double precision,
    day date, at timestamptz, local timestamp, doc json, docb jsonb,
    span interval, clock timetz, net inet, cash money, letter "char", tags text[], counts numeric[], matrix int[], shape polygon, during tstzrange, place place, host inet, spot point,
    handle ext.citext, handles ext.citext[], seats int4range, amounts numrange, moments tstzmultirange, spans int4range[], docs jsonb[], raw bytea
  );
  insert into hostile select i, 1, 'Open ' || i, 'C' || i, i, i, i, i, i, i, '2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00', '{"a":1}', '{"a":1}',
    '1 day', '12:00+01', '10.0.0.1', 1, 'a', '{a,b}', '{1,2}', '{{1,2},{3,4}}', '((0,0),(1,1),(2,0))', '[2026-01-01,2026-02-01)', '(x,"(1,2)",{t})', '10.1.2.3', '(1,2)',
    'Handle ' || i, '{a,B}', int4range(i, i + 2), '[1,2)', '{[2026-01-01,2026-02-01)}', '{"[1,2)"}', '{1,"{}"}', '\\x00ff' from generate_series(1, 50) i;
`;

/** One hostile row for each channel, out of sight. */
const hostile: Readonly<Record<string, string>> = {
  'a name that ends in an escape': String.raw`insert into hostile (id, account, name) values (1000, 2, 'Secret\')`,
  'a name of wildcards and escapes': String.raw`insert into hostile (id, account, name, code) values (1000, 2, '%_\%\', '\')`,
  'the largest and smallest numbers': `insert into hostile (id, account, small, whole, big, amount, ratio, share) values
    (1000, 2, 32767, 2147483647, 9223372036854775807, '1e131071', '3.4e38', '1.7e308'), (1001, 2, -32768, -2147483648, -9223372036854775808, '-1e131071', '-3.4e38', '1e-300')`,
  'numbers that are none': `insert into hostile (id, account, amount, ratio, share) values (1000, 2, 'NaN', 'NaN', 'NaN'), (1001, 2, 'Infinity', '-Infinity', 'Infinity')`,
  'dates at the ends of time': `insert into hostile (id, account, day, at, local) values (1000, 2, 'infinity', '-infinity', 'infinity'), (1001, 2, '4713-01-01 BC', '4713-01-01 BC', '294276-12-31')`,
  'addresses of either family': `insert into hostile (id, account, host) values (1000, 2, '255.255.255.255'), (1001, 2, '::'), (1002, 2, '::ffff:1.2.3.4/0')`,
  'points that are none': `insert into hostile (id, account, spot) values (1000, 2, '(NaN,Infinity)'), (1001, 2, '(-Infinity,1e308)')`,
  'documents and lists of any form': `insert into hostile (id, account, docb, tags) values (1000, 2, '[[{"a": 1}], 2]', '{{a,b},{c,d}}'), (1001, 2, '"a"', '[7:8]={NULL,a}'), (1002, 2, '{"a": 1e400}', '{}')`,
  'arrays of nulls, of many dimensions and of none': `insert into hostile (id, account, tags, counts) values (1000, 2, '{{a,NULL},{"\\\\",b}}', '[5:6]={NaN,Infinity}'), (1001, 2, '{}', '{{{NULL}}}')`,
  'spans, times, addresses and money at their ends': `insert into hostile (id, account, span, clock, net, cash, during) values
    (1000, 2, 'infinity', '24:00+15:59:59', '::/0', '92233720368547758.07', '[-infinity,infinity]'),
    (1001, 2, '-178956970 years -8 mons -2147483648 days', '00:00-15:59:59', '0.0.0.0/0', '-92233720368547758.08', 'empty')`,
  'texts in any case that end in an escape, and lists of them': String.raw`insert into hostile (id, account, handle, handles) values (1000, 2, 'SECRET\', '{"SECRET\\\\",NULL}'), (1001, 2, '', '{{"%_","İ"}}'), (1002, 2, 'ẞ%_\', '{}')`,
  'ranges of none, of all, and to the last value': `insert into hostile (id, account, seats, amounts, moments, spans) values (1000, 2, 'empty', 'empty', '{}', '{empty,NULL}'),
    (1001, 2, '(,)', '(,NaN]', '{(,)}', '{{"(,)"},{"[2147483646,2147483647)"}}'), (1002, 2, '[2147483646,2147483647)', '[Infinity,NaN]', '{[-infinity,infinity]}', '{}')`,
  'documents of numbers that no machine has, and of deep lists': `insert into hostile (id, account, docb, docs, raw) values (1000, 2, '{"a": {"b": [1e131071, 1e-16383]}}', '{1e131071,"null"}', ''),
    (1001, 2, (repeat('[', 500) || '1' || repeat(']', 500))::jsonb, '{{"[]"},{"[1e131071]"}}', decode(repeat('ff', 10000), 'hex')), (1002, 2, '"a"', '{}', null)`,
  'a byte that is no text': `insert into hostile (id, account, letter) values (1000, 2, 'é')`,
  'arrays of other dimensions, and bounds at the end of what is counted': `insert into hostile (id, account, tags, matrix, place) values
    (1000, 2, '{{a,b},{c,d}}', '[2147483646:2147483646]={1}', row(null, '(NaN,Infinity)', '{{x}}')), (1001, 2, '{}', '{}', row(null, null, null)),
    (1002, 2, '[-2147483648:-2147483647]={a,b}', '{{{1}}}', null)`,
  'JSON with an escaped NUL': String.raw`insert into hostile (id, account, doc) values (1000, 2, '{"a":"\u0000","b":"\ud800"}')`,
};

const field = (name: string, type: string, mask: string, column?: string) =>
  `${name}: ${type} ${column === undefined ? '' : `@column(name: "${column}")`} @tradeSecret(class: secret, mask: ${mask})`;
const sdl = `
  type Hostile @table(source: main, schema: "public", name: "hostile", key: ["id"]) @rows(by: account, column: "account") {
    id: ID! @open
    ${field('name', 'String', '{ partial: { keepEnd: 2 } }')}
    ${field('code', 'String', '{ pseudonym: true }')}
    ${field('small', 'Int', '{ bucket: "10" }')}
    ${field('whole', 'Int', '{ bucket: "1000" }')}
    ${field('big', 'BigInt', '{ round: 2 }')}
    ${field('amount', 'Decimal', '{ bucket: "100" }')}
    ${field('ratio', 'Float', '{ round: 3 }')}
    ${field('share', 'Float', '{ bucket: "0.5" }')}
    ${field('day', 'Date', '{ dateTrunc: MONTH }')}
    ${field('at', 'DateTime', '{ dateTrunc: { unit: YEAR, zone: "Europe/Vienna" } }')}
    ${field('local', 'LocalDateTime', '{ dateTrunc: WEEK }')}
    ${field('token', 'String', '{ token: { prefix: "c_" } }', 'code')}
    ${field('capped', 'Float', '{ topCode: "1000" }', 'share')}
    ${field('vague', 'Decimal', '{ noise: "5" }', 'amount')}
    ${field('vagueDay', 'Date', '{ noise: "30" }', 'day')}
    ${field('vagueTime', 'DateTime', '{ noise: "3650" }', 'at')}
    ${field('host', 'Inet', '{ network: 24 }')}
    ${field('spot', 'Geometry', '{ geo: 2 }')}
    ${field('tags', '[String]', '{ email: { domain: true } }')}
    ${field('listed', 'JSON', '{ keep: ["$.a[*].b", "$[*][*]"] }', 'docb')}
    doc: JSON @open
    ${field('docb', 'JSON', '{ nullify: true }')}
    span: Interval @tradeSecret(class: secret)
    clock: OffsetTime @open
    net: Inet @open
    cash: Decimal @open
    letter: String @open
    counts: [Decimal] @open
    matrix: [[Int]] @open
    shape: Geometry @open
    during: Range @open
    ${field('handle', 'String', '{ pseudonym: true }')}
    handles: [String] @open
    ${field('seats', 'Range', '{ nullify: true }')}
    amounts: Range @open
    moments: Range @open
    spans: [Range] @open
    docs: [JSON] @open
    raw: Base64 @open
    place: Place @open
  }
  type Place {
    label: String @tradeSecret(class: secret, mask: { pseudonym: true })
    spot: Geometry @open
    tags: [String] @open
  }
`;
const policy = `
classes: { secret: { title: Secrets } }
roles:
  clear: { rows: { account: $claims.accounts }, clear: [secret] }
  masked: { rows: { account: $claims.accounts }, mask: [secret] }
`;

const every =
  'id name code small whole big amount ratio share day at local doc docb token capped vague vagueDay vagueTime host spot listed span clock net cash letter tags counts matrix shape during handle handles seats amounts moments spans docs raw place { label spot tags }';
const cleared: TestCaller = { roles: ['clear'], accounts: ['1'] };
const masked: TestCaller = { roles: ['masked'], accounts: ['1'] };

/** What an attacker would ask: everything, and comparisons that reach the hostile value. */
const probes: readonly (readonly [TestCaller, string])[] = [
  [masked, `{ hostiles(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes { ${every} } } }`],
  [cleared, `{ hostiles(first: 100) { totalCount nodes { ${every} } } }`],
  ...[
    String.raw`{ name: { eq: "Secret\\" } }`,
    String.raw`{ or: [{ name: { in: ["Secret\\", "%"] } }, { name: { gt: "Secr" } }, { code: { lte: "\\" } }] }`,
    String.raw`{ or: [{ name: { like: "Secret_%" } }, { name: { like: "%\\\\" } }, { name: { ilike: "SECRET\\\\%" } }, { code: { like: "\\\\" } }] }`,
    String.raw`{ or: [{ name: { startsWith: "Secret\\" } }, { name: { endsWith: "\\" } }, { name: { contains: "%\\_" } }, { code: { icontains: "\\" } }] }`,
    '{ or: [{ name: { notIn: ["%"] } }, { big: { between: ["-9223372036854775808", "9223372036854775807"] } }, { amount: { notIn: ["1"] } }, { day: { between: ["0001-01-01", "9999-12-31"] } }] }',
    '{ or: [{ tags: { has: "a" } }, { tags: { hasAny: ["b"] } }, { counts: { hasAll: ["1", "2"] } }, { counts: { eq: ["1"] } }, { counts: { ne: [] } }, { tags: { isEmpty: true } }] }',
    '{ not: { or: [{ doc: { isNull: false } }, { docb: { isNull: false } }] } }',
    '{ or: [{ small: { gte: 32767 } }, { whole: { gte: 2147483647 } }, { big: { lt: "-9223372036854775807" } }] }',
    '{ or: [{ amount: { gt: "99999999999999999999999999999999999999999999" } }, { ratio: { gt: 3.3e38 } }, { share: { lt: 1e-299 } }] }',
    '{ not: { or: [{ amount: { ne: "1" } }, { ratio: { lt: 0 } }, { share: { isNull: true } }] } }',
    '{ or: [{ span: { gt: "P178956970Y7M" } }, { clock: { lt: "00:00:00+15:59:59" } }, { net: { lte: "0.0.0.0/0" } }, { span: { eq: "-infinity" } }] }',
    String.raw`{ or: [{ handle: { in: ["secret\\", ""] } }, { handle: { like: "secret_%" } }, { handle: { startsWith: "SECRET\\" } }, { handle: { gt: "SECR" } }, { handles: { has: "secret\\" } }, { handles: { hasAll: [] } }] }`,
    '{ or: [{ seats: { contains: 2147483647 } }, { seats: { overlaps: "[2147483646,2147483647)" } }, { seats: { within: "(,-2147483648]" } }, { seats: { in: ["empty", "(,)"] } }, { spans: { has: "(,)" } }] }',
    '{ or: [{ amounts: { contains: "NaN" } }, { amounts: { overlaps: "[Infinity,)" } }, { moments: { contains: "infinity" } }, { moments: { eq: "{}" } }, { moments: { within: "{}" } }, { amounts: { isEmpty: true } }] }',
    '{ or: [{ docb: { at: { path: ["a", "b", "0"], eq: 1e131071 } } }, { docb: { at: { path: ["0", "-1"], in: [1, []] } } }, { docb: { at: { path: ["a"], isNull: false } } }, { docs: { hasAny: [1e131071, []] } }, { raw: { eq: "" } }] }',
    '{ or: [{ day: { lt: "0001-01-01" } }, { at: { gt: "9999-12-31T23:59:59Z" } }, { local: { gt: "9999-12-31T00:00:00" } }] }',
  ].map(
    (where) =>
      [cleared, `{ hostiles(where: ${where}, first: 100) { totalCount nodes { ${every} } } }`] as const,
  ),
  ...[
    'name',
    'code',
    'small',
    'whole',
    'big',
    'amount',
    'ratio',
    'share',
    'day',
    'at',
    'local',
    'span',
    'clock',
    'net',
    'handle',
  ].map(
    (name) =>
      [
        cleared,
        `{ hostiles(orderBy: [{ ${name}: DESC }], first: 3) { edges { cursor node { ${name} } } pageInfo { endCursor hasNextPage } } }`,
      ] as const,
  ),
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
});
afterAll(() => gateway.dispose());

async function answers(): Promise<string[]> {
  const responses = await Promise.all(probes.map(([caller, document]) => gateway.query(caller, document)));
  return responses.map(({ status, text }) => `${status} ${text}`);
}

describe.each(['auto', 'force_generic_plan', 'force_custom_plan'])('with plan_cache_mode %s', (mode) => {
  const database = () => gateway.sources.get('main')!;
  /** With nothing out of sight. */
  let without: string[];

  beforeAll(async () => {
    await database().query(`alter database "${database().name}" set plan_cache_mode = ${mode}`);
    // The pool's connections are replaced, so that the next ones have the setting.
    await database().query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await database().query('delete from hostile where account = 2; analyze hostile');
    // Until the pool has noticed, its requests may meet a connection that is gone.
    do without = await answers();
    while (without.some((answer) => answer.startsWith('503 ')));
    expect(without.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
  });

  attack.each([27, 28, 85, 86, 90], Object.entries(hostile))(
    '%s, out of sight, changes no answer',
    async (_name, insert) => {
      await database().query('delete from hostile where account = 2; analyze hostile');
      await database().query(insert);
      expect(await answers()).toEqual(without);
      await database().query('analyze hostile');
      expect(await answers()).toEqual(without);
    },
  );

  attack.each([27, 86], Object.entries(hostile))('%s, in sight, is answered too', async (_name, insert) => {
    await database().query('delete from hostile where account = 2');
    await database().query(insert.replaceAll(', 2,', ', 1,'));
    try {
      for (const [caller, document] of probes.slice(0, 2)) {
        const { status, body } = await gateway.query(caller, document);
        expect([status, body.errors]).toEqual([200, undefined]);
      }
    } finally {
      await database().query('delete from hostile where id >= 1000');
    }
  });
});

attack(
  [85],
  'a pattern that ends in an escape is refused alike, whether or not a row out of sight begins as it does',
  async () => {
    const database = gateway.sources.get('main')!;
    const filters = ['Secret\\', 'Secret\\\\\\', 'S%\\', '\\'].flatMap((pattern) => [
      { name: { like: pattern } },
      { name: { ilike: pattern } },
      { or: [{ not: { name: { like: pattern } } }] },
      { code: { like: pattern } },
    ]);
    const answersTo = async () => {
      const found: unknown[] = [];
      for (const where of filters) {
        const document = 'query($where: HostileWhere) { hostiles(where: $where) { totalCount } }';
        const { status, text, body } = await gateway.query(cleared, document, { where });
        found.push([where, status, body.errors?.map(({ extensions }) => extensions.code), text]);
      }
      return found;
    };
    await database.query('delete from hostile where account = 2; analyze hostile');
    const without = await answersTo();
    await database.query(hostile['a name that ends in an escape']!);
    await database.query('analyze hostile');
    expect(await answersTo()).toEqual(without);
    const refused = filters.map((where): unknown => [
      ...[where, 400, ['BAD_USER_INPUT']],
      expect.stringContaining('ends in an escape'),
    ]);
    expect(without).toEqual(refused);
  },
);
