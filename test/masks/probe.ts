import pg from 'pg';
import { constant, ident, join, param, render, sql, type Slot, type Sql } from '../../src/base/index.js';
import { builtInType, type PgKind, type PgType } from '../../src/catalog/index.js';
import { hmacPads, masks, type MaskSpec, type MaskTarget } from '../../src/masks/index.js';
import { freshDatabase } from '../support/cluster.js';

/** A type as the catalogue gives it. */
export function pgType(kind: PgKind, display: string = kind): PgType {
  return builtInType(kind, display);
}

/** An enum, and its cast as the catalogue gives it. */
export function enumType(cast: string, ...enumLabels: readonly string[]): PgType {
  return { ...builtInType('enum', cast), cast, schema: 'public', enumLabels };
}

export function target(type: PgType, nullable = true): MaskTarget {
  return { type, nullable };
}

export interface ProbedColumn {
  readonly type: PgType;
  /** As in CREATE TABLE, where it is not the display name. */
  readonly declaration?: string;
}

type Cell = string | null;

/** One stored value: what PostgreSQL prints of it and of its masks, and what the references say of these. */
export interface ProbedRow {
  readonly value: Cell;
  readonly masked: readonly Cell[];
  readonly reference: readonly Cell[];
}

/** A database in which masks are applied to columns of real tables. */
export interface Probe {
  /**
   * Stores the values, then reads all masks of them in one prepared statement, under both plan cache modes, without
   * and with statistics: four answers that must be one.
   */
  maskAll(
    column: ProbedColumn,
    specs: readonly MaskSpec[],
    values: readonly Cell[],
  ): Promise<readonly ProbedRow[]>;
  /** The column's own type (a domain's is the type under it), and what `pg_typeof` finds of each mask. */
  typesOf(
    column: ProbedColumn,
    specs: readonly MaskSpec[],
  ): Promise<{ readonly expected: string; readonly found: readonly string[] }>;
  close(): Promise<void>;
}

/** The key of the audience in these tests. */
const key = Buffer.alloc(32, 7);
const pads = hmacPads(key);

function maskSql(spec: MaskSpec, type: PgType): Sql {
  return masks[spec.name].toSql<Slot>(spec, target(type), {
    value: ident('t', 'value'),
    record: ident('t', 'record'),
    innerKey: param({ id: 'inner' }, 'pg_catalog.bytea'),
    outerKey: param({ id: 'outer' }, 'pg_catalog.bytea'),
  });
}

/** Connections that give everything as PostgreSQL prints it. */
async function connect(config: pg.ClientConfig, zone: string): Promise<pg.Client> {
  const client = new pg.Client({ ...config, types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  await client.query(`SET search_path = pg_catalog; SET TimeZone = '${zone}'`);
  return client;
}

/** A new table each time: an old one would keep the statistics of the values before. */
async function store(
  client: pg.Client,
  { type, declaration = type.display }: ProbedColumn,
  values: readonly Cell[],
): Promise<void> {
  await client.query(`
    DROP TABLE IF EXISTS public.probe;
    CREATE TABLE public.probe (id int, record bytea, value ${declaration}) WITH (autovacuum_enabled = off)`);
  await client.query(
    `INSERT INTO public.probe SELECT id, int4send(id::int), value::${declaration}
     FROM unnest($1::text[]) WITH ORDINALITY AS u (value, id)`,
    [values],
  );
}

let statements = 0;

async function select(client: pg.Client, columns: readonly Sql[]): Promise<Cell[][]> {
  const { text, slots } = render<Slot>(
    sql<Slot>`SELECT ${join(columns, sql`, `)} FROM public.probe AS t ORDER BY t.id`,
  );
  const { rows } = await client.query<Cell[]>({
    name: `probe_${++statements}`,
    text,
    values: slots.map(({ id }) => (id === 'inner' ? pads.inner : pads.outer)),
    rowMode: 'array',
  });
  return rows;
}

async function selectEveryWay(client: pg.Client, columns: readonly Sql[]): Promise<Cell[][]> {
  const answers: Cell[][][] = [];
  for (const prepare of ['', 'ANALYZE public.probe']) {
    await client.query(prepare);
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await client.query(`SET plan_cache_mode = ${mode}`);
      answers.push(await select(client, columns));
    }
  }
  const [first = [], ...others] = answers;
  for (const other of others) expect(other).toEqual(first);
  return first;
}

/** References of floats are exact decimals; which float that is, and how it prints, PostgreSQL knows. */
async function asPrinted(client: pg.Client, { kind }: PgType, texts: readonly Cell[]): Promise<Cell[]> {
  if (kind !== 'float4' && kind !== 'float8') return [...texts];
  const { rows } = await client.query<Cell[]>({
    text: `SELECT value::${kind} FROM unnest($1::text[]) WITH ORDINALITY AS u (value, id) ORDER BY id`,
    values: [texts],
    rowMode: 'array',
  });
  return rows.map(([text = null]) => text);
}

/**
 * @param setup statements to run first
 * @param zone of the session; a `timestamptz` prints as its reference says in UTC only
 */
export async function openProbe(setup = '', zone = 'UTC'): Promise<Probe> {
  const database = await freshDatabase('masks', { sql: setup });
  const client = await connect(database.config, zone);
  return {
    maskAll: async (column, specs, values) => {
      const { type } = column;
      await store(client, column, values);
      const rows = await selectEveryWay(client, [
        ident('t', 'value'),
        ident('t', 'record'),
        ...specs.map((spec) => maskSql(spec, type)),
      ]);
      const references: Cell[][] = [];
      for (const spec of specs) {
        const texts = rows.map(([value = null, record]) => {
          const input = { value, record: Buffer.from((record ?? '').slice(2), 'hex'), key };
          return masks[spec.name].reference(spec, target(type), input);
        });
        references.push(await asPrinted(client, type, texts));
      }
      return rows.map(([value = null, , ...masked], row) => ({
        value,
        masked,
        reference: references.map((texts) => texts[row] ?? null),
      }));
    },
    typesOf: async (column, specs) => {
      await store(client, column, [null]);
      const own = sql`${constant(column.type.cast)}::pg_catalog.regtype`;
      const types = specs.map((spec) => sql<Slot>`pg_catalog.pg_typeof(${maskSql(spec, column.type)})`);
      const [[expected, ...found] = []] = await select(client, [own, ...types]);
      return { expected: String(expected), found: found.map(String) };
    },
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}
