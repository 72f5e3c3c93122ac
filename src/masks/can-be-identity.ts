import type { PgType } from '../catalog/index.js';
import { parseDecimal } from './decimal.js';
import { itemTarget } from './items.js';
import { familyOf } from './kinds.js';
import type { MaskSpec, MaskTarget } from './mask.js';

const IPV4_BITS = 32;

/** Decimals that values of the type have: 0 for integers, n of `numeric(p,n)`; null where there is no limit. */
function decimalsOf({ kind, display }: PgType): number | null {
  if (kind === 'int2' || kind === 'int4' || kind === 'int8') return 0;
  const scale = kind === 'numeric' ? /^numeric\(\d+,(-?\d+)\)/.exec(display)?.[1] : undefined;
  return scale === undefined ? null : Number(scale);
}

/** Whether a bucket is no wider than the step from one value of the type to the next. */
function isFinerThanType(width: string, type: PgType): boolean {
  const decimals = decimalsOf(type);
  if (decimals === null) return false;
  const { digits, scale } = parseDecimal(width);
  return digits * 10n ** BigInt(Math.max(decimals, 0)) <= 10n ** BigInt(scale + Math.max(-decimals, 0));
}

/**
 * Whether a value can be read off its mask: a bucket of one value, a day for a date, a network that is as wide as what
 * is kept of it, an address with no more bits than are kept, a number that is under the cap,
 * has no more digits than `round` keeps, or is too small for noise to show (0 above all), of which there are some in
 * every type. For the warnings of `cordon check`.
 */
export function canBeIdentity(spec: MaskSpec, target: MaskTarget): boolean {
  const { type } = itemTarget(spec, target) ?? target;
  if (spec.name === 'bucket') return isFinerThanType(spec.width, type);
  if (spec.name === 'dateTrunc') return spec.unit === 'DAY' && type.kind === 'date';
  if (spec.name === 'network') return type.kind === 'cidr' || spec.bits >= IPV4_BITS;
  if (spec.name === 'noise') return familyOf(type) === 'number';
  return spec.name === 'round' || spec.name === 'topCode';
}
