import { constant, integer, sql } from '../base/index.js';
import { asText, asType, characters, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { REDACTION } from './redact.js';

type EmailSpec = Extract<MaskSpec, { readonly name: 'email' }>;

/** Still reads as an address. */
export const HIDDEN_ADDRESS = `${REDACTION}@${REDACTION}`;

/**
 * The domain after the last `@`: dot-separated ASCII labels, or it is no address and nothing of it is kept. Both
 * PostgreSQL and JavaScript read this pattern alike (no `\s`, no case, no `.`).
 */
const DOMAIN = '[^@]@((?:[A-Za-z0-9-]+[.])+[A-Za-z0-9-]+)$';

/**
 * A domain has at most 253 characters (RFC 1035, 2.3.4), and two stand before it. The pattern sees only the end of
 * the value: over hundreds of megabytes a regular expression runs out of what PostgreSQL may allocate, and raises.
 */
const TAIL_CHARACTERS = 255;

/**
 * Everything hidden, for every value and null alike; or the domain kept, which names the customer, and what is not
 * an address redacted, null too. The local part never shows.
 */
export const email: Mask<EmailSpec> = {
  name: 'email',
  unfit: (_spec, target) => outsideFamily('email', 'text', target.type),
  nullable: () => false,
  toSql: (spec, target, { value }) => {
    if (!spec.domain) return asType(constant(HIDDEN_ADDRESS), target.type);
    const text = asText(value);
    const tail = sql`pg_catalog.right(${text}, ${integer(TAIL_CHARACTERS)})`;
    // Patterns are refused under a nondeterministic collation, hence "C"; its length alone is taken on, since an
    // explicit collation would spread to whatever the mask is compared with.
    const length = sql`pg_catalog.char_length(pg_catalog.substring(${tail} COLLATE pg_catalog."C", ${constant(DOMAIN)}))`;
    const shown = sql`${constant(`${REDACTION}@`)} || pg_catalog.right(${text}, ${length})`;
    return asType(sql`COALESCE(${shown}, ${constant(REDACTION)})`, target.type);
  },
  reference: (spec, target, { value }) => {
    if (!spec.domain) return HIDDEN_ADDRESS;
    const tail = characters(value ?? '', target.type)
      .slice(-TAIL_CHARACTERS)
      .join('');
    const domain = new RegExp(DOMAIN, 'u').exec(tail)?.[1];
    return domain === undefined ? REDACTION : `${REDACTION}@${domain}`;
  },
};
