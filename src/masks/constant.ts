import { constant as literal } from '../base/index.js';
import { asType } from './kinds.js';
import { literalProblem } from './literal.js';
import type { Mask, MaskSpec } from './mask.js';

/** One value, whatever is stored, null too; the column is not read. */
export const constant: Mask<Extract<MaskSpec, { readonly name: 'constant' }>> = {
  name: 'constant',
  unfit: ({ value }, { type }) => literalProblem(value, type),
  nullable: () => false,
  toSql: ({ value }, { type }) => asType(literal(value), type),
  // PostgreSQL prints booleans as one letter; all else is written as it is printed.
  reference: ({ value }, { type }) => (type.kind === 'bool' ? value.charAt(0) : value),
};
