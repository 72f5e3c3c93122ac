import { itemType, type Table } from '../catalog/index.js';
import type { Draft, RelationDraft } from './draft.js';

/** What a run of init saw of a table, kept beside what it wrote: so that the next run can tell what is new from what was left out. */
interface SeenTable {
  readonly served: boolean;
  /** Column → its type, as PostgreSQL prints it. */
  readonly columns: Readonly<Record<string, string>>;
  readonly relations: readonly string[];
  /** Composite type that a column is of, or an attribute of one → its attributes; absent where there is none. */
  readonly composites?: Attributes;
}

type Attributes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Source → schema → table. */
export type Snapshot = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, SeenTable>>>>>
>;

/** What tells relations of one type apart, whatever they are called. */
export function relationId(
  { from, to, through }: Pick<RelationDraft, 'from' | 'to' | 'through'>,
  target: string,
): string {
  const pairs = (here: readonly string[], there: readonly string[]) =>
    here.map((name, i) => [name, there[i]]).sort();
  if (through === null) return JSON.stringify([target, pairs(from, to)]);
  const link = [through.schema, through.name, pairs(from, through.from), pairs(through.to, to)];
  return JSON.stringify([target, ...link]);
}

/** The type that a relation leads to: `Order` of `[Order!]!`. */
export function targetOf({ type }: Pick<RelationDraft, 'type'>): string {
  return type.replaceAll(/[[\]!]/g, '');
}

export function takeSnapshot({ types, notServed }: Draft): Snapshot {
  const tables: Record<string, Record<string, Record<string, SeenTable>>> = {};
  const tableOf = new Map(
    types.map((type) => [type.name, JSON.stringify([type.table.schema, type.table.name])]),
  );
  const all = [
    ...types.map(({ source, table, relations }) => ({ source, table, relations, served: true })),
    ...notServed.map(({ source, table }) => ({ source, table, relations: [], served: false })),
  ];
  for (const { source, table, relations, served } of all) {
    const composites = new Map(compositesIn(table.columns));
    const schemas = (tables[source] ??= {});
    (schemas[table.schema] ??= {})[table.name] = {
      served,
      columns: typesOf(table.columns),
      relations: relations.map((each) => relationId(each, tableOf.get(targetOf(each)) ?? '')),
      ...(composites.size === 0 ? {} : { composites: Object.fromEntries(composites) }),
    };
  }
  return tables;
}

function typesOf(columns: Table['columns']): Readonly<Record<string, string>> {
  return Object.fromEntries([...columns.values()].map(({ name, type }) => [name, type.display]));
}

/** Every composite that columns are of, with those within. */
function* compositesIn(columns: Table['columns']): Generator<readonly [cast: string, Attributes[string]]> {
  for (const column of columns.values()) {
    const { kind, cast, attributes } = itemType(column.type);
    if (kind !== 'composite') continue;
    yield [cast, typesOf(attributes)];
    yield* compositesIn(attributes);
  }
}

export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 1)}\n`;
}

/** What an earlier run has seen of a table; null for a table that it did not see. */
export function seenBefore(
  snapshot: Snapshot,
  source: string,
  schema: string,
  table: string,
): SeenTable | null {
  return snapshot[source]?.[schema]?.[table] ?? null;
}

/** The attributes of a composite that an earlier run has seen, whichever column was of it. */
export function attributesSeen(snapshot: Snapshot, source: string, cast: string): ReadonlySet<string> {
  const tables = Object.values(snapshot[source] ?? {}).flatMap((schema) => Object.values(schema));
  return new Set(tables.flatMap(({ composites = {} }) => Object.keys(composites[cast] ?? {})));
}
