import type { PgType } from '../catalog/index.js';
import { bucket } from './bucket.js';
import { constant } from './constant.js';
import { dateTrunc } from './date-trunc.js';
import { email } from './email.js';
import { familyOf } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { nullify } from './nullify.js';
import { partial } from './partial.js';
import { pseudonym } from './pseudonym.js';
import { redact } from './redact.js';
import { round } from './round.js';

/** Every mask by its name; use it with specs of that name: `masks[spec.name].toSql(spec, …)`. */
export const masks: Readonly<Record<MaskSpec['name'], Mask>> = Object.freeze({
  nullify,
  constant,
  redact,
  partial,
  email,
  pseudonym,
  bucket,
  round,
  dateTrunc,
});

/** The mask of a mark that names none. It fits every type. */
export function defaultMask(type: PgType): MaskSpec {
  return familyOf(type) === 'text' ? { name: 'redact' } : { name: 'nullify' };
}

/** Whether the mask needs the key of the audience and coordinate: `innerKey` and `outerKey`. */
export function isKeyed(spec: MaskSpec): boolean {
  return spec.name === 'pseudonym';
}
