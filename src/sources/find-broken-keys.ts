import pg from 'pg';
import { ident, integer, join, render, sql, type Problem, type Sql } from '../base/index.js';
import type { Model, TypeModel } from '../model/index.js';
import type { SourceConfig } from './source.js';

/** Keys that no catalogue guarantees, held against the rows that are there. */
export interface BrokenKeys {
  /** Keys that several rows share. */
  readonly problems: readonly Problem[];
  /** Rows without a key, and keys that could not be looked at. */
  readonly warnings: readonly Problem[];
  /** Keys of which only a part was looked at. */
  readonly notes: readonly Problem[];
}

/** Rows that are looked at: enough to find a mistake, and no more than a database answers in passing. */
const ROWS_MAX = 100_000;

interface Found {
  readonly repeated: boolean;
  readonly nulls: boolean;
  readonly more: boolean;
}

function statement({ schema, table, key }: TypeModel, rowsMax: number): string {
  const columns = key.map(({ name }) => ident(name));
  const list = join(columns, sql`, `);
  const every = (condition: Sql<never>): Sql<never> =>
    join(
      columns.map((column) => sql`${column} is ${condition}`),
      sql` and `,
    );
  const rows = sql`select ${list} from ${ident(schema, table)} limit ${integer(rowsMax + 1)}`;
  const repeated = sql`exists (select from seen where ${every(sql`not null`)} group by ${list} having pg_catalog.count(*) > 1)`;
  const nulls = sql`exists (select from seen where not (${every(sql`not null`)}))`;
  const more = sql`(select pg_catalog.count(*) from seen) > ${integer(rowsMax)}`;
  return render(
    sql`with seen as materialized (${rows}) select ${repeated} as repeated, ${nulls} as nulls, ${more} as more`,
  ).text;
}

/** Null where it cannot be told: the source does not answer, not in time, or not this role. */
async function look(client: pg.Client, type: TypeModel, rowsMax: number): Promise<Found | null> {
  try {
    const { rows } = await client.query<Found>(statement(type, rowsMax));
    return rows[0] ?? null;
  } catch {
    return null;
  }
}

async function lookAtAll(
  { connection, connectTimeoutMs, statementTimeoutMs }: SourceConfig,
  types: readonly TypeModel[],
  rowsMax: number,
): Promise<readonly (readonly [TypeModel, Found | null])[]> {
  const client = new pg.Client({
    ...connection,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
  });
  // A connection that breaks is told of by the statement that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found: (readonly [TypeModel, Found | null])[] = [];
    for (const type of types) found.push([type, await look(client, type, rowsMax)]);
    return found;
  } catch {
    return types.map((type) => [type, null] as const);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Looks at the rows of types whose key is vouched for or may be null: whether it tells them apart. Bounded in rows and time.
 * @param file of the configuration, for messages
 */
export async function findBrokenKeys(
  model: Model,
  sources: ReadonlyMap<string, SourceConfig>,
  file: string,
  rowsMax = ROWS_MAX,
): Promise<BrokenKeys> {
  const wanted = [...model.types.values()].filter(
    ({ keyBecause, keyNulls }) => keyBecause !== null || keyNulls.length > 0,
  );
  const found = await Promise.all(
    [...sources.values()].map(async (source) => {
      const types = wanted.filter((type) => type.source === source.name);
      return types.length === 0 ? [] : lookAtAll(source, types, rowsMax);
    }),
  );
  const told = (test: (found: Found | null) => boolean, code: string, words: (type: TypeModel) => string) =>
    found
      .flat()
      .filter(([, each]) => test(each))
      .map(([type]): Problem => {
        const key = type.key.map(({ name }) => JSON.stringify(name)).join(', ');
        const message = `${type.name}: ${words(type)} (${key}) of ${type.source}.${JSON.stringify(type.schema)}.${JSON.stringify(type.table)}.`;
        return { file, line: 0, code, message };
      });
  return {
    problems: told(
      (each) => each?.repeated === true,
      'KEY_REPEATED',
      () =>
        'none of the rows that share a key is served, and there are some; name a key that tells them apart, instead of',
    ),
    warnings: [
      ...told(
        (each) => each?.nulls === true,
        'KEY_IS_NULL',
        () => 'rows without a key are not served, and there are some; null is a part of',
      ),
      ...told(
        (each) => each === null,
        'KEY_NOT_SEEN',
        () => 'its rows could not be looked at, or not in time, to see whether they are told apart by',
      ),
    ],
    notes: told(
      (each) => each?.more === true && !each.repeated,
      'KEY_SEEN_IN_PART',
      () => `${rowsMax} of its rows were looked at, not all of them, to see whether they are told apart by`,
    ),
  };
}
