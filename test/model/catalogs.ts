import { builtInType } from '../../src/catalog/index.js';
import type { Catalog, Column, ForeignKey, PgKind, PgType, Table } from '../../src/catalog/index.js';

/** Types as PostgreSQL displays them, and their kinds. */
const kinds: Readonly<Record<string, PgKind>> = {
  boolean: 'bool',
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  'double precision': 'float8',
  'character varying(80)': 'varchar',
  'character(2)': 'bpchar',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
};

const plainKinds = ['text', 'numeric', 'date', 'uuid', 'json', 'jsonb', 'bytea'] as const;

function typeOf(display: string): PgType {
  const [, name, labels] = /^enum ([\w.]+): (.*)$/.exec(display) ?? [];
  if (name !== undefined && labels !== undefined) {
    return { ...builtInType('enum', name), cast: name, enumLabels: labels.split(', ') };
  }
  if (display.endsWith('[]')) {
    const element = typeOf(display.slice(0, -2));
    if (element.kind !== 'unsupported') return { ...builtInType('array', display), element };
  }
  const kind = kinds[display] ?? plainKinds.find((plain) => plain === display) ?? 'unsupported';
  return builtInType(kind, display);
}

/** A column as in `CREATE TABLE`: `id integer NOT NULL`. */
function columnOf(written: string): readonly [string, Column] {
  const notNull = written.endsWith(' NOT NULL');
  const [name = '', ...type] = written.replace(/ NOT NULL$/, '').split(' ');
  return [name, { name, type: typeOf(type.join(' ')), notNull, comment: null }];
}

/** A table from its columns as in `CREATE TABLE`; keys by column names. */
export function table(
  qualifiedName: string,
  columns: readonly string[],
  rest: Partial<Pick<Table, 'kind' | 'primaryKey' | 'uniqueKeys' | 'foreignKeys'>> = {},
): Table {
  const [schema = '', name = ''] = qualifiedName.split('.');
  const { kind = 'table', primaryKey = null, uniqueKeys = [], foreignKeys = [] } = rest;
  return {
    schema,
    name,
    kind,
    columns: new Map(columns.map(columnOf)),
    primaryKey,
    uniqueKeys: primaryKey === null ? uniqueKeys : [primaryKey, ...uniqueKeys],
    foreignKeys,
    indexes: [],
    comment: null,
  };
}

/** `references(['account_id'], 'public.accounts', ['account_id'])` */
export function references(
  columns: readonly string[],
  qualifiedName: string,
  toColumns: readonly string[],
): ForeignKey {
  const [schema = '', target = ''] = qualifiedName.split('.');
  return { columns, schema, table: target, toColumns };
}

export function catalog(source: string, tables: readonly Table[], encoding = 'UTF8'): Catalog {
  return { source, encoding, tables };
}
