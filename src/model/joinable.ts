import { isComparable, type PgKind, type PgType } from '../catalog/index.js';

/** Kinds that compare with each other exactly, from narrow to wide. */
const families: readonly (readonly PgKind[])[] = [
  ['int2', 'int4', 'int8'],
  ['text', 'varchar'],
];

/**
 * Kinds whose values are equal exactly where their texts are, so that the gateway can match records of two databases
 * by them: numeric has 1.0 and 1.00, bpchar its padding, floats and times their settings.
 */
const exactTexts: ReadonlySet<PgKind> = new Set(['int2', 'int4', 'int8', 'text', 'varchar', 'uuid', 'date']);

/** Why two columns cannot be joined, to end a sentence; null where they can, with no value of either type failing. */
export function joinable(from: PgType, to: PgType, crossSource: boolean): string | null {
  for (const type of [from, to]) {
    if (!isComparable(type)) return `${type.display} has no equality to rely on`;
  }
  if (from.kind === 'enum' && from.cast !== to.cast) return 'they are different enums';
  const family = families.find((kinds) => kinds.includes(from.kind));
  if (from.kind !== to.kind && !family?.includes(to.kind)) return 'their types differ';
  if (!crossSource) return null;
  if (!exactTexts.has(from.kind)) return `${from.display} is not matched across sources`;
  // A value outside the narrower type would raise when the other source is asked for it.
  const narrows =
    from.kind.startsWith('int') && (family?.indexOf(from.kind) ?? 0) > (family?.indexOf(to.kind) ?? 0);
  return narrows ? `${to.display} does not hold every ${from.display}` : null;
}
