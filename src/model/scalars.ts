import type { PgKind } from '../catalog/index.js';
import type { ScalarFit, ScalarName } from './model.js';

/** Which SQL kinds each scalar gives out exactly: no digit lost, no zone assumed, no blank added. */
const fits: ScalarFit = new Map<ScalarName, readonly PgKind[]>([
  ['ID', ['int2', 'int4', 'int8', 'uuid', 'text', 'varchar']],
  ['String', ['text', 'varchar', 'bpchar']],
  ['Int', ['int2', 'int4']],
  ['Float', ['float4', 'float8']],
  ['Boolean', ['bool']],
  ['BigInt', ['int8', 'int4', 'int2']],
  ['Decimal', ['numeric', 'int8']],
  ['Date', ['date']],
  ['DateTime', ['timestamptz']],
  ['LocalDateTime', ['timestamp']],
  ['Time', ['time']],
  ['UUID', ['uuid']],
  ['JSON', ['json', 'jsonb']],
  ['Base64', ['bytea']],
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
