import { sql } from '../base/index.js';
import { asType } from './kinds.js';
import type { Mask } from './mask.js';

/**
 * Null, whatever is stored. Fits every column, NOT NULL ones too: the field is nullable in the views that mask it.
 */
export const nullify: Mask<{ readonly name: 'nullify' }> = {
  name: 'nullify',
  unfit: () => null,
  nullable: () => true,
  toSql: (_spec, target) => asType(sql`NULL`, target.type),
  reference: () => null,
};
