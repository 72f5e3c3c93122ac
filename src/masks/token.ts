import { constant, sql } from '../base/index.js';
import { referenceLetters, valueLetters } from './keyed-hash.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/**
 * A pseudonym in the form of an identifier, such as `cus_bcdfghjkmnpqrstv`, for systems that take one: the same hash,
 * behind a prefix of the deployment's own. Null has its record's token.
 */
export const token: Mask<Extract<MaskSpec, { readonly name: 'token' }>> = {
  name: 'token',
  unfit: (_spec, target) => outsideFamily('token', 'text', target.type),
  nullable: () => false,
  toSql: ({ prefix }, target, input) =>
    asType(sql`${constant(prefix)} || ${valueLetters(input)}`, target.type),
  reference: ({ prefix }, target, input) => prefix + referenceLetters(input, target),
};
