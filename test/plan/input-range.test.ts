import fc from 'fast-check';
import pg from 'pg';
import { builtInType, type PgKind, type PgType } from '../../src/catalog/index.js';
import { toPgText } from '../../src/plan/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

const ranges: readonly (readonly [name: string, bound: PgKind])[] = [
  ['int4', 'int4'],
  ['int8', 'int8'],
  ['num', 'numeric'],
  ['date', 'date'],
  ['ts', 'timestamp'],
  ['tstz', 'timestamptz'],
];

const typeOf = (kind: 'range' | 'multirange', name: string, bound: PgKind): PgType => ({
  ...builtInType(kind),
  display: `${name}${kind}`,
  cast: `pg_catalog.${name}${kind}`,
  element: builtInType(bound),
});

/** Values at the ends of each kind, in the middle, and none. */
const bounds: Readonly<Partial<Record<PgKind, readonly string[]>>> = {
  int4: ['-2147483648', '-1', '0', '7', '2147483646', '2147483647', '2147483648', '1.5', ' 1'],
  int8: [
    '-9223372036854775808',
    '0',
    '12',
    '9223372036854775806',
    '9223372036854775807',
    '9223372036854775808',
  ],
  numeric: [
    'NaN',
    'Infinity',
    '-Infinity',
    '0',
    '-0.00',
    '1',
    '1.0',
    '1.10',
    '-3',
    '-12.5',
    '007',
    '10',
    '1e5',
  ],
  date: [
    ...['infinity', '-infinity', '4714-11-24 BC', '0044-03-15 BC', '0001-01-01', '2026-02-29', '2026-03-01'],
    ...['5874897-12-30', '5874897-12-31', '5874898-01-01'],
  ],
  timestamp: [
    ...['infinity', '-infinity', '0044-03-15 12:00:00 BC', '2026-01-01T00:00', '2026-01-01 00:00:00.1'],
    ...['2026-01-01 00:00:00.099999', '294276-12-31 23:59:59.999999', '294277-01-01 00:00', '2026-01-01'],
  ],
  timestamptz: [
    ...['infinity', '-infinity', '2026-01-01T00:00Z', '2026-01-01T01:00+01', '2026-01-01T00:30:00.5+00:30'],
    ...['2025-12-31 23:59:59.999999-00:00:01', '0044-03-15 12:00:00+00 BC', '2026-01-01T00:00'],
  ],
};

const written = (bound: PgKind) => {
  const value = fc.constantFrom('', ...(bounds[bound] ?? []));
  const form = (text: string, quoted: boolean) => (quoted && text !== '' ? `"${text}"` : text);
  return fc
    .tuple(fc.constantFrom('[', '('), value, fc.boolean(), value, fc.boolean(), fc.constantFrom(']', ')'))
    .map(([open, from, q, to, r, close]) => `${open}${form(from, q)},${form(to, r)}${close}`);
};
const odd = fc.constantFrom(
  ...[
    '',
    'empty',
    'EMPTY',
    '[1,2',
    '1,2)',
    '[1,2,3]',
    '[,]',
    '(,)',
    '["",1]',
    '[1;2)',
    '{}',
    '{[1,2)',
    '{empty}',
    '{,}',
  ],
  ...[
    '[1,2)[3,4)',
    ' [1,2)',
    '[1,2) ',
    String.raw`[\1,2)`,
    '["1""",2)',
    '[[1,2)',
    '{[1,2),}',
    '{[1,2);[3,4)}',
  ],
);

describe('a range that is taken for a column', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await freshDatabase('ranges', { sql: 'select 1' });
    client = new pg.Client({ ...database.config, options: '-c timezone=UTC' });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** Whether PostgreSQL reads it. */
  async function isRead(text: string, { cast }: PgType): Promise<boolean> {
    const { rows } = await client.query<{ valid: boolean }>('select pg_input_is_valid($1, $2) as valid', [
      text,
      cast,
    ]);
    return rows[0]!.valid;
  }

  test.each(ranges)('is one that PostgreSQL reads, and the same: %srange', async (name, bound) => {
    const type = typeOf('range', name, bound);
    const samples = [...new Set(fc.sample(fc.oneof({ weight: 9, arbitrary: written(bound) }, odd), 400))];
    let taken = 0;
    for (const text of samples) {
      const read = toPgText(text, type);
      // Values that no caller writes for the bounds are left to the other tests.
      if (read === undefined) continue;
      taken += 1;
      expect([text, read, await isRead(read, type)]).toEqual([text, read, true]);
      const { rows } = await client.query<{ same: boolean }>(
        `select $1::${type.cast} = $2::${type.cast} as same`,
        [text, read],
      );
      expect([text, rows[0]!.same]).toEqual([text, true]);
    }
    expect(taken).toBeGreaterThan(30);
  });

  test.each(ranges)('is refused only where PostgreSQL would: %srange', async (name, bound) => {
    const type = typeOf('range', name, bound);
    const values = (bounds[bound] ?? []).filter((value) => toPgText(value, builtInType(bound)) !== undefined);
    for (const from of ['', ...values])
      for (const to of ['', ...values])
        for (const [open, close] of ['[]', '()', '[)', '(]']) {
          const text = `${open!}${from},${to}${close!}`;
          expect([text, toPgText(text, type) !== undefined]).toEqual([text, await isRead(text, type)]);
        }
  });

  test.each(ranges)('is one of several that PostgreSQL reads: %smultirange', async (name, bound) => {
    const type = typeOf('multirange', name, bound);
    const several = fc.array(written(bound), { maxLength: 3 }).map((parts) => `{${parts.join(',')}}`);
    const samples = fc.sample(fc.oneof({ weight: 9, arbitrary: several }, odd), 300);
    const taken = samples.flatMap((text) => toPgText(text, type) ?? []);
    expect(taken.length).toBeGreaterThan(10);
    for (const text of new Set(taken)) expect([text, await isRead(text, type)]).toEqual([text, true]);
  });

  test.each(ranges)('is one that was given out: %srange', async (name, bound) => {
    for (const kind of ['range', 'multirange'] as const) {
      const type = typeOf(kind, name, bound);
      const samples = fc.sample(
        kind === 'range' ? written(bound) : written(bound).map((text) => `{${text}}`),
        200,
      );
      const taken = [...new Set(samples.flatMap((text) => toPgText(text, type) ?? []))];
      const { rows } = await client.query<{ text: string }>(
        `select value::text as text from unnest($1::text[]::${type.cast}[]) as value`,
        [taken],
      );
      for (const { text } of rows) {
        const again = toPgText(text, type);
        const { rows: same } = await client.query<{ same: boolean }>(
          `select $1::${type.cast} = $2::${type.cast} as same`,
          [text, again],
        );
        expect([text, same]).toEqual([text, [{ same: true }]]);
      }
    }
  });

  test('is none of a type that somebody made, nor of bounds that are not known', () => {
    const made = { ...typeOf('range', 'float', 'float8'), schema: 'public' };
    expect(toPgText('[1,2)', made)).toBeUndefined();
    expect(toPgText('[1,2)', { ...made, element: builtInType('int4') })).toBeUndefined();
    expect(toPgText('[1,2)', { ...made, schema: 'pg_catalog' })).toBeUndefined();
    expect(toPgText('[1,2)', { ...made, schema: 'pg_catalog', element: null })).toBeUndefined();
  });
});
