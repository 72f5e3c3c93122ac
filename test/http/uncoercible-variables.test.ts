import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { canary, entriesOf, expectError } from './ask.js';
import { attack } from '../attacks/attack.js';

const columns = {
  Int: ['whole', 'int4'],
  BigInt: ['long', 'int8'],
  Decimal: ['exact', 'numeric(12, 2)'],
  Float: ['rough', 'float8'],
  Boolean: ['flag', 'bool'],
  String: ['words', 'text'],
  Date: ['day', 'date'],
  DateTime: ['moment', 'timestamptz'],
  LocalDateTime: ['local', 'timestamp'],
  Time: ['clock', 'time'],
  UUID: ['uuid', 'uuid'],
} as const;
const all = Object.entries(columns);

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({
    sources: {
      things: `
        create type mood as enum ('calm', 'cross');
        create table thing (id int primary key, mood mood, ${all.map(([, [name, type]]) => `${name} ${type}`).join(', ')});
        insert into thing (id, words) values (1, 'one');
      `,
    },
    sdl: `
      enum Mood { calm cross }
      type Thing @table(source: things, schema: "public", name: "thing", key: ["id"]) {
        id: ID! @open
        mood: Mood @open
        ${all.map(([scalar, [name]]) => `${name}: ${scalar} @open`).join('\n        ')}
      }
    `,
    policy: 'classes: {}\nroles:\n  reader: { rows: all }\n',
  });
});
afterAll(() => gateway.dispose());

/** Values that are none of the scalar, though some are of its form. */
const wrong: readonly [scalar: string, values: readonly unknown[]][] = [
  ['Int', [canary, '7', 2_147_483_648, 1.5, true, [canary], { a: canary }]],
  ['BigInt', [canary, '9223372036854775808', '1e3', '', 1.5, true, [1, 2], { a: canary }]],
  ['Decimal', [canary, 'nan', '1e5', '0x10', '', ' 1', true, { a: canary }]],
  ['Float', [canary, '1.5', true, { a: canary }]],
  ['Boolean', [canary, 'true', 1, { a: canary }]],
  ['String', [7, true, { a: canary }, `${canary}\0`, `${canary}\ud800`]],
  ['ID', [true, 1.5, { a: canary }, canary, '99999999999']],
  ['Date', [canary, '2026-02-30', '2026-1-1', '0000-01-01', 'Infinity', 'today', '2026-01-01T00:00:00Z', 7]],
  ['DateTime', [canary, '2026-01-01T00:00:00', '2026-01-01', '2026-13-01T00:00:00Z', 'now', 7]],
  ['LocalDateTime', [canary, '2026-01-01T00:00:00Z', '2026-02-30T00:00:00', 'now', 7]],
  ['Time', [canary, '25:00', '24:00:01', '10:00Z', 'now', 7]],
  ['UUID', [canary, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1', '', 7]],
  ['Mood', [canary, "calm' or '1'='1", 'CALM', 7, { a: canary }]],
];

const columnOf = (type: string) =>
  type === 'ID' ? 'id' : type === 'Mood' ? 'mood' : columns[type as keyof typeof columns][0];

attack.each([34, 87], wrong)(
  'a variable that is no %s is refused and entered, and its value is not said',
  async (type, values) => {
    const document = `query($secretive: ${type}) { things(where: { ${columnOf(type)}: { eq: $secretive } }) { totalCount } }`;
    const entries = await entriesOf(gateway, async () => {
      for (const value of values) {
        const response = await gateway.query({ roles: ['reader'] }, document, { secretive: value });
        expect([value, response.status, response.text]).toEqual([value, 400, expect.any(String)]);
        expectError(response, 400, 'BAD_USER_INPUT');
        if (typeof value === 'string' && value.length > 4) expect(response.text).not.toContain(value);
      }
    });
    expect(entries.map(({ entry }) => [entry.outcome, entry.code])).toEqual(
      values.map(() => ['REFUSED', 'BAD_USER_INPUT']),
    );
  },
);

attack.each(
  [34, 87],
  [
    ['text for an input object', 'query($v: ThingWhere) { things(where: $v) { totalCount } }', canary],
    ['a list for an input object', 'query($v: ThingWhere) { things(where: $v) { totalCount } }', [canary, 1]],
    [
      'an unknown member',
      'query($v: ThingWhere) { things(where: $v) { totalCount } }',
      { words: { like_: canary } },
    ],
    [
      'a wrong value deep inside',
      'query($v: ThingWhere) { things(where: $v) { totalCount } }',
      { or: [{ not: { and: [{ whole: { in: [1, canary] } }] } }] },
    ],
    [
      'an order that is none',
      'query($v: [ThingOrderBy!]) { things(orderBy: $v) { totalCount } }',
      [{ words: canary }],
    ],
    ['null where a value must be', 'query($v: ID!) { thing(id: $v) { words } }', null],
    ['nothing where a value must be', 'query($v: ID!) { thing(id: $v) { words } }', undefined],
    ['a page below nothing', 'query($v: Int) { things(first: $v) { totalCount } }', -1],
    ['a cursor that is none', 'query($v: String) { things(after: $v) { totalCount } }', canary],
    [
      'too many items',
      'query($v: [Int!]) { things(where: { whole: { in: $v } }) { totalCount } }',
      Array.from({ length: 501 }, (_, i) => i),
    ],
  ],
)('%s is refused, and nothing of it is said', async (_, document, value) => {
  const response = await gateway.query({ roles: ['reader'] }, document, { v: value });
  const { code } = response.body.errors![0]!.extensions;
  expect(['BAD_USER_INPUT', 'INVALID_CURSOR', 'OPERATION_TOO_LARGE']).toContain(code);
  expectError(response, 400, code);
});

attack([77], 'names of JavaScript itself are names like any other', async () => {
  const document =
    'query($__proto__: Int, $constructor: ID) { things(first: $__proto__, where: { id: { eq: $constructor } }) { __proto__: totalCount } }';
  const body = `{"query":${JSON.stringify(document)},"variables":{"__proto__":5,"constructor":1,"toString":"${canary}"}}`;
  const response = await fetch(`${gateway.address}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await gateway.token({ roles: ['reader'] })}`,
    },
    body,
  });
  expect(await response.text()).toContain('"data":{"things":{"__proto__":1}}');
});

test('values of each type that are right are taken', async () => {
  const right: Record<string, unknown> = {
    Int: 7,
    BigInt: '9223372036854775807',
    Decimal: '-0.10',
    Float: 1.5,
    Boolean: true,
    String: 'one',
    ID: 1,
    Date: '2024-02-29',
    DateTime: '2026-01-01T00:00:00.123456+14:00',
    LocalDateTime: '2026-01-01T00:00:00',
    Time: '23:59:59.999999',
    UUID: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    Mood: 'calm',
  };
  for (const [type, value] of Object.entries(right)) {
    const document = `query($v: ${type}) { things(where: { ${columnOf(type)}: { eq: $v } }) { totalCount } }`;
    const { body } = await gateway.query({ roles: ['reader'] }, document, { v: value });
    const totalCount = type === 'ID' || type === 'String' ? 1 : 0;
    expect([type, body.data]).toEqual([type, { things: { totalCount } }]);
  }
});
