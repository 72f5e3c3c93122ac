import { constant, hmac, integer, sha256, sql, type Slot, type Sql } from '../base/index.js';
import { asText, asType, characters, outsideFamily } from './kinds.js';
import type { Mask, MaskInput } from './mask.js';

/** SHA-256 works on blocks of 64 bytes. */
const BLOCK_BYTES = 64;

/** What the hash is of, so that no value's pseudonym is that of a record without one. */
const OF_VALUE = 0;
const OF_RECORD = 1;

const PREFIX = 'pseud-';
const HEX = '0123456789abcdef';
/** No vowels: a pseudonym is never a word, a name or a number. */
const LETTERS = 'bcdfghjkmnpqrstv';
/** 64 bits in four groups: two in a million values are alike with a chance of 1 in 37 million. */
const GROUPS = 4;
const GROUP_LETTERS = 4;

/**
 * The two blocks of HMAC (RFC 2104), which PostgreSQL hashes before the message and before the inner hash: HMAC in
 * two calls of `sha256(bytea)`, without an extension. They are as secret as the key.
 * @param key of any length; 32 bytes here
 */
export function hmacPads(key: Uint8Array): { readonly inner: Buffer; readonly outer: Buffer } {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  return {
    inner: block.map((byte) => byte ^ 0x36) as Buffer,
    outer: block.map((byte) => byte ^ 0x5c) as Buffer,
  };
}

/** HMAC-SHA-256 of tag ‖ SHA-256(value or record): hashed first, so that even a value of 1 GB can have its tag. */
function hash<S extends Slot>({ value, record, innerKey, outerKey }: MaskInput<S>): Sql<S> {
  const tagged = (tag: number, bytes: Sql<S>): Sql<S> =>
    sql<S>`${constant(`\\x0${tag}`)}::pg_catalog.bytea || pg_catalog.sha256(${bytes})`;
  const bytes = sql<S>`pg_catalog.convert_to(${asText(value)}, 'UTF8')`;
  const message = sql<S>`CASE WHEN ${value} IS NULL THEN ${tagged(OF_RECORD, record)} ELSE ${tagged(OF_VALUE, bytes)} END`;
  return sql<S>`pg_catalog.sha256(${outerKey} || pg_catalog.sha256(${innerKey} || ${message}))`;
}

/** Hyphens between the groups, from the last to the first so that the positions hold. */
function grouped<S extends Slot>(letters: Sql<S>): Sql<S> {
  let result = letters;
  for (let group = GROUPS - 1; group > 0; group--)
    result = sql<S>`pg_catalog.overlay(${result}, '-', ${integer(group * GROUP_LETTERS + 1)}, 0)`;
  return result;
}

/**
 * A readable keyed hash, such as `pseud-bcdf-ghjk-mnpq-rstv`: equal values of one coordinate are alike for one
 * audience, which can join and count on them, and two audiences cannot compare. Null has its record's pseudonym, or
 * the commonest one would be null's.
 */
export const pseudonym: Mask<{ readonly name: 'pseudonym' }> = {
  name: 'pseudonym',
  unfit: (_spec, target) => outsideFamily('pseudonym', 'text', target.type),
  nullable: () => false,
  toSql: (_spec, target, input) => {
    const hex = sql`pg_catalog.encode(pg_catalog.substring(${hash(input)}, 1, ${integer((GROUPS * GROUP_LETTERS) / 2)}), 'hex')`;
    const letters = sql`pg_catalog.translate(${hex}, ${constant(HEX)}, ${constant(LETTERS)})`;
    return asType(sql`${constant(PREFIX)} || ${grouped(letters)}`, target.type);
  },
  reference: (_spec, target, { value, record, key }) => {
    const message =
      value === null
        ? [OF_RECORD, ...sha256(record)]
        : [OF_VALUE, ...sha256(characters(value, target.type).join(''))];
    const letters = Array.from(
      hmac(key, Uint8Array.from(message))
        .toString('hex')
        .slice(0, GROUPS * GROUP_LETTERS),
      (digit) => LETTERS.charAt(HEX.indexOf(digit)),
    );
    const groups = Array.from({ length: GROUPS }, (_, i) =>
      letters.slice(i * GROUP_LETTERS, (i + 1) * GROUP_LETTERS).join(''),
    );
    return PREFIX + groups.join('-');
  },
};
