import type { Column, PgKind, Table } from '../catalog/index.js';
import { findColumn, tableName, type BoundTable, type FieldsDraft, type Loading } from './draft.js';
import type { ColumnField, TypeModel } from './model.js';

/**
 * Kinds whose equality a record can be told by: what is equal has one text, which the ledger names the record by. That of
 * `citext` is made so, by its lower case.
 */
const keyKinds: ReadonlySet<PgKind> = new Set([
  ...([
    'bool',
    'int2',
    'int4',
    'int8',
    'oid',
    'numeric',
    'text',
    'varchar',
    'bpchar',
    'name',
    'citext',
  ] as const),
  ...(['date', 'timestamp', 'timestamptz', 'time', 'timetz', 'uuid', 'enum', 'pg_lsn'] as const),
  ...(['inet', 'cidr', 'macaddr', 'macaddr8', 'bytea', 'bit', 'varbit'] as const),
]);

/** Why not by others, of those that a unique key can be over. */
const unfitKinds: Partial<Record<PgKind, string>> = {
  interval: 'whose equal values are written in several ways (1 day and 24 hours)',
  jsonb: 'whose equal values are written in several ways (1 and 1.0)',
  float4: 'whose equal values are written in several ways (0 and -0), and which holds NaN',
  float8: 'whose equal values are written in several ways (0 and -0), and which holds NaN',
  money: 'which is written as the locale has it',
  char: 'a byte that need not be a character',
  range: 'whose equal values may be written in several ways ([1,2) and [1.0,2))',
  multirange: 'whose equal values may be written in several ways ({[1,2)} and {[1.0,2)})',
  array: 'whose equal values may be written in several ways ({1} and {1.0})',
  composite: 'whose attributes may be null each',
};

/** Whether records can be told apart by values of the kind. */
export function isKeyKind(kind: PgKind): boolean {
  return keyKinds.has(kind);
}

/** What has no constraints of its own: a key may hold nulls, whose rows are left out, and may have to be vouched for. */
const withoutConstraints: Partial<Record<Table['kind'], string>> = {
  view: 'database view whose query is not seen to pass on a key of a table',
  materialized: 'materialized view without a unique index over plain columns',
  foreign: 'foreign table, whose constraints are not enforced',
};

/** Whether a key of the table may be vouched for, and may hold nulls. */
export function isWithoutConstraints(kind: Table['kind']): boolean {
  return withoutConstraints[kind] !== undefined;
}

export type Key = Pick<TypeModel, 'key' | 'keyFields' | 'keyNulls' | 'keyBecause'>;

/**
 * The columns that tell the type's records apart, and the fields that expose them. The ledger records them, pages are
 * ordered by them and arguments name them, so the catalogue must guarantee them, or their author vouch for them, and everyone
 * may see them. Null is reported.
 */
export function bindKey(type: FieldsDraft, loading: Loading): Key | null {
  const { bound } = type;
  if (bound === null) return null;
  const { keyBecause } = bound;
  const names = namesOfKey(type, bound, loading);
  if (names === null) return null;
  const columns = keyColumns(type, bound, names, loading);
  if (columns === null) return null;
  if (keyBecause === null) checkUnique(type, bound, names, loading);
  const keyFields = columns.map((column) => exposedBy(column, type, loading));
  const sound = keyFields.filter((field) => field !== null);
  if (sound.length < keyFields.length) return null;
  return {
    key: columns.map((column) => ({ ...column, notNull: true })),
    keyFields: sound,
    keyNulls: columns.filter(({ notNull }) => !notNull),
    keyBecause: isUnique(bound, names) ? null : keyBecause,
  };
}

/** The key as written, or the primary key; null is reported. */
function namesOfKey(type: FieldsDraft, bound: BoundTable, { report }: Loading): readonly string[] | null {
  const { table, keyBecause } = bound;
  const nature = withoutConstraints[table.kind];
  if (nature !== undefined && keyBecause === null && !hasKeys(table)) {
    const message = `${tableName(bound)} is a ${nature}; bind ${type.name} to the table behind it, or vouch for a key: @table(…, key: ["…"], keyBecause: "one row for each …").`;
    report.problem(type.node, 'KEY_NOT_GUARANTEED', message);
    return null;
  }
  if (nature === undefined && keyBecause !== null) {
    const message = `${tableName(bound)} is a table, whose keys the database guarantees; remove "keyBecause", and constrain the key.`;
    report.problem(type.node, 'KEY_BECAUSE', message);
    return null;
  }
  if (keyBecause !== null && (bound.key === null || keyBecause.trim() === '')) {
    const message = `${type.name}: "keyBecause" says why the columns of "key" tell rows apart; write both.`;
    report.problem(type.node, 'KEY_BECAUSE', message);
    return null;
  }
  const names = bound.key ?? table.primaryKey;
  if (names !== null && names.length > 0) return names;
  const message = `${tableName(bound)} has no primary key; name unique columns that are never null: @table(…, key: ["…"]).`;
  report.problem(type.node, 'KEY_MISSING', message);
  return null;
}

function keyColumns(
  type: FieldsDraft,
  bound: BoundTable,
  names: readonly string[],
  { report }: Loading,
): readonly Column[] | null {
  const columns = names.map((name) => {
    const found = findColumn(bound, name);
    if ('problem' in found) {
      report.problem(type.node, 'UNKNOWN_COLUMN', `${type.name}, key: ${found.problem}`);
      return null;
    }
    const { column } = found;
    if (!isKeyKind(column.type.kind)) {
      const why = unfitKinds[column.type.kind];
      const of = why === undefined ? column.type.display : `${column.type.display}, ${why}`;
      const message = `${type.name}, key: records are not told apart by "${name}", which is ${of}; name another unique key.`;
      report.problem(type.node, 'KEY_TYPE', message);
    }
    if (column.computed === true) {
      const message = `${type.name}, key: "${name}" is computed by the database view, and may fail for rows out of sight; name columns that the view passes on as they are.`;
      report.problem(type.node, 'KEY_COMPUTED', message);
    }
    if (!column.notNull && !isWithoutConstraints(bound.table.kind)) {
      const message = `${type.name}, key: ${tableName(bound)} does not guarantee that "${name}" is not null; name another unique key, or constrain the column.`;
      report.problem(type.node, 'KEY_NULLABLE', message);
    }
    return column;
  });
  const sound = columns.filter((column) => column !== null);
  return sound.length === columns.length ? sound : null;
}

function hasKeys({ kind, uniqueKeys }: Table): boolean {
  return kind !== 'foreign' && uniqueKeys.length > 0;
}

/** Whether the catalogue says so. More columns than a unique key has tell records apart just as well. */
function isUnique({ table }: BoundTable, names: readonly string[]): boolean {
  if (table.kind === 'foreign') return false;
  return table.uniqueKeys.some((unique) => unique.every((name) => names.includes(name)));
}

function checkUnique(
  type: FieldsDraft,
  bound: BoundTable,
  names: readonly string[],
  { report }: Loading,
): void {
  if (isUnique(bound, names)) return;
  const unique = bound.table.uniqueKeys.map((columns) => `(${columns.join(', ')})`);
  const mend = unique.length > 0 ? `unique are ${unique.join(', ')}` : 'no columns are';
  const message = `${type.name}, key: (${names.join(', ')}) is not unique by the catalogue of ${bound.source}; ${mend}.`;
  report.problem(type.node, 'KEY_NOT_UNIQUE', message);
}

/** The field that exposes a key column, open to everyone; null is reported. */
function exposedBy(column: Column, type: FieldsDraft, { report }: Loading): ColumnField | null {
  const drafts = [...type.fields.values()];
  const fields = drafts
    .map(({ field }) => field)
    .filter((field) => field?.kind === 'column' && field.column === column);
  const open = fields.find((field) => field?.mark.kind === 'open');
  if (open?.kind === 'column') return open;
  const [closed] = fields;
  if (closed !== undefined && closed !== null) {
    const message = `${closed.coordinate} is part of the key, which the ledger and every cursor name; mark it @open, or name another unique key.`;
    const at = drafts.find(({ field }) => field === closed)?.node ?? type.node;
    report.problem(at, 'KEY_SECRET', message);
  } else if (drafts.every(({ field }) => field !== null)) {
    // A field that could not be bound may be the one; its own problem comes first.
    const message = `${type.name}, key: no field exposes "${column.name}"; add one that is @open, or name another unique key.`;
    report.problem(type.node, 'KEY_NOT_EXPOSED', message);
  }
  return null;
}
