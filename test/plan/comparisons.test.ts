import fc from 'fast-check';
import { assertInputObjectType } from 'graphql';
import { modelOf, openDatabases, Planning, type Asked, type Databases } from './planning.js';

/** What each comparison finds, held against what JavaScript finds in the same texts. */
const letters = ['a', 'A', 'b', 'é', 'É', '%', '_', '\\', '\n', '😀', ' '];
const texts = fc.array(fc.constantFrom(...letters), { maxLength: 5 }).map((parts) => parts.join(''));

/** Every text of up to two letters, some longer ones, and null. */
const stored: readonly (string | null)[] = [
  ...letters.flatMap((first) => ['', ...letters].map((second) => first + second)),
  ...['aab', 'a%b', 'a_b', String.raw`a\%`, String.raw`\\a`, 'aÉaéa', 'a\nb\na', '😀a😀', ''],
  null,
];
const sdl = `
  enum Mood { calm cross }
  type Text @table(source: main, schema: "public", name: "text", key: ["id"]) {
    id: ID! @open
    text: String @open
    short: String @open
    padded: String @open
    mood: Mood @open
    flag: Boolean @open
    number: Decimal @open
    tags: [String] @open
    moods: [Mood] @open
    grid: [[Int]] @open
    document: JSON @open
    span: String @open
  }
`;
const policy = 'classes: { none: { title: None } }\nroles: { reader: { rows: all, clear: [none] } }\n';

let databases: Databases;
let planning: Planning;
beforeAll(async () => {
  databases = await openDatabases({
    main: `
      create type mood as enum ('calm', 'cross');
      create table text (id int primary key, text text, short varchar(8), padded char(8), mood mood, flag bool, number numeric, tags text[], moods mood[], grid int[], document json, span interval)`,
  });
  await databases.databases.get('main')!.query(
    `insert into text select n, value, value, value, (array['calm', 'cross', null])[1 + n % 3]::mood, (array[true, false, null])[1 + n % 3],
       case n % 5 when 0 then null when 1 then 'NaN' else (n % 5)::numeric end
     from (select value, position::int as n from unnest($1::text[]) with ordinality as each(value, position)) as each`,
    [stored],
  );
  planning = new Planning(modelOf(databases.catalogs, policy, sdl));
});
afterAll(() => databases.dispose());

const ask = (where: unknown): Asked => ({
  caller: { roles: ['reader'] },
  operation: 'query($where: TextWhere) { texts(where: $where, first: 1000) { nodes { id } } }',
  variables: { where },
});

async function found(where: unknown): Promise<number[]> {
  const { texts: page } = (await planning.run(ask(where), databases.sources)) as {
    texts: { nodes: { id: string }[] };
  };
  return page.nodes.map(({ id }) => Number(id));
}

const idsWhere = (holds: (text: string | null) => boolean): number[] =>
  stored.flatMap((text, i) => (holds(text) ? [i + 1] : []));
const idsOf = (holds: (text: string) => boolean) => idsWhere((text) => text !== null && holds(text));
const unpadded = (text: string): string => text.replace(/ +$/, '');

/** LIKE, by the letter: what is left of the text for what is left of the pattern. */
function like([head, ...rest]: readonly string[], text: readonly string[]): boolean {
  if (head === undefined) return text.length === 0;
  if (head === '%') return like(rest, text) || (text.length > 0 && like([head, ...rest], text.slice(1)));
  if (text.length === 0) return false;
  if (head === '\\') return rest[0] === text[0] && like(rest.slice(1), text.slice(1));
  return (head === '_' || head === text[0]) && like(rest, text.slice(1));
}
const matches = (pattern: string, text: string) => like(Array.from(pattern), Array.from(text));
const endsInEscape = (pattern: string) => (pattern.length - pattern.replace(/\\+$/, '').length) % 2 === 1;

describe('of texts', () => {
  test('startsWith, endsWith, contains and icontains find the text itself, whatever signs are in it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom('text', 'short', 'padded'), async (literal, field) => {
        const value = (text: string) => (field === 'padded' ? unpadded(text) : text);
        for (const [name, holds] of [
          ['startsWith', (text: string) => text.startsWith(literal)],
          ['endsWith', (text: string) => text.endsWith(literal)],
          ['contains', (text: string) => text.includes(literal)],
          ['icontains', (text: string) => text.toLowerCase().includes(literal.toLowerCase())],
        ] as const)
          expect([name, await found({ [field]: { [name]: literal } })]).toEqual([
            name,
            idsOf((text) => holds(value(text))),
          ]);
      }),
      { numRuns: 40 },
    );
  });

  test('like and ilike match patterns, and refuse one that ends in an escape, by name and not by value', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (pattern) => {
        if (endsInEscape(pattern)) {
          for (const name of ['like', 'ilike'])
            await expect(found({ text: { [name]: pattern } })).rejects.toMatchObject({
              code: 'BAD_USER_INPUT',
              message: `Argument "where.text.${name}" of "texts" ends in an escape; a backslash itself is written twice.`,
            });
          return;
        }
        expect(await found({ text: { like: pattern } })).toEqual(idsOf((text) => matches(pattern, text)));
        expect(await found({ text: { ilike: pattern } })).toEqual(
          idsOf((text) => matches(pattern.toLowerCase(), text.toLowerCase())),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('null holds for none of them, and for what they are not', async () => {
    const nulls = idsWhere((text) => text === null);
    for (const name of ['startsWith', 'endsWith', 'contains', 'icontains', 'like', 'ilike']) {
      const given = name.endsWith('like') ? '%' : '';
      expect(await found({ text: { [name]: given } })).toEqual(idsOf(() => true));
      expect(await found({ not: { text: { [name]: given } } })).toEqual(nulls);
    }
  });
});

describe('of any values', () => {
  test('notIn and ne find what is equal to none, null among it', async () => {
    expect(await found({ text: { notIn: ['aa', 'ab', ''] } })).toEqual(
      idsWhere((text) => !['aa', 'ab', ''].includes(text!)),
    );
    expect(await found({ text: { notIn: [] } })).toHaveLength(stored.length);
    expect(await found({ text: { in: [] } })).toEqual([]);
    expect(await found({ text: { ne: 'aa' } })).toEqual(idsWhere((text) => text !== 'aa'));
    const all = stored.map((_, i) => i + 1);
    expect(await found({ mood: { notIn: ['cross'] } })).toEqual(all.filter((n) => n % 3 !== 1));
    expect(await found({ flag: { in: [false] } })).toEqual(all.filter((n) => n % 3 === 1));
  });

  test('between takes both ends, and nothing where they are the wrong way round', async () => {
    const all = stored.map((_, i) => i + 1);
    expect(await found({ number: { between: ['2', '3'] } })).toEqual(
      all.filter((n) => [2, 3].includes(n % 5)),
    );
    expect(await found({ number: { between: ['3', '2'] } })).toEqual([]);
    for (const ends of [[], ['1'], ['1', '2', '3']])
      await expect(found({ number: { between: ends } })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: 'Argument "where.number.between" of "texts" is two values, the least and the greatest.',
      });
  });

  test('a value that is none of the type is refused by its place and its type, and is not said', async () => {
    await expect(found({ and: [{ number: { between: ['1', 'secret'] } }] })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Argument "where.and.0.number.between.1" of "texts" is not a valid Decimal.',
    });
    for (const text of ['a\0b', '\ud800'])
      for (const name of ['contains', 'like'])
        await expect(found({ text: { [name]: text } })).rejects.toMatchObject({
          message: `Argument "where.text.${name}" of "texts" is not a valid String.`,
        });
  });

  test('ten thousand items are too many, and the argument that has them is named', async () => {
    const items = Array.from({ length: 10_000 }, (_, i) => String(i));
    for (const name of ['in', 'notIn'])
      await expect(found({ id: { [name]: items } })).rejects.toMatchObject({
        code: 'OPERATION_TOO_LARGE',
        message: `Argument "where.id.${name}" of "texts" is over the limit of 500 items in a list.`,
      });
  });
});

describe('of lists', () => {
  /** By record, beginning with 1; those behind have null. */
  const lists: readonly (readonly (string | null)[])[] = [
    [],
    ['a'],
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'a', 'c'],
    [null],
    ['a', null],
    ['{"', ',', '\\'],
  ];
  beforeAll(async () => {
    const main = databases.databases.get('main')!;
    for (const [i, tags] of lists.entries())
      await main.query(
        `update text set tags = $2, moods = case when $1 % 2 = 1 then array['calm', null]::mood[] end where id = $1`,
        [i + 1, tags],
      );
    // Of two dimensions, whatever the field says.
    await main.query(`update text set tags = '{{a,b},{c,d}}' where id = 9`);
  });

  test.each([
    ['{ has: "a" }', [2, 3, 4, 5, 7, 9]],
    ['{ has: "d" }', [9]],
    [String.raw`{ has: "\\" }`, [8]],
    ['{ hasAny: ["b", "c"] }', [3, 4, 5, 9]],
    ['{ hasAny: [] }', []],
    ['{ hasAll: ["a", "b"] }', [3, 4, 9]],
    ['{ hasAll: [] }', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['{ eq: ["a", "b"] }', [3]],
    ['{ eq: [] }', [1]],
    ['{ isEmpty: true }', [1]],
    ['{ isEmpty: false }', [2, 3, 4, 5, 6, 7, 8, 9]],
    ['{ has: "a", isEmpty: true }', []],
  ])('%s', async (filter, expected) => {
    const answer = await planning.run(
      {
        caller: { roles: ['reader'] },
        operation: `{
          found: texts(where: { tags: ${filter} }, first: 1000) { nodes { id } }
          others: texts(where: { not: { tags: ${filter} } }, first: 1000) { totalCount }
        }`,
      },
      databases.sources,
    );
    const { found: page, others } = answer as { found: { nodes: { id: string }[] }; others: unknown };
    expect(page.nodes.map(({ id }) => Number(id))).toEqual(expected);
    expect(others).toEqual({ totalCount: stored.length - expected.length });
  });

  test('of enums take their names, and what has no comparison of its own whether there is a value', async () => {
    expect(await found({ moods: { has: 'calm' } })).toEqual([1, 3, 5, 7]);
    expect(await found({ moods: { ne: ['calm'] } })).toHaveLength(stored.length);
    for (const name of ['grid', 'document', 'span']) {
      expect(await found({ [name]: { isNull: false } })).toEqual([]);
      const { schema } = planning.view(['reader']);
      const { fields } = assertInputObjectType(schema.getType('TextWhere')).toConfig();
      expect(String(fields[name]!.type)).toBe('NullFilter');
    }
  });

  test('are held to the limit, item by item to their type', async () => {
    const items = Array.from({ length: 501 }, () => 'a');
    for (const name of ['hasAny', 'hasAll', 'eq', 'ne'])
      await expect(found({ tags: { [name]: items } })).rejects.toMatchObject({
        message: `Argument "where.tags.${name}" of "texts" is over the limit of 500 items in a list.`,
      });
    await expect(found({ tags: { has: 'a\0' } })).rejects.toMatchObject({
      message: 'Argument "where.tags.has" of "texts" is not a valid String.',
    });
  });
});
