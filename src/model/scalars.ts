import type { PgKind } from '../catalog/index.js';
import type { ScalarFit, ScalarName } from './model.js';

const geometric = ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'] as const;

/** Kinds with a text of their own that reads as well without a scalar's name. */
const written = [
  ...(['timetz', 'interval', 'xml', 'bit', 'varbit', 'inet', 'cidr', 'macaddr', 'macaddr8'] as const),
  ...(['range', 'multirange', 'tsvector', 'tsquery', 'pg_lsn', 'extension', ...geometric] as const),
];

/** Which SQL kinds each scalar gives out exactly: no digit lost, no zone assumed, no blank added. */
const fits: ScalarFit = new Map<ScalarName, readonly PgKind[]>([
  ['ID', ['int2', 'int4', 'int8', 'uuid', 'text', 'varchar', 'citext', 'name', 'oid']],
  ['String', ['text', 'varchar', 'bpchar', 'citext', 'name', 'char', ...written]],
  ['Int', ['int2', 'int4']],
  ['Float', ['float4', 'float8']],
  ['Boolean', ['bool']],
  ['BigInt', ['int8', 'int4', 'int2', 'oid']],
  ['Decimal', ['numeric', 'int8', 'money']],
  ['Date', ['date']],
  ['DateTime', ['timestamptz']],
  ['LocalDateTime', ['timestamp']],
  ['Time', ['time']],
  ['OffsetTime', ['timetz']],
  ['Interval', ['interval']],
  ['UUID', ['uuid']],
  ['JSON', ['json', 'jsonb']],
  ['XML', ['xml']],
  ['Base64', ['bytea']],
  ['BitString', ['bit', 'varbit']],
  ['Inet', ['inet', 'cidr']],
  ['MacAddress', ['macaddr', 'macaddr8']],
  ['Geometry', geometric],
  ['Range', ['range', 'multirange']],
]);

/** The scalars of the data schema. */
export const scalarNames: ReadonlySet<ScalarName> = new Set(fits.keys());

export function isScalarName(name: string): name is ScalarName {
  return (scalarNames as ReadonlySet<string>).has(name);
}

/** Whether every value of the kind is given out exactly by the scalar. */
export function scalarFits(scalar: ScalarName, kind: PgKind): boolean {
  return fits.get(scalar)?.includes(kind) ?? false;
}

/** The scalars that a kind may be given out as. */
export function scalarsFor(kind: PgKind): readonly ScalarName[] {
  return [...scalarNames].filter((scalar) => scalarFits(scalar, kind));
}
