import { reader } from './tables.js';

/**
 * A deployment of as many types as asked for, each of a table of its own with eight columns, a relation to the one before and one
 * from the one behind; and types of tables that differ in their number of rows alone. Every value is made up from its key.
 */

/** The database, its one schema, and the source's name. */
export const parts = 'parts';

const table = (name: string, rows: number): string => `
CREATE TABLE ${parts}.${name} (id int4 PRIMARY KEY, parent_id int4 NOT NULL, code text NOT NULL,
  name text, price numeric(12, 2), quantity int4 NOT NULL, made_on date, changed_at timestamptz NOT NULL);
INSERT INTO ${parts}.${name} SELECT id, id, 'C-' || id, 'Part ' || id, id * 1.25, id % 90, date '2020-01-01' + id % 900,
  timestamptz '2024-01-01 00:00:00Z' + id * interval '1 minute' FROM generate_series(1, ${rows}) AS id;`;

/** A name of a part's table, its type and its root fields. */
const part = (i: number): string => `part_${i}`;
const sized = (rows: number): string => `sized_${rows}`;

/** Everything from nothing to granted tables, for one transaction. */
export function buildParts(types: number, rowsEach: number, sizes: readonly number[]): string {
  const each = Array.from({ length: types }, (_, i) => part(i + 1));
  return [
    `DROP SCHEMA IF EXISTS ${parts} CASCADE; CREATE SCHEMA ${parts};`,
    ...each.flatMap((name) => [table(name, rowsEach), `CREATE INDEX ON ${parts}.${name} (parent_id);`]),
    ...sizes.map((rows) => table(sized(rows), rows)),
    `GRANT USAGE ON SCHEMA ${parts} TO ${reader}; GRANT SELECT ON ALL TABLES IN SCHEMA ${parts} TO ${reader};`,
  ].join('\n');
}

const type = (name: string, of: string, relations: readonly string[] = []): string => `
type ${name} @table(source: ${parts}, schema: "${parts}", name: "${of}", key: ["id"]) {
  id: ID! @open
  parentId: ID! @open
  code: String! @open(dimension: true)
  name: String @tradeSecret(class: relationship)
  price: Decimal @tradeSecret(class: pricing, mask: { bucket: "100" })
  quantity: Int! @tradeSecret(class: pricing, mask: { bucket: "10" })
  madeOn: Date @tradeSecret(class: relationship, mask: { dateTrunc: YEAR })
  changedAt: DateTime! @open
${relations.map((relation) => `  ${relation} @open\n`).join('')}}`;

/** The schema's text: so many parts, and types of tables of these sizes. */
export function partTypes(types: number, sizes: readonly number[] = []): string {
  const chain = Array.from({ length: types }, (_, i) => i + 1).map((i) =>
    type(`Part${i}`, part(i), [
      ...(i > 1 ? [`parent: Part${i - 1} @relation(from: ["parent_id"], to: ["id"])`] : []),
      ...(i < types ? [`parts: [Part${i + 1}!]! @relation(from: ["id"], to: ["parent_id"])`] : []),
    ]),
  );
  return [...chain, ...sizes.map((rows) => type(`Sized${rows}`, sized(rows)))].join('\n');
}

/** A role's name; each may do the same, and a caller may have several. */
export const partRole = (i: number): string => `reader_${i}`;

/** The policy's text, with so many roles. */
export const partPolicy = (roles: number): string => `
classes:
  relationship: { title: Names }
  pricing: { title: Prices }
roles:
${Array.from({ length: roles }, (_, i) => `  ${partRole(i + 1)}: { rows: all, clear: [relationship], mask: [pricing] }\n`).join('')}`;
