import { constant, hmac, integer, sha256, sql, type Slot, type Sql } from '../base/index.js';
import { asText, characters } from './kinds.js';
import type { MaskInput, MaskTarget, ReferenceInput } from './mask.js';

/** SHA-256 works on blocks of 64 bytes. */
const BLOCK_BYTES = 64;

/** What a hash is of, so that none of one is ever one of another: a value, a record without one, a value in its record. */
const OF_VALUE = 0;
const OF_RECORD = 1;
const OF_CELL = 2;

const HEX = '0123456789abcdef';
/** No vowels: what is written in them is never a word, a name or a number. */
const LETTERS = 'bcdfghjkmnpqrstv';
/** 64 bits: two in a million values are alike with a chance of 1 in 37 million. */
const LETTER_COUNT = 16;

/** Bits of a hash that are read as a number; more than a float could hold would need care, fewer would do. */
const NUMBER_BITS = 48;

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

function keyed<S extends Slot>(message: Sql<S>, { innerKey, outerKey }: MaskInput<S>): Sql<S> {
  return sql<S>`pg_catalog.sha256(${outerKey} || pg_catalog.sha256(${innerKey} || ${message}))`;
}

/** What is hashed is of a fixed length, so that even a value of 1 GB can have its tag. */
function tagged<S extends Slot>(tag: number, ...parts: readonly Sql<S>[]): Sql<S> {
  return parts.reduce<Sql<S>>(
    (message, part) => sql<S>`${message} || pg_catalog.sha256(${part})`,
    sql`${constant(`\\x0${tag}`)}::pg_catalog.bytea`,
  );
}

function bytesOf<S extends Slot>(text: Sql<S>): Sql<S> {
  return sql<S>`pg_catalog.convert_to(${text}, 'UTF8')`;
}

/** Sixteen letters that stand for a value of text, or where it is null for its record, since null is commonest. */
export function valueLetters<S extends Slot>(input: MaskInput<S>): Sql<S> {
  const { value, record } = input;
  const message = sql<S>`CASE WHEN ${value} IS NULL THEN ${tagged(OF_RECORD, record)} ELSE ${tagged(OF_VALUE, bytesOf(asText(value)))} END`;
  const hex = sql<S>`pg_catalog.encode(pg_catalog.substring(${keyed(message, input)}, 1, ${integer(LETTER_COUNT / 2)}), 'hex')`;
  return sql<S>`pg_catalog.translate(${hex}, ${constant(HEX)}, ${constant(LETTERS)})`;
}

/** The reference of `valueLetters`. */
export function referenceLetters(
  { value, record, key }: ReferenceInput,
  { type }: Pick<MaskTarget, 'type'>,
): string {
  const message =
    value === null ? [OF_RECORD, ...sha256(record)] : [OF_VALUE, ...sha256(characters(value, type).join(''))];
  const hex = hmac(key, Uint8Array.from(message)).toString('hex').slice(0, LETTER_COUNT);
  return Array.from(hex, (digit) => LETTERS.charAt(HEX.indexOf(digit))).join('');
}

/**
 * An integer (int8) from `-limit` to `limit` that stands for a value in its record. Of 2⁴⁸ numbers the remainder
 * favours none noticeably.
 * @param text the value, in a form that is the same for all that are equal; not null
 */
export function cellNumber<S extends Slot>(text: Sql<S>, input: MaskInput<S>, limit: number): Sql<S> {
  const hash = keyed(tagged(OF_CELL, input.record, bytesOf(text)), input);
  const hex = sql<S>`pg_catalog.encode(pg_catalog.substring(${hash}, 1, ${integer(NUMBER_BITS / 8)}), 'hex')`;
  // PostgreSQL's own way from hexadecimal to a number is by bits.
  const number = sql<S>`('x' || ${hex})::pg_catalog.bit(${integer(NUMBER_BITS)})::pg_catalog.int8`;
  return sql<S>`(${number} % ${integer(2 * limit + 1)} - ${integer(limit)})`;
}

/** The reference of `cellNumber`. */
export function referenceCellNumber(
  text: string,
  { record, key }: Pick<ReferenceInput, 'record' | 'key'>,
  limit: number,
): bigint {
  const message = Uint8Array.from([OF_CELL, ...sha256(record), ...sha256(text)]);
  const number = hmac(key, message).readUIntBE(0, NUMBER_BITS / 8);
  return (BigInt(number) % BigInt(2 * limit + 1)) - BigInt(limit);
}
