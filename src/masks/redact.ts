import { constant } from '../base/index.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask } from './mask.js';

/** Stands for any number of hidden characters, none included; always as long, so that length tells nothing. */
export const REDACTION = '•••••';

/** The fixed run, for every value and for null; the column is not read. */
export const redact: Mask<{ readonly name: 'redact' }> = {
  name: 'redact',
  unfit: (_spec, target) => outsideFamily('redact', 'text', target.type),
  nullable: () => false,
  toSql: (_spec, target) => asType(constant(REDACTION), target.type),
  reference: () => REDACTION,
};
