import type { PgKind } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { TypeAccess } from './access.js';
import type { GuardedField } from './guarded.js';
import { sortable } from './where.js';

/**
 * What may be computed over which kinds of columns. Lists of what is known to be total and to have one answer whatever
 * the order of the rows; any other kind is not offered.
 */
export const numberKinds: ReadonlySet<PgKind> = new Set([
  'int2',
  'int4',
  'int8',
  'numeric',
  'float4',
  'float8',
]);
const orderedKinds: ReadonlySet<PgKind> = new Set([
  ...numberKinds,
  ...(['text', 'varchar', 'bpchar', 'date', 'timestamp', 'timestamptz', 'time', 'enum'] as const),
]);
const groupedKinds: ReadonlySet<PgKind> = new Set([...orderedKinds, 'bool', 'uuid', 'citext']);

export interface NumberField {
  readonly field: ColumnField;
  /** Null where the values themselves are clear. */
  readonly guard: GuardedField | null;
}

/** The fields of a type that aggregates are offered over, each list in the order of the SDL. */
export interface Aggregatable {
  /** Grouped by: the value, or what the caller reads of it where that is what is compared. */
  readonly grouped: readonly ColumnField[];
  /** Different values are counted. */
  readonly counted: readonly ColumnField[];
  /** Smallest and largest. */
  readonly ordered: readonly ColumnField[];
  /** Sums and averages. */
  readonly numbers: readonly NumberField[];
}

const isGrouped = ({ column }: ColumnField): boolean => groupedKinds.has(column.type.kind);

/**
 * Computing acts on the value, so the field must be clear on every row, or guarded. Grouping only tells what is equal: a
 * field that is compared as it is read is grouped by what is read.
 */
export function aggregatable(access: TypeAccess): Aggregatable {
  const compared = sortable(access);
  const clear = compared.filter(({ name }) => access.fields.get(name)?.compared === 'VALUE');
  const numbers = [...access.type.fields.values()].flatMap((field): NumberField[] => {
    const guard = access.guarded.get(field.name) ?? null;
    if (guard !== null) return [{ field: guard.field, guard }];
    const isNumber =
      field.kind === 'column' &&
      clear.includes(field) &&
      numberKinds.has(field.column.type.kind) &&
      field.type.name !== 'ID';
    return isNumber ? [{ field, guard: null }] : [];
  });
  return {
    grouped: compared.filter(isGrouped),
    counted: clear.filter(isGrouped),
    ordered: clear.filter(({ column }) => orderedKinds.has(column.type.kind)),
    numbers,
  };
}
