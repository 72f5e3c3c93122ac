import fc from 'fast-check';
import {
  builtInType,
  type Column,
  type ForeignKey,
  type PgKind,
  type PgType,
  type Table,
} from '../../src/catalog/index.js';
import { buildDraft } from '../../src/init/build.js';
import { draftFiles } from '../../src/init/files.js';
import type { ReadSource } from '../../src/init/suggest.js';
import { catalog, references, table } from '../model/catalogs.js';
import { loadFiles, problemsOf } from './load-files.js';

const read = (source: string, ...tables: readonly Table[]): ReadSource => ({
  catalog: catalog(source, tables),
  lineage: [],
  samples: new Map(),
});

const draft = (...sources: readonly ReadSource[]) => buildDraft(sources);

/** The fields of a type, as SDL: name, type and directives. */
function fieldsOf(source: ReadSource, type: string): readonly string[] {
  const files = draftFiles(draft(source));
  const [, body = ''] =
    new RegExp(`type ${type}\\n[^{]*\\{\\n([^]*?)\\n\\}`).exec([...files.values()].join('\n')) ?? [];
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const id = ['id integer NOT NULL'];
const key = { primaryKey: ['id'] };

describe('names', () => {
  test('are no longer than PostgreSQL tells apart, put together as they may be', () => {
    const long = 'a_name_that_is_as_long_as_names_can_become_in_postgresql_ab_cd_e';
    const people = table(`public.${long}`, [...id, `${long.slice(0, 60)}_id integer`, 'other_id integer'], {
      ...key,
      foreignKeys: [`${long.slice(0, 60)}_id`, 'other_id'].map((column) =>
        references([column], `public.${long}`, ['id']),
      ),
    });
    const source = read('crm', people);
    expect(problemsOf(draftFiles(draft(source)), [source])).toEqual([]);
  });

  test('types are singular and capital, fields in camel case, @column where that does not lead back', () => {
    const source = read(
      'crm',
      table(
        'public.order_details',
        [...id, 'unit_price numeric', 'address_2 text', 'Größe text', 'line2 text'],
        key,
      ),
    );
    expect(draft(source).types.map(({ name }) => name)).toEqual(['OrderDetail']);
    expect(fieldsOf(source, 'OrderDetail').filter((line) => !line.startsWith('#'))).toEqual([
      'id: ID! @open',
      'unitPrice: Decimal @tradeSecret(class: pricing, mask: { bucket: "1000" })',
      'address2: String @column(name: "address_2") @tradeSecret(class: contact)',
      'grosse: String @column(name: "Größe") @open',
      'line2: String @open',
    ]);
  });

  test('tables of one name in two schemas and two sources are told apart', () => {
    const crm = read('crm', table('public.customers', id, key), table('old.customers', id, key));
    const shop = read('shop', table('public.customers', id, key));
    expect(draft(crm).types.map(({ name }) => name)).toEqual(['Customer', 'OldCustomer']);
    const names = draft(crm, shop).types.map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toBe('Customer');
    expect(problemsOf(draftFiles(draft(crm, shop)), [crm, shop])).toEqual([]);
  });

  test('names that GraphQL, the filters or generated types keep are given up', () => {
    const source = read(
      'crm',
      ...['query', 'date', 'customer', 'customer_filters', 'page_info', '123', '日本', 'staff', 'news'].map(
        (name) =>
          table(
            `public.${name}`,
            [...id, 'and text', 'not integer', '__typename text', '1st text', '? text'],
            key,
          ),
      ),
    );
    expect(problemsOf(draftFiles(draft(source)), [source])).toEqual([]);
  });
});

describe('relations', () => {
  const people = table('public.people', [...id, 'boss_id integer', 'reports_to integer'], {
    ...key,
    foreignKeys: [
      references(['boss_id'], 'public.people', ['id']),
      references(['reports_to'], 'public.people', ['id']),
    ],
  });

  test('lead both ways, also within one table and twice to one table', () => {
    expect(fieldsOf(read('crm', people), 'Person')).toEqual([
      'id: ID! @open',
      'bossId: ID @open',
      'reportsTo: ID @open',
      'boss: Person @relation(from: ["boss_id"], to: ["id"]) @open',
      'reportsToPerson: Person @relation(from: ["reports_to"], to: ["id"]) @open',
      'peopleAsBoss: [Person!]! @relation(from: ["id"], to: ["boss_id"]) @open',
      'peopleAsReportsToPerson: [Person!]! @relation(from: ["id"], to: ["reports_to"]) @open',
    ]);
  });

  test('a junction of one table with itself leads through it either way, and one with a key of its own does not', () => {
    const parts = (primaryKey: readonly string[]) =>
      read(
        'crm',
        table('public.parts', id, key),
        table(
          'public.components',
          ['whole_id integer NOT NULL', 'part_id integer NOT NULL', 'amount integer'],
          {
            primaryKey,
            foreignKeys: ['whole_id', 'part_id'].map((column) =>
              references([column], 'public.parts', ['id']),
            ),
          },
        ),
      );
    const source = parts(['whole_id', 'part_id']);
    expect(fieldsOf(source, 'Part').slice(3)).toEqual([
      'partsAsPart: [Part!]! @relation(from: ["id"], to: ["id"], through: { schema: "public", name: "components", from: ["whole_id"], to: ["part_id"] }) @open',
      'partsAsWhole: [Part!]! @relation(from: ["id"], to: ["id"], through: { schema: "public", name: "components", from: ["part_id"], to: ["whole_id"] }) @open',
    ]);
    expect(problemsOf(draftFiles(draft(source)), [source])).toEqual([]);
    expect(fieldsOf(parts(['whole_id']), 'Part')).toHaveLength(3);
  });

  test('a junction is a type, and a unique key leads back to one', () => {
    const source = read(
      'crm',
      table('public.films', id, key),
      table('public.actors', id, key),
      table('public.film_actors', ['film_id integer NOT NULL', 'actor_id integer NOT NULL'], {
        primaryKey: ['film_id', 'actor_id'],
        foreignKeys: [
          references(['film_id'], 'public.films', ['id']),
          references(['actor_id'], 'public.actors', ['id']),
        ],
      }),
      table('public.posters', ['film_id integer NOT NULL'], {
        primaryKey: ['film_id'],
        foreignKeys: [references(['film_id'], 'public.films', ['id'])],
      }),
    );
    expect(fieldsOf(source, 'Film')).toEqual([
      'id: ID! @open',
      'filmActors: [FilmActor!]! @relation(from: ["id"], to: ["film_id"]) @open',
      'poster: Poster @relation(from: ["id"], to: ["film_id"]) @open',
      'actors: [Actor!]! @relation(from: ["id"], to: ["id"], through: { schema: "public", name: "film_actors", from: ["film_id"], to: ["actor_id"] }) @open',
    ]);
    expect(fieldsOf(source, 'FilmActor')).toContain(
      'film: Film! @relation(from: ["film_id"], to: ["id"]) @open',
    );
    const files = [...draftFiles(draft(source)).keys()];
    expect(files).toEqual(expect.arrayContaining(['schema/film.graphql', 'schema/actor.graphql']));
    expect(files).not.toContain('schema/film-actor.graphql');
  });

  test('without a foreign key they are suggested, across sources too', () => {
    const crm = read(
      'crm',
      table('public.customers', ['customer_id integer NOT NULL'], { primaryKey: ['customer_id'] }),
    );
    const shop = read(
      'shop',
      table('public.orders', [...id, 'customer_id integer', 'region_id integer'], key),
    );
    const text = draftFiles(draft(crm, shop)).get('schema/order.graphql');
    expect(text).toContain(
      '# maybe: customer: Customer @relation(from: ["customer_id"], to: ["customer_id"]) @open',
    );
    expect(text).not.toContain('region:');
    const uncommented = new Map(
      [...draftFiles(draft(crm, shop))].map(([name, each]) => [name, each.replace('# maybe: ', '')]),
    );
    expect(problemsOf(uncommented, [crm, shop])).toEqual([]);
  });
});

describe('keys', () => {
  const keyOf = (...tables: readonly Table[]) => draft(read('crm', ...tables)).types.map((type) => type.key);

  test('the primary key, else a unique key without nulls, one that holds no secret first', () => {
    expect(keyOf(table('public.a', ['id integer NOT NULL'], { uniqueKeys: [['id']] }))).toEqual([['id']]);
    const customers = table('public.customers', ['email text NOT NULL', 'number integer NOT NULL'], {
      primaryKey: ['email'],
      uniqueKeys: [['number']],
    });
    expect(keyOf(customers)).toEqual([['number']]);
  });

  test('a secret key that is the only one stays open, and says so', () => {
    const customers = table('public.customers', ['email text NOT NULL'], { primaryKey: ['email'] });
    const [comment, field] = fieldsOf(read('crm', customers), 'Customer');
    expect(field).toBe('email: ID! @open');
    expect(comment).toMatch(
      /^# Look here, this may be contact: email: named like an e-mail address\. It is open as the key/,
    );
  });

  test.each([
    ['without any', table('public.a', ['x integer']), /no primary key and no unique key/],
    [
      'with one that may be null',
      table('public.a', ['x integer'], { uniqueKeys: [['x']] }),
      /ALTER COLUMN x SET NOT NULL/,
    ],
    [
      'of a type without equality',
      table('public.a', ['x json NOT NULL'], { primaryKey: ['x'] }),
      /not told apart by the types/,
    ],
    ['of a view', table('public.a', ['x integer'], { kind: 'view' }), /vouch for one: @table\(…, key/],
    ['of a foreign table', table('public.a', id, { ...key, kind: 'foreign' }), /not enforced/],
  ])('a table %s is listed with the reason', (_, unserved, reason) => {
    const files = draftFiles(draft(read('crm', table('public.b', id, key), unserved)));
    expect(files.get('schema/not-served.graphql')).toMatch(reason);
  });
});

test('enums: labels that are names as they are, others in upper case, and what is no name, or two, by @label', () => {
  const columns = [
    'rating enum public.rating: PG, PG-13, true',
    'mood enum public.mood: so so, so-so, SO_SO, +, x',
  ];
  const source = read('crm', table('public.films', [...id, ...columns], key));
  const text = draftFiles(draft(source)).get('schema/film.graphql')!;
  expect(text).toContain('enum Rating {\n  PG\n  PG_13\n  TRUE\n}');
  expect(text).toContain(
    'enum Mood {\n  SO_SO_ @label(is: "so so")\n  SO_SO_2 @label(is: "so-so")\n  SO_SO\n  VALUE @label(is: "+")\n  x\n}',
  );
  expect(problemsOf(draftFiles(draft(source)), [source])).toEqual([]);
});

describe('any database', () => {
  const name = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...'id order orders Order customer customers customer_id name first_name email price staff news data page_info and or not __x _y 1a a1 a_1 a-1 "q" ü ß 日本 query date time customer_filter customer_where'.split(
          ' ',
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .string({ minLength: 1, maxLength: 63, unit: 'grapheme' })
        .filter((text) => !text.includes('\0')),
    },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-z_]{50,63}$/) },
  );
  const kinds: readonly PgKind[] = [
    'int4',
    'int8',
    'text',
    'varchar',
    'bpchar',
    'numeric',
    'float8',
    'bool',
    'date',
    'timestamptz',
    'uuid',
    'jsonb',
    'bytea',
    'unsupported',
    'citext',
    'inet',
    'composite',
  ];
  /** Composites whose names are others' too, with attributes that are called anything, nested or of nothing. */
  const composite = (name: string, ...attributes: readonly (readonly [string, PgType])[]): PgType => ({
    ...builtInType('composite', name),
    cast: `"b"."${name}"`,
    schema: 'b',
    attributes: new Map(
      attributes.map(([each, type]) => [each, { name: each, type, notNull: false, comment: null }]),
    ),
  });
  const text = builtInType('text');
  const customer = composite('customer', ['and', text], ['email', text], ['and_value', text], ['__x', text]);
  const composites: readonly PgType[] = [
    customer,
    composite('customer_edge', ['id', text]),
    composite('order_t', ['customer', customer], ['日本', builtInType('int4')]),
    composite('news', ['x', builtInType('unsupported')]),
    composite('data', ['within', composite('news', ['x', builtInType('unsupported')])], ['1', text]),
    composite('"."', ['price', builtInType('numeric')]),
    composite('void'),
  ];
  const column = fc.record({
    name,
    kind: fc.constantFrom(...kinds),
    composite: fc.constantFrom(...composites),
    notNull: fc.boolean(),
    comment: fc.option(fc.string()),
  });
  const tables = fc.uniqueArray(
    fc.record({
      name,
      schema: fc.constantFrom('public', 'Old "x"', 'b'),
      columns: fc.uniqueArray(column, { minLength: 1, maxLength: 7, selector: (each) => each.name }),
      keySize: fc.nat(3),
      pointers: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 3 }),
      comment: fc.option(fc.string()),
    }),
    { minLength: 1, maxLength: 7, selector: (each) => `${each.schema}.${each.name}` },
  );

  /** Tables as a catalogue has them: keys over columns that are not null, foreign keys into keys of the same types. */
  const built = tables.map((drafts) => {
    const found = drafts.map((each): Table => {
      const columns = new Map<string, Column>(
        each.columns.map(({ kind, composite: whole, ...rest }, i) => [
          rest.name,
          {
            ...rest,
            type: kind === 'composite' ? whole : builtInType(kind),
            notNull: rest.notNull || i < each.keySize,
          },
        ]),
      );
      const primaryKey = each.keySize === 0 ? null : [...columns.keys()].slice(0, each.keySize);
      return {
        schema: each.schema,
        name: each.name,
        kind: 'table',
        columns,
        primaryKey,
        uniqueKeys: primaryKey === null ? [] : [primaryKey],
        foreignKeys: [],
        indexes: [],
        comment: each.comment,
      };
    });
    return found.map((each, i): Table => {
      const foreignKeys = drafts[i]!.pointers.flatMap(([from, to]): ForeignKey[] => {
        const target = found[to % found.length]!;
        const here = [...each.columns.values()][from % each.columns.size]!;
        const there = target.columns.get(target.primaryKey?.[0] ?? '');
        if (there === undefined || target.primaryKey!.length !== 1 || there.type.kind !== here.type.kind)
          return [];
        return [{ columns: [here.name], schema: target.schema, table: target.name, toColumns: [there.name] }];
      });
      return { ...each, foreignKeys };
    });
  });

  test('becomes a deployment without a problem', () => {
    fc.assert(
      fc.property(fc.array(built, { minLength: 1, maxLength: 2 }), (sources) => {
        const all = sources.map((each, i) => read(i === 0 ? 'crm' : 'shop', ...each));
        const drafted = buildDraft(all);
        fc.pre(drafted.types.length > 0);
        const loaded = loadFiles(draftFiles(drafted), all);
        expect('problems' in loaded ? loaded.problems : []).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
