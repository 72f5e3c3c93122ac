import fc from 'fast-check';
import { startTestGateway, type TestGateway } from '../support/gateway.js';

/** Aggregates of random small tables, held to what plain TypeScript makes of the same rows. */

const sdl = `
  type Fact @table(source: main, schema: "public", name: "fact", key: ["id"]) @rows(by: account, column: "account") @open {
    id: Int! region: String flag: Boolean small: Int big: BigInt amount: Decimal share: Float day: Date
  }
`;
const policy = '{ classes: {}, roles: { reader: { rows: { account: $claims.accounts } } } }';
const table =
  'create table fact (id int primary key, account int not null, region varchar(9), flag bool, small smallint, big bigint, amount numeric(12, 2), share float8, day date)';

interface Row {
  readonly region: string | null;
  readonly flag: boolean | null;
  readonly small: number | null;
  readonly big: string | null;
  readonly amount: string | null;
  readonly share: number | null;
  readonly day: string | null;
}
type Name = keyof Row;
type Value = string | number | boolean | null;

const orNull = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { freq: 4 });
const rowOf = fc.record<Row>({
  // Under a collation of people, "a" would come before "B", and "é" beside "e".
  region: orNull('a', 'B', 'é', 'e', ''),
  flag: orNull(true, false),
  small: orNull(-32768, 0, 7, 32767),
  big: orNull('-9223372036854775808', '0', '5', '9223372036854775807'),
  amount: orNull('-0.01', '0.00', '10.50', '9999999999.99'),
  share: orNull(0.1, 0.2, 0.3, -1e-7, 4503599627370497.5),
  day: orNull('2026-01-31', '0999-12-31', '2025-02-28'),
});
const numbers = ['small', 'big', 'amount', 'share'] as const;
const ordered = ['region', 'small', 'big', 'amount', 'share', 'day'] as const;
const groupable = ['region', 'flag', 'small', 'big', 'amount', 'day'] as const;

/** A decimal text as an integer of 10⁻²⁰. */
function scaled(value: Value): bigint {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(`${whole}${fraction}`);
  return digits * 10n ** BigInt(20 - fraction.length + Number(exponent));
}

function compare(name: Name, a: Value, b: Value): number {
  if (name === 'region' || name === 'day')
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  if (name === 'flag') return Number(a) - Number(b);
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const present = (rows: readonly Row[], name: Name) =>
  rows.map((row) => row[name]).filter((value) => value !== null);

function expected(rows: readonly Row[]) {
  const each = <N extends Name, T>(names: readonly N[], of: (values: NonNullable<Value>[], name: N) => T) =>
    Object.fromEntries(names.map((name) => [name, of(present(rows, name), name)]));
  const total = (values: Value[]) => values.reduce<bigint>((sum, value) => sum + scaled(value), 0n);
  const sorted = (values: NonNullable<Value>[], name: Name) => values.toSorted((a, b) => compare(name, a, b));
  return {
    count: rows.length,
    countDistinct: each(groupable, (values) => new Set(values).size),
    sum: each(numbers, (values) => (values.length === 0 ? null : total(values))),
    avg: each(numbers, (values) => (values.length === 0 ? null : Number(total(values)) / values.length)),
    min: each(ordered, (values, name) => sorted(values, name)[0] ?? null),
    max: each(ordered, (values, name) => sorted(values, name).at(-1) ?? null),
  };
}

type Computed = ReturnType<typeof expected>;

/** An answer in the terms of `expected`: sums exact, averages to the digits that a double has. */
function read(aggregate: Record<keyof Computed, never>): Computed {
  const { sum, avg, ...rest } = aggregate;
  const map = <T>(of: Record<string, string | null>, change: (text: string) => T) =>
    Object.fromEntries(Object.entries(of).map(([name, text]) => [name, text === null ? null : change(text)]));
  return {
    ...(rest as object),
    sum: map(sum, scaled),
    avg: map(avg, (text) => Number(scaled(text))),
  } as Computed;
}

function expectEqual(actual: Computed, wanted: Computed): void {
  const { avg, ...rest } = wanted;
  expect(actual).toMatchObject(rest);
  for (const [name, average] of Object.entries(avg)) {
    const given = actual.avg[name] as number | null;
    if (average === null) expect(given).toBeNull();
    // Sixteen digits of an average are given, and those of a sum near zero are the sum's.
    else expect(Math.abs(given! - average)).toBeLessThanOrEqual(Math.abs(average) * 1e-14 + 1e5);
  }
}

const everything = `count countDistinct { ${groupable.join(' ')} } sum { ${numbers.join(' ')} } avg { ${numbers.join(' ')} } min { ${ordered.join(' ')} } max { ${ordered.join(' ')} }`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ sources: { main: table }, sdl, policy });
});
afterAll(() => gateway.dispose());

async function fill(rows: readonly Row[], account: number): Promise<void> {
  for (const [i, row] of rows.entries()) {
    const values = [account * 1000 + i, account, ...Object.values(row)];
    await gateway.sources
      .get('main')!
      .query(
        `insert into fact (id, account, ${Object.keys(row).join(', ')}) values (${values.map((_, n) => `$${n + 1}`).join(', ')})`,
        values,
      );
  }
}

test('aggregates and groups of random rows are what plain TypeScript makes of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowOf, { maxLength: 9 }),
      fc.array(rowOf, { maxLength: 2 }),
      fc.subarray([...groupable], { minLength: 1, maxLength: 3 }),
      fc.option(fc.constantFrom('a', 'B', 'none'), { freq: 2 }),
      fc.integer({ min: 0, max: 12 }),
      async (rows, outOfSight, by, region, first) => {
        await gateway.sources.get('main')!.query('truncate fact');
        await fill(rows, 1);
        await fill(outOfSight, 2);
        const where = region === null ? '' : `where: { region: { eq: "${region}" } }, `;
        const { body } = await gateway.query(
          { roles: ['reader'], accounts: ['1'] },
          `query($by: [FactAggregateBy!]!, $first: Int) { facts(${where}first: 1, orderBy: [{ day: DESC }]) {
            aggregate { ${everything} }
            groupBy(by: $by, first: $first) { keys { ${by.join(' ')} } aggregate { ${everything} } }
          } }`,
          { by: by.map((name) => name.toUpperCase()), first },
        );
        expect(body.errors).toBeUndefined();
        const { facts } = body.data as {
          facts: { aggregate: never; groupBy: { keys: Record<Name, Value>; aggregate: never }[] };
        };
        const matching = rows.filter((row) => region === null || row.region === region);
        expectEqual(read(facts.aggregate), expected(matching));

        const groups = new Map<string, Row[]>();
        for (const row of matching) {
          const id = JSON.stringify(by.map((name) => row[name]));
          groups.set(id, [...(groups.get(id) ?? []), row]);
        }
        const inOrder = [...groups.values()].toSorted(([a], [b]) => {
          for (const name of by) {
            if (a![name] === b![name]) continue;
            if (a![name] === null) return 1;
            if (b![name] === null) return -1;
            return compare(name, a![name], b![name]);
          }
          return 0;
        });
        // A numeric key has no zeros behind its last decimal: 10.50 and 10.5 are one group.
        const shown = (name: Name, value: Value) =>
          name === 'amount' && value !== null ? String(value).replace(/\.?0+$/, '') : value;
        expect(facts.groupBy.map(({ keys }) => keys)).toEqual(
          inOrder
            .slice(0, first)
            .map(([row]) => Object.fromEntries(by.map((name) => [name, shown(name, row![name])]))),
        );
        for (const [i, { aggregate }] of facts.groupBy.entries())
          expectEqual(read(aggregate), expected(inOrder[i]!));
      },
    ),
    { numRuns: 40 },
  );
});
