import type { PgType } from '../catalog/index.js';
import { bucket } from './bucket.js';
import { constant } from './constant.js';
import { dateTrunc } from './date-trunc.js';
import { email } from './email.js';
import { geo } from './geo.js';
import { keep } from './keep.js';
import { familyOf } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { network } from './network.js';
import { noise } from './noise.js';
import { nullify } from './nullify.js';
import { partial } from './partial.js';
import { pseudonym } from './pseudonym.js';
import { redact } from './redact.js';
import { round } from './round.js';
import { token } from './token.js';
import { topCode } from './top-code.js';

/** Every mask by its name; use it with specs of that name: `masks[spec.name].toSql(spec, …)`. */
export const masks: Readonly<Record<MaskSpec['name'], Mask>> = Object.freeze({
  nullify,
  constant,
  redact,
  partial,
  email,
  pseudonym,
  token,
  bucket,
  round,
  topCode,
  noise,
  dateTrunc,
  network,
  geo,
  keep,
});

/** The mask of a mark that names none. It fits every type. */
export function defaultMask(type: PgType): MaskSpec {
  return familyOf(type) === 'text' ? { name: 'redact' } : { name: 'nullify' };
}

/**
 * Masks that filters and orders may act on: equal values look equal in every record. Noise does not, and nothing is
 * left to compare of what is nullified.
 */
const comparable: ReadonlySet<MaskSpec['name']> = new Set([
  ...(['constant', 'redact', 'partial', 'email', 'pseudonym', 'token'] as const),
  ...(['bucket', 'round', 'topCode', 'dateTrunc', 'network'] as const),
]);

/** Whether what the mask gives can be filtered and sorted by. */
export function isComparableMask({ name }: MaskSpec): boolean {
  return comparable.has(name);
}

const audiences: Partial<Readonly<Record<MaskSpec['name'], 'caller' | 'everyone'>>> = {
  pseudonym: 'caller',
  token: 'caller',
  noise: 'everyone',
};

/**
 * For whom the mask's key is: the caller's organisation, so that two cannot compare what they see, or everyone, where
 * two that compared would see more. Null where the mask has no key.
 */
export function keyAudience(spec: MaskSpec): 'caller' | 'everyone' | null {
  return audiences[spec.name] ?? null;
}
