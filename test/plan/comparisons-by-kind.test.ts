import { assertInputObjectType, getOperationAST, getVariableValues, parse } from 'graphql';
import pg from 'pg';
import { modelOf, openDatabases, Planning, type Asked, type Databases } from './planning.js';

/**
 * Comparisons of the kinds that have some of their own, held against what PostgreSQL finds in a session whose search path
 * has the extension.
 */
const table = `
  create schema ext;
  create extension citext schema ext;
  create type half as range (subtype = float8);
  create domain positive as int check (value > 0);
  create type counted as range (subtype = positive);
  create type mood as enum ('calm', 'cross');
  create type moods as range (subtype = mood);
  create domain handle as ext.citext check (value <> '');
  create domain span as int4range;
  create table thing (
    code ext.citext primary key, id int not null unique, parent ext.citext references thing, label ext.citext collate "C", handle handle,
    tags ext.citext[], span int4range, amounts numrange, days daterange, moments tstzmultirange, half half, counted counted, moods moods,
    own span, spans int4range[], doc jsonb, docs jsonb[], text json, raw bytea
  );
  insert into thing (code, id, parent, label, handle, tags, span, amounts, days, moments, half, counted, moods, own, spans, doc, docs, text, raw) values
    ('Alpha', 1, null, 'ÄB%c', 'Ann', '{A,b}', '[1,10)', '[1.0,2.50]', '[2026-01-01,2026-02-01)', '{[2026-01-01 00:00Z,2026-02-01 00:00Z)}', '[0,1.5)', '[1,5)', '[calm,cross]', '[1,3)', '{"[1,2)"}',
      '{"a": {"b": [1, 2.50, "x", null, {"c": true}]}, "n": 1e400}', '{"1", "{\\"a\\": 1.0}"}', '{"a": 1}', '\\x00ff'),
    ('beta', 2, 'ALPHA', 'äb%C', 'ANN', '{a,NULL}', 'empty', '(,)', 'empty', '{}', 'empty', 'empty', 'empty', 'empty', '{}', '{"a": {"b": null}}', '{}', '{"a": "\\u0000"}', ''),
    ('GAMMA', 3, 'alpha', 'ab\\c', 'bob', '{}', '(,)', 'empty', '(,)', '{(,)}', '(,NaN]', '(,)', '(,)', '(,2147483647)', '{empty,"(,)"}', '[1, [2, "a"]]', '{null,NULL}', '1e999999', null),
    ('delta', 4, 'BETA', 'Z', 'bOb', '{{a,B},{c,D}}', '[2147483646,2147483647)', '[Infinity,NaN)', '[-infinity,infinity]', '{(,2026-01-15 00:00Z),[2026-06-01 00:00Z,)}', '[-Infinity,Infinity]', '[2,2]', '[calm,calm]', '[5,)', '{{"[1,1]"},{"[5,6]"}}', '"x"', null, null, '\\x00ff'),
    ('Epsilon', 5, null, 'z', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
    ('zeta', 6, 'zeta', null, 'c', '{Ä}', '[-5,1]', '[0,1)', '(,2026-01-15)', '{[2026-01-20 00:00Z,2026-01-20 00:00Z]}', '[1.5,)', '(3,)', '(calm,)', '(,0)', '{NULL}', 'null', '{"\\"x\\""}', 'null', '\\x00');
`;
const sdl = `
  type Thing @table(source: main, schema: "public", name: "thing", key: ["code"]) @open {
    code: ID! id: Int! label: String handle: String tags: [String] span: Range amounts: String days: Range moments: Range half: Range counted: Range
    moods: Range own: Range spans: [Range] doc: JSON docs: [JSON] text: JSON raw: Base64
    parent: Thing @relation(from: ["parent"], to: ["code"])
    children: [Thing!]! @relation(from: ["code"], to: ["parent"])
  }
`;
const policy = '{ classes: {}, roles: { reader: { rows: all } } }';

let databases: Databases;
let planning: Planning;
let reference: pg.Client;
beforeAll(async () => {
  databases = await openDatabases({ main: table });
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
  reference = new pg.Client({
    ...databases.databases.get('main')!.config,
    options: '-c search_path=public,ext,pg_catalog -c timezone=UTC',
  });
  await reference.connect();
});
afterAll(async () => {
  await reference.end();
  await databases.dispose();
});

const reader = { roles: ['reader'] };
const filtered =
  'query($where: ThingWhere) { things(where: $where, orderBy: [{ id: ASC }]) { nodes { id } } }';

/** With variables as the gateway coerces them. */
function ask(where: unknown): Asked {
  const definitions = getOperationAST(parse(filtered))!.variableDefinitions!;
  const { coerced, errors } = getVariableValues(planning.view(['reader']).schema, definitions, { where });
  expect(errors).toBeUndefined();
  return { caller: reader, operation: filtered, variables: coerced! };
}

async function nodesOf(asked: Asked): Promise<Record<string, unknown>[]> {
  const { things } = (await planning.run(asked, databases.sources)) as {
    things: { nodes: Record<string, unknown>[] };
  };
  return things.nodes;
}
const found = async (where: unknown) => (await nodesOf(ask(where))).map(({ id }) => id);

async function foundBy(predicate: string): Promise<number[]> {
  const { rows } = await reference.query<{ id: number }>(
    `select id from thing where (${predicate}) is true order by id`,
  );
  return rows.map(({ id }) => id);
}

/** As an argument of a field, and as PostgreSQL says it of the column of that name. */
const cases: Readonly<Record<string, readonly (readonly [where: unknown, predicate: string])[]>> = {
  citext: [
    [{ code: { eq: 'ALPHA' } }, `code = 'alpha'`],
    [{ code: { in: ['ALPHA', 'Beta', 'no'] } }, `code in ('alpha', 'beta')`],
    [{ code: { between: ['BETA', 'Gamma'] } }, `code between 'beta' and 'gamma'`],
    [{ label: { eq: 'äB%c' } }, `label = 'äB%c'::citext`],
    [{ label: { ne: 'Z' } }, `label is distinct from 'z'::citext`],
    [{ label: { notIn: ['Z', 'AB\\C'] } }, `label is null or label not in ('z', 'ab\\c')`],
    [{ label: { gt: 'AB' } }, `label > 'ab'::citext`],
    [{ label: { lte: 'Z' } }, `label <= 'z'::citext`],
    [{ label: { startsWith: 'AB' } }, `label ilike 'ab%'`],
    [{ label: { endsWith: '\\C' } }, `lower(label::text) like '%\\\\c'`],
    [{ label: { contains: 'b%C' } }, `lower(label::text) like '%b\\%c%'`],
    [{ label: { icontains: 'b%C' } }, `lower(label::text) like '%b\\%c%'`],
    [{ label: { like: '_B%' } }, `lower(label::text) like '_b%'`],
    [{ label: { ilike: '_B%' } }, `lower(label::text) like '_b%'`],
    [{ handle: { eq: 'BOB' } }, `lower(handle::text) = 'bob'`],
    [{ handle: { lt: 'B' } }, `lower(handle::text) < 'b'`],
    [{ tags: { has: 'a' } }, `'{a}'::citext[] <@ tags`],
    [{ tags: { hasAny: ['D', 'ä'] } }, `'{D,ä}'::citext[] && tags`],
    [{ tags: { hasAll: ['B', 'a'] } }, `'{B,a}'::citext[] <@ tags`],
    [{ tags: { eq: ['a', 'B'] } }, `tags = '{a,B}'::citext[]`],
    [{ tags: { ne: ['a', 'B'] } }, `tags is distinct from '{a,B}'::citext[]`],
    [{ parent: { code: { eq: 'ALPHA' } } }, `parent = 'alpha'`],
    [{ children: { some: { code: { in: ['BETA', 'DELTA'] } } } }, `code in ('alpha', 'beta')`],
    [{ children: { none: {} } }, `not exists (select from thing t where t.parent = thing.code)`],
  ],
  ranges: [
    [{ span: { contains: 1 } }, `span @> 1`],
    [{ span: { contains: 2147483647 } }, `span @> 2147483647`],
    [{ span: { overlaps: '(,2)' } }, `span && '(,2)'`],
    [{ span: { within: '[0,2147483647)' } }, `span <@ '[0,2147483647)'`],
    [{ span: { eq: '[1,9]' } }, `span = '[1,9]'`],
    [{ span: { ne: 'empty' } }, `span is distinct from 'empty'`],
    [{ span: { in: ['empty', '(,)'] } }, `span in ('empty', '(,)')`],
    [{ span: { notIn: ['empty', '(,)'] } }, `span is null or span not in ('empty', '(,)')`],
    [{ span: { isEmpty: true } }, `isempty(span)`],
    [{ span: { isEmpty: false } }, `not isempty(span)`],
    [{ span: { isNull: true } }, `span is null`],
    [{ amounts: { contains: '1.00' } }, `amounts @> 1.0`],
    [{ amounts: { contains: 'NaN' } }, `amounts @> 'NaN'::numeric`],
    [{ amounts: { eq: '[1,2.5]' } }, `amounts = '[1,2.5]'`],
    [{ amounts: { overlaps: '[2.5,3)' } }, `amounts && '[2.5,3)'`],
    [{ days: { contains: '2026-01-20' } }, `days @> '2026-01-20'::date`],
    [{ days: { contains: 'infinity' } }, `days @> 'infinity'::date`],
    [{ days: { within: '[2026-01-01,2026-01-31]' } }, `days <@ '[2026-01-01,2026-01-31]'`],
    [{ moments: { contains: '2026-01-20T01:00:00+01:00' } }, `moments @> '2026-01-20 00:00Z'::timestamptz`],
    [
      { moments: { overlaps: '{[2026-01-20T00:00Z,)}' } },
      `moments && '{[2026-01-20 00:00Z,)}'::tstzmultirange`,
    ],
    [
      { moments: { within: '{[2026-01-01T00:00Z,2026-03-01T00:00Z)}' } },
      `moments <@ '{[2026-01-01,2026-03-01)}'::tstzmultirange`,
    ],
    [{ moments: { eq: '{}' } }, `moments = '{}'`],
    [{ moments: { isEmpty: true } }, `isempty(moments)`],
    [{ half: { contains: 1.5 } }, `half @> 1.5::float8`],
    [{ half: { isEmpty: true } }, `isempty(half)`],
    [{ counted: { isEmpty: false } }, `not isempty(counted)`],
    [{ moods: { contains: 'cross' } }, `moods @> 'cross'::mood`],
    [{ own: { contains: 2 } }, `own @> 2`],
    [{ own: { overlaps: '[2,5]' } }, `own && '[2,5]'`],
    [{ spans: { has: '[1,1]' } }, `'{"[1,1]"}'::int4range[] <@ spans`],
    [{ spans: { hasAny: ['empty', '[5,6]'] } }, `'{empty,"[5,6]"}'::int4range[] && spans`],
    [{ spans: { hasAll: ['empty', '(,)'] } }, `'{empty,"(,)"}'::int4range[] <@ spans`],
    [{ spans: { eq: ['[1,2)'] } }, `spans = '{"[1,2)"}'::int4range[]`],
  ],
  documents: [
    [{ doc: { at: { path: ['a', 'b', '1'], eq: 2.5 } } }, `doc #> '{a,b,1}' = '2.5'`],
    [{ doc: { at: { path: ['a', 'b', '4'], eq: { c: true } } } }, `doc #> '{a,b,4}' = '{"c": true}'`],
    [{ doc: { at: { path: ['a', 'b', '-3'], eq: 'x' } } }, `doc #> '{a,b,-3}' = '"x"'`],
    [{ doc: { at: { path: [], eq: 'x' } } }, `doc = '"x"'`],
    [
      { doc: { at: { path: ['a', 'b'], isNull: true } } },
      `doc #> '{a,b}' is null or doc #> '{a,b}' = 'null'`,
    ],
    [{ doc: { at: { path: ['a', 'b'], isNull: false } } }, `doc #> '{a,b}' <> 'null'`],
    [{ doc: { at: { path: ['1', '1'], in: ['a', 'b', 3, false, [1]] } } }, `doc #> '{1,1}' = '"a"'`],
    [
      { doc: { at: { path: ['a'], eq: { b: [1, 2.5, 'x', null, { c: true }] } } } },
      `doc -> 'a' = '{"b": [1.0, 2.5, "x", null, {"c": true}]}'`,
    ],
    [{ doc: { at: { path: ['a', 'b', 'no', '99999999999'], eq: 1 } } }, `false`],
    [{ not: { doc: { at: { path: ['a', 'b', '0'], eq: 1 } } } }, `(doc #> '{a,b,0}' = '1') is not true`],
    [{ doc: { at: { path: ['a', 'b', '0'], eq: 1, in: [1, 2], isNull: false } } }, `doc #> '{a,b,0}' = '1'`],
    [{ docs: { has: { a: 1 } } }, `'{"{\\"a\\": 1}"}'::jsonb[] <@ docs`],
    [{ docs: { hasAny: ['x', 2] } }, `'{"\\"x\\"",2}'::jsonb[] && docs`],
    [{ docs: { eq: [1, { a: 1 }] } }, `docs = '{1,"{\\"a\\": 1}"}'::jsonb[]`],
    [{ text: { isNull: true } }, `text is null`],
  ],
  bytes: [
    [{ raw: { eq: 'AP8=' } }, `raw = '\\x00ff'`],
    [{ raw: { in: ['AA==', ''] } }, `raw in ('\\x00', '')`],
    [{ raw: { ne: '' } }, `raw is distinct from ''`],
  ],
};

describe.each(Object.entries(cases))('of %s', (_kind, each) => {
  test.each(each.map(([where, predicate]) => [JSON.stringify(where), where, predicate] as const))(
    '%s',
    async (_name, where, predicate) => {
      const expected = await foundBy(predicate);
      expect(await found(where)).toEqual(expected);
      expect(await found({ not: where })).toEqual([1, 2, 3, 4, 5, 6].filter((id) => !expected.includes(id)));
    },
  );
});

test('numbers of a document keep the digits they are written with', async () => {
  const where = '{ doc: { at: { path: ["n"], eq: 1e400 } } }';
  const asked = { caller: reader, operation: `{ things(where: ${where}) { nodes { id } } }` };
  expect(await nodesOf(asked)).toEqual([{ id: 1 }]);
});

describe('an order by citext', () => {
  test.each([
    [['{ label: ASC }', '{ id: DESC }'], 'label asc nulls last, id desc, code desc'],
    [['{ label: DESC }'], 'label desc nulls first, code desc'],
    [['{ id: ASC }', '{ label: ASC }'], 'id, label, code'],
    [['{ code: DESC }'], 'code desc'],
    [
      ['{ parent: { label: ASC } }'],
      '(select t.label from thing t where t.code = thing.parent) asc nulls last, code',
    ],
    [[], 'code'],
  ])('%j is that of its extension, page by page from either end', async (order, sql) => {
    const { rows } = await reference.query<{ id: number }>(`select id from thing order by ${sql}`);
    const expected = rows.map(({ id }) => id);
    for (const [size, near, far] of [
      ['first', 'after', 'endCursor'],
      ['last', 'before', 'startCursor'],
    ] as const) {
      const met: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = `${size}: 1, ${near}: $cursor`;
        const { things } = (await planning.run(
          {
            caller: reader,
            operation: `query($cursor: String) { things(orderBy: [${order.join(', ')}], ${page}) { nodes { id } pageInfo { ${far} } } }`,
            variables: { cursor },
          },
          databases.sources,
        )) as { things: { nodes: { id: number }[]; pageInfo: Record<string, string | null> } };
        met.push(...things.nodes.map(({ id }) => id));
        cursor = things.pageInfo[far] ?? null;
      } while (cursor !== null && met.length < 10);
      expect([size, met]).toEqual([size, size === 'first' ? expected : expected.toReversed()]);
    }
  });
});

test('a key of citext is one whatever its case, in arguments, joins and groups', async () => {
  const operation = `{
    thing(code: "ALPHA") { code children(orderBy: [{ id: ASC }]) { nodes { code parent { code } } } }
    things { aggregate { countDistinct { label handle } } groupBy(by: [HANDLE]) { keys { handle } aggregate { count } } }
  }`;
  const answer = await planning.run({ caller: reader, operation }, databases.sources);
  expect(answer).toEqual({
    thing: {
      code: 'Alpha',
      children: {
        nodes: [
          { code: 'beta', parent: { code: 'Alpha' } },
          { code: 'GAMMA', parent: { code: 'Alpha' } },
        ],
      },
    },
    things: {
      aggregate: { countDistinct: { label: 3, handle: 3 } },
      groupBy: [
        { keys: { handle: 'ann' }, aggregate: { count: 2 } },
        { keys: { handle: 'bob' }, aggregate: { count: 2 } },
        { keys: { handle: 'c' }, aggregate: { count: 1 } },
        { keys: { handle: null }, aggregate: { count: 1 } },
      ],
    },
  });
});

test('what cannot be compared is offered nothing of it', () => {
  const { schema } = planning.view(['reader']);
  const fields = (name: string) => assertInputObjectType(schema.getType(name)).getFields();
  const filters = Object.entries(fields('ThingWhere')).map(([name, { type }]) => [name, String(type)]);
  expect(Object.fromEntries(filters)).toMatchObject({
    label: 'StringFilter',
    tags: 'StringListFilter',
    span: 'IntRangeFilter',
    amounts: 'DecimalRangeFilter',
    days: 'DateRangeFilter',
    moments: 'DateTimeRangeFilter',
    half: 'FloatBoundsFilter',
    counted: 'EmptyFilter',
    moods: 'StringBoundsFilter',
    own: 'IntRangeFilter',
    spans: 'RangeListFilter',
    doc: 'JSONFilter',
    docs: 'JSONListFilter',
    text: 'NullFilter',
    raw: 'Base64Filter',
  });
  expect(Object.keys(fields('JSONFilter'))).toEqual(['at', 'isNull']);
  expect(Object.keys(fields('FloatBoundsFilter'))).toEqual(['contains', 'isEmpty', 'isNull']);
  expect(Object.keys(fields('EmptyFilter'))).toEqual(['isEmpty', 'isNull']);
  expect(Object.keys(fields('ThingOrderBy'))).toEqual(['code', 'id', 'label', 'handle', 'parent']);
});

test.each([
  [{ span: { eq: '[2,1]' } }, 'span.eq" of "things" is not a valid Range.'],
  [{ amounts: { overlaps: '[a,b]' } }, 'amounts.overlaps" of "things" is not a valid Range.'],
  [{ span: { in: ['empty', '[1,2147483647]'] } }, 'span.in.1" of "things" is not a valid Range.'],
  [
    { days: { contains: '2026-02-30' } },
    'days.contains" of "things" is not a valid value between bounds of date.',
  ],
  [
    { moods: { contains: 'secret' } },
    'moods.contains" of "things" is not a valid value between bounds of mood.',
  ],
  [{ spans: { has: '[1' } }, 'spans.has" of "things" is not a valid Range.'],
  [
    { label: { like: 'a\\' } },
    'label.like" of "things" ends in an escape; a backslash itself is written twice.',
  ],
  [{ raw: { eq: 'secret!' } }, 'raw.eq" of "things" is not a valid Base64.'],
  [{ doc: { at: { path: ['a\0'], eq: 1 } } }, 'doc.at.path.0" of "things" is not a valid String.'],
  [{ doc: { at: { path: ['a'], eq: ['\0'] } } }, 'doc.at.eq" of "things" is not a valid JSON.'],
  [{ doc: { at: { path: ['a'], in: [1, '\ud800'] } } }, 'doc.at.in.1" of "things" is not a valid JSON.'],
  [{ doc: { at: { path: ['a'], eq: null } } }, 'doc.at.eq" of "things" is null; compare with isNull.'],
  [
    { doc: { at: { path: ['a'] } } },
    'doc.at" of "things" compares with nothing; add eq, in or isNull to the path.',
  ],
])('%j is refused by its place', async (where, message) => {
  await expect(found(where)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message: `Argument "where.${message}`,
  });
});

test('steps of a path, and values, are held to the limit of lists', async () => {
  const items = Array.from({ length: 501 }, () => 'a');
  for (const [at, name] of [
    [{ path: items, eq: 1 }, 'path'],
    [{ path: [], in: items }, 'in'],
  ] as const)
    await expect(found({ doc: { at } })).rejects.toMatchObject({
      code: 'OPERATION_TOO_LARGE',
      message: `Argument "where.doc.at.${name}" of "things" is over the limit of 500 items in a list.`,
    });
});

test('every operator of citext is named with the schema of its extension', async () => {
  const operation = `{
    things(where: { code: { gt: "a" }, label: { like: "a%" }, parent: { code: { eq: "b" } } }, orderBy: [{ label: ASC }]) {
      nodes { children { nodes { code } } }
    }
  }`;
  const { plan } = await planning.plan({ caller: reader, operation });
  const texts = plan.roots.flatMap((root) => (root.kind === 'statement' ? [root.statement.text] : []));
  expect(texts.join()).toContain('operator("ext".~~)');
  // Nothing is compared by a bare sign, nor by one of PostgreSQL itself.
  expect(texts.join()).not.toMatch(/ = |operator\(pg_catalog/);
});
