import type { ColumnField, Model, RelationField } from '../../src/model/index.js';
import { journeys } from './deployments.js';
import { demoGround, groundFrom, provedGround, type TestGround } from './grounds.js';

/** What answers depend on: a model without comments and without the names of domains. */
function essence({ types, enums, composites, policy, sources }: Model): unknown {
  const column = ({ name, type, notNull }: ColumnField['column']) => ({
    name,
    notNull,
    kind: type.kind,
    cast: type.cast,
    element: type.element?.kind,
  });
  const field = (each: ColumnField | RelationField) =>
    each.kind === 'column'
      ? { ...each, column: column(each.column) }
      : { ...each, from: each.from.map(column), to: each.to.map(column) };
  return {
    sources,
    enums: [...enums],
    policy: policy.version.toString('hex'),
    composites: [...composites].map(([name, { fields }]) => [name, [...fields.values()].map(field)]),
    types: [...types.values()].map((type) => ({
      name: type.name,
      table: [type.source, type.schema, type.table],
      key: type.key.map(column),
      rows: JSON.stringify(type.rows, (key, value: unknown) => (key === 'comment' ? undefined : value)),
      fields: [...type.fields.values()].map(field),
    })),
  };
}

async function using(make: () => Promise<TestGround>, check: (ground: TestGround) => void): Promise<void> {
  const ground = await make();
  try {
    check(ground);
  } finally {
    await ground.dispose();
  }
}

test('databases that are built for the demo make the same model', () =>
  using(demoGround, ({ model, rebuilt, reasons }) => {
    expect(essence(rebuilt)).toEqual(essence(model));
    expect(reasons).toEqual([]);
  }));

if (journeys.missing !== null) console.warn(journeys.missing);
(journeys.missing === null ? test : test.skip)('so do those for databases that others made', () =>
  using(
    () => provedGround(journeys),
    ({ model, rebuilt, reasons }) => {
      expect(essence(rebuilt)).toEqual(essence(model));
      expect(reasons).toEqual([]);
    },
  ),
);

test('types of every sort are made, and what cannot be is said', () =>
  using(
    () =>
      groundFrom(
        {
          main: `
            create schema "Other One";
            create extension citext schema "Other One";
            create type "Other One"."Mood" as enum ('so so', 'fine');
            create type inner_part as (label varchar(3), "at" "Other One"."Mood");
            create type part as (inner_part inner_part, amount numeric(5,2)[]);
            create type span as range (subtype = numeric);
            create domain "Other One".code as varchar(4) check (value <> 'no');
            create table parent (a int, b text, primary key (a, b));
            create table "Odd ""Name" (
              id bigint primary key, other uuid not null unique, "Mood" "Other One"."Mood", part part, codes varchar(5)[], span span, many int4multirange,
              code "Other One".code, mail "Other One".citext, bits bit(3), amount numeric(12,2), at timestamp(3), left_out int not null, a int, b text,
              moods "Other One"."Mood"[], foreign key (a, b) references parent
            );
            create index on "Odd ""Name" (amount, left_out);
            create view seen as select * from "Odd ""Name";
          `,
        },
        `
          enum Mood { SO_SO FINE }
          type Parent @table(source: main, schema: "public", name: "parent", key: ["a", "b"]) @open { a: Int! b: String! odds: [Odd!]! @relation(from: ["a", "b"], to: ["a", "b"]) }
          type Odd @table(source: main, schema: "public", name: "Odd \\"Name", key: ["id"]) @open {
            id: BigInt! other: UUID! mood: Mood @column(name: "Mood") part: Part codes: [String] span: Range many: Range code: String mail: String bits: BitString
            amount: Decimal at: LocalDateTime moods: [Mood]
          }
          type Part @open { innerPart: Inner amount: [Decimal] }
          type Inner @open { label: String at: Mood }
        `,
        'classes: {}\nroles: { all: { rows: all } }\n',
      ),
    ({ model, rebuilt, reasons }) => {
      expect(essence(rebuilt)).toEqual(essence(model));
      expect(reasons).toEqual([
        'main: The checks of the domain "Other One".code are not in the catalogue: its columns hold any varchar.',
      ]);
    },
  ));
