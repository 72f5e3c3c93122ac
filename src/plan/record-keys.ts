import { ident, join, sql, type PackedKind, type PackedLayout, type Slot, type Sql } from '../base/index.js';
import type { Column, PgKind } from '../catalog/index.js';
import type { PlanSql } from './permitted-rows.js';

const fixedWidth: Partial<Record<PgKind, PackedKind>> = { int2: 'i2', int4: 'i4', int8: 'i8', uuid: 'uuid' };

/** How a column is packed (base/packed): fixed width where it cannot be null, else as its text with a length. */
export function packedKind({ type, notNull }: Column): PackedKind {
  return (notNull ? fixedWidth[type.kind] : undefined) ?? 'text';
}

export const packedLayout = (columns: readonly Column[]): PackedLayout => columns.map(packedKind);

/** In which texts that differ in their case alone are one, as `citext` itself compares them. */
export function folded<S extends Slot>(value: Sql<S>): Sql<S> {
  const text = sql<S>`${value}::pg_catalog.text`;
  return sql<S>`pg_catalog.lower(${text} collate ${ident('pg_catalog', 'default')})`;
}

/** The text by which a record is told apart: one for all values that are equal, or a record would have two names. */
export function keyText<S extends Slot>(value: Sql<S>, kind: PgKind): Sql<S> {
  // Its cast writes the length of the prefix of a single address too, which is not how that is given out.
  if (kind === 'inet') return sql<S>`pg_catalog.abbrev(${value})`;
  return kind === 'citext' ? folded(value) : sql<S>`${value}::pg_catalog.text`;
}

function packColumn(value: PlanSql, column: Column): PlanSql {
  const kind = packedKind(column);
  switch (kind) {
    case 'i2':
      return sql`pg_catalog.int2send(${value})`;
    case 'i4':
      return sql`pg_catalog.int4send(${value})`;
    case 'i8':
      return sql`pg_catalog.int8send(${value})`;
    case 'uuid':
      return sql`pg_catalog.uuid_send(${value})`;
    case 'text': {
      // The server's encoding is UTF-8 (checked when it is connected), so its octets are those of the conversion.
      const text = keyText(value, column.type.kind);
      return sql`coalesce(pg_catalog.int4send(pg_catalog.octet_length(${text})) || pg_catalog.convert_to(${text}, 'UTF8'), pg_catalog.int4send(-1))`;
    }
  }
}

/** A bytea expression that packs one tuple; `read` gives each column's expression. */
export function packTuple(columns: readonly Column[], read: (column: Column) => PlanSql): PlanSql {
  return join(
    columns.map((column) => packColumn(read(column), column)),
    sql` || `,
  );
}
