import type { PgKind, PgType } from '../catalog/index.js';
import { ident, sql, type Slot, type Sql } from '../base/index.js';

/** What masks tell types apart by. */
export type Family = 'text' | 'number' | 'date' | 'enum' | 'other';

/** Kinds that are not here are `other`. */
const families: Partial<Readonly<Record<PgKind, Family>>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  date: 'date',
  timestamp: 'date',
  timestamptz: 'date',
  enum: 'enum',
};

const fitting: Readonly<Record<Family, string>> = {
  text: 'redact, partial, email, pseudonym, constant or nullify',
  number: 'bucket, round, constant or nullify',
  date: 'dateTrunc, constant or nullify',
  enum: 'constant with one of its labels, or nullify',
  other: 'constant or nullify',
};

export function familyOf(type: PgType): Family {
  return families[type.kind] ?? 'other';
}

/** Why a mask for one family does not fit a type, and which would; null when it fits. */
export function outsideFamily(mask: string, family: 'text' | 'number' | 'date', type: PgType): string | null {
  const found = familyOf(type);
  if (found === family) return null;
  const wanted = family === 'text' ? 'text' : `${family}s`;
  return `${mask} masks ${wanted}, and this column is ${type.display}; use ${fitting[found]}.`;
}

/**
 * The type in a cast, without length: a mask longer than `varchar(1)` must not raise. A domain is cast to the type
 * under it, for its checks could raise; an unsupported type is never given out, so its null may be of any type.
 */
export function typeName(type: PgType): Sql<never> {
  if (type.kind === 'unsupported') return ident('pg_catalog', 'text');
  const names = [...type.cast.matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)];
  return ident(...names.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''));
}

/** The expression, cast to the type without length. */
export function asType<S extends Slot>(expression: Sql<S>, type: PgType): Sql<S> {
  return sql<S>`(${expression})::${typeName(type)}`;
}

/** A text column as text; of `bpchar` the padding is gone, as it is in `characters`. */
export function asText<S extends Slot>(value: Sql<S>): Sql<S> {
  return sql<S>`(${value})::pg_catalog.text`;
}

/** The characters as PostgreSQL counts them in UTF-8: code points, in `bpchar` without the padding. */
export function characters(value: string, type: PgType): readonly string[] {
  return Array.from(type.kind === 'bpchar' ? value.replace(/ +$/, '') : value);
}
