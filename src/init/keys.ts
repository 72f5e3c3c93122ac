import type { Column, Derived, Table } from '../catalog/index.js';
import { isKeyKind, isWithoutConstraints } from '../model/index.js';
import type { TableMarks } from './suggest.js';

/** The key that a type is served by, or why there is none and what to do, in sentences. */
export type KeyChoice = { readonly key: readonly string[] } | { readonly reason: string };

/** What has no constraints of its own, and no key that the database guarantees otherwise. */
const withoutKeys: Partial<Record<Table['kind'], string>> = {
  view: 'A database view whose query is not seen to pass on a key of a table',
  materialized: 'A materialized view without a unique index',
  foreign: 'The keys of a foreign table are not enforced',
};

/**
 * The primary key, else a unique key without nulls; of several the first that holds no secret, since everybody sees the
 * key of what they see. Rows of a view in which the key is null are left out.
 */
export function chooseKey(table: Table, marks: TableMarks, derived: Derived | undefined): KeyChoice {
  const nature = withoutKeys[table.kind];
  const stated = [...(table.primaryKey === null ? [] : [table.primaryKey]), ...table.uniqueKeys];
  const known = table.kind === 'foreign' ? [] : stated;
  if (nature !== undefined && known.length === 0) return { reason: `${nature}; ${behind(derived)}` };
  const nulls = isWithoutConstraints(table.kind);
  const keys = known.filter(
    (key) => key.length > 0 && key.every((name) => canTellApart(table.columns.get(name), nulls)),
  );
  const key = keys.find((names) => !names.some((name) => marks.has(name))) ?? keys[0];
  if (key !== undefined) return { key };
  return { reason: known.length === 0 ? withoutAny(table) : unusable(table, known) };
}

function canTellApart(column: Column | undefined, nulls: boolean): boolean {
  return column !== undefined && (nulls || column.notNull) && isKeyKind(column.type.kind);
}

const vouch = 'vouch for one: @table(…, key: ["…"], keyBecause: "one row for each …").';

function behind(derived: Derived | undefined): string {
  const tables = new Set([...(derived?.columns.values() ?? [])].flat().map(({ table }) => table));
  if (tables.size === 0) return `make a table of it, with a primary key, or ${vouch}`;
  return `its values come from ${[...tables].join(', ')}: serve those with relations, or ${vouch}`;
}

function withoutAny(table: Table): string {
  // With children of inheritance, or foreign partitions, its constraints do not hold for every row that it shows.
  if (table.kind === 'partitioned')
    return 'No unique key holds for all of its partitions; add a primary key that has the columns it is partitioned by.';
  return 'It has no primary key and no unique key that holds for all of its rows; add one: ALTER TABLE … ADD PRIMARY KEY (…).';
}

function unusable(table: Table, keys: readonly (readonly string[])[]): string {
  const [key = []] = keys;
  const nullable = key.filter((name) => table.columns.get(name)?.notNull === false);
  if (nullable.length > 0)
    return `Its unique key (${key.join(', ')}) may hold nulls; constrain it: ALTER TABLE … ALTER COLUMN ${nullable.join(', ')} SET NOT NULL.`;
  return `Records are not told apart by the types of its unique key (${key.join(', ')}); add another unique key.`;
}
