import { constant, ident, integer, join, sql } from '../base/index.js';
import { itemType, type PgKind, type PgType } from '../catalog/index.js';
import type { ColumnField, EnumModel } from '../model/index.js';
import { orNull, textOf, type JsonText } from './json-text.js';
import type { PlanSql } from './permitted-rows.js';

/** How the text of a kind becomes JSON: as it is between quotation marks, or with what JSON has to escape. */
const plain: ReadonlySet<PgKind> = new Set<PgKind>([
  ...(['int2', 'int4', 'int8', 'oid', 'numeric', 'money', 'uuid', 'date'] as const),
  ...(['bit', 'varbit', 'macaddr', 'macaddr8', 'pg_lsn', 'bytea'] as const),
]);

/**
 * Kinds whose JSON PostgreSQL's own function makes from the value: the ISO forms of times, the numbers, JSON itself. Of
 * the others it would ask a cast of their own that somebody may have made, or print what they do not hold: the blanks of
 * `bpchar`.
 */
const ownJson: ReadonlySet<PgKind> = new Set<PgKind>([
  ...(['text', 'varchar', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'] as const),
  ...(['float4', 'float8', 'json', 'jsonb', 'inet', 'cidr', 'tsvector', 'tsquery'] as const),
  ...(['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'] as const),
]);

/**
 * A byte as PostgreSQL 16 and later print it, `\303` from 128 on: older servers print the byte itself, which is no
 * UTF-8 and raises. Bytes are signed here, and `chr` raises on 0.
 */
function byteText(value: PlanSql): PlanSql {
  const code = sql`(${value})::pg_catalog.int4`;
  const digit = (divisor: number): PlanSql =>
    sql`pg_catalog.mod((${code} + 256) / ${integer(divisor)}, 8)::pg_catalog.text`;
  const octal = sql`${constant('\\')} || ${digit(64)} || ${digit(8)} || ${digit(1)}`;
  return sql`case when ${code} > 0 then pg_catalog.chr(greatest(${code}, 1)) when ${code} = 0 then '' else ${octal} end`;
}

/** The text that is given out, of the kinds where it is not the one that they are cast to. */
const texts: Partial<Readonly<Record<PgKind, (value: PlanSql) => PlanSql>>> = {
  // Its own text goes by the locale of the session.
  money: (value) => sql`(${value})::pg_catalog.numeric::pg_catalog.text`,
  char: byteText,
  bytea: (value) => sql`pg_catalog.replace(pg_catalog.encode(${value}, 'base64'), ${constant('\n')}, '')`,
};

function enumName(value: PlanSql, { values }: EnumModel): PlanSql {
  const labels = [...values];
  if (labels.every(([name, label]) => name === label)) return sql`${value}::pg_catalog.text`;
  const arms = labels.map(([name, label]) => sql`when ${constant(label)} then ${constant(name)}`);
  return sql`case ${value}::pg_catalog.text ${join(arms, sql` `)} end`;
}

const quoted = (text: PlanSql, nullable: boolean): JsonText =>
  nullable ? orNull(sql`'"' || ${text} || '"'`) : ['"', text, '"'];
const bare = (text: PlanSql, nullable: boolean): JsonText => (nullable ? orNull(text) : [text]);
const escaped = (value: PlanSql, nullable: boolean): JsonText =>
  bare(sql`pg_catalog.to_json(${value})::pg_catalog.text`, nullable);

type Enums = ReadonlyMap<string, EnumModel>;
type GivenOut = Pick<ColumnField, 'type'>;

/** A single value. Exact numbers travel as text. */
function single(value: PlanSql, nullable: boolean, { type }: GivenOut, of: PgType, enums: Enums): JsonText {
  const labels = type.kind === 'enum' ? enums.get(type.name) : undefined;
  // A label that the database learnt after the start has no name here and is null.
  if (labels !== undefined) return escaped(enumName(value, labels), true);
  const text = texts[of.kind]?.(value) ?? sql`${value}::pg_catalog.text`;
  if (type.name === 'Int' || type.name === 'Boolean') return bare(text, nullable);
  if (plain.has(of.kind)) return quoted(text, nullable);
  return escaped(ownJson.has(of.kind) ? value : text, nullable);
}

/**
 * An array as lists that are `depth` deep, and null where the value has other dimensions: PostgreSQL holds to none. Items
 * come in the order of storage, the last dimension innermost; where each dimension begins to count is left out.
 */
function nested(value: PlanSql, depth: number, within: number, item: (value: PlanSql) => JsonText): PlanSql {
  const items = ident(`items${within}`);
  const list = (json: PlanSql): PlanSql => sql`'[' || pg_catalog.string_agg(${json}, ',' order by n) || ']'`;
  // Both set-returning functions go on row by row, so that each item has its number; a composite item stays whole.
  let rows: PlanSql = sql`select pg_catalog.unnest(${value}) as v, pg_catalog.generate_series(0, pg_catalog.cardinality(${value}) - 1) as n`;
  let json = textOf(item(sql`${items}.v`));
  for (let dimension = depth; dimension > 1; dimension -= 1) {
    const length = sql`pg_catalog.array_length(${value}, ${integer(dimension)})`;
    rows = sql`select ${list(json)} as v, n / ${length} as n from (${rows}) as ${items} group by 2`;
    json = sql`${items}.v`;
  }
  const lists = sql`(select ${list(json)} from (${rows}) as ${items})`;
  return sql`case when pg_catalog.array_ndims(${value}) = ${integer(depth)} then ${lists} when pg_catalog.cardinality(${value}) = 0 then '[]' else 'null' end`;
}

/**
 * A value in lists as deep as its field has them, else alone.
 * @param within how many lists it is in already
 * @param one the JSON of a single value, which is nullable or not
 */
export function listForm(
  value: PlanSql,
  nullable: boolean,
  { lists }: ColumnField,
  within: number,
  one: (value: PlanSql, nullable: boolean) => JsonText,
): JsonText {
  if (lists === 0) return one(value, nullable);
  return [nested(value, lists, within, (item) => one(item, true))];
}

/** A value in the JSON form of its GraphQL type. */
export function jsonForm(
  value: PlanSql,
  nullable: boolean,
  field: ColumnField,
  within: number,
  enums: Enums,
): JsonText {
  const type = itemType(field.column.type);
  return listForm(value, nullable, field, within, (one, mayBeNull) =>
    single(one, mayBeNull, field, type, enums),
  );
}
