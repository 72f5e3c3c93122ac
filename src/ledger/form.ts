import { bytesAsText, decodeCanonical, type Canonical } from '../base/index.js';

/** Bytes that do not have the form they should; the message says which form, never what was there instead. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Readers of canonical values by position: each gives the value in its type, or throws MalformedError. */

export function decode(bytes: Uint8Array): Canonical {
  try {
    return decodeCanonical(bytes);
  } catch {
    throw new MalformedError('not a canonical encoding');
  }
}

export function fields(value: Canonical | undefined, count: number): readonly Canonical[] {
  const items = list(value, (item) => item);
  if (items.length !== count) throw new MalformedError(`not an array of ${count}`);
  return items;
}

export function list<T>(value: Canonical | undefined, read: (item: Canonical) => T): T[] {
  if (!Array.isArray(value)) throw new MalformedError('not an array');
  return (value as readonly Canonical[]).map(read);
}

export function bytes(value: Canonical | undefined, length?: number): Buffer {
  if (!(value instanceof Uint8Array)) throw new MalformedError('not a byte string');
  if (length !== undefined && value.length !== length) throw new MalformedError(`not ${length} bytes`);
  return bufferOf(value);
}

const bufferOf = (value: Uint8Array): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** What sets know bytes by: made in half the time of hexadecimal digits. */
export const bytesText = (value: Uint8Array): string => bytesAsText(bufferOf(value));

export function text(value: Canonical | undefined): string {
  if (typeof value !== 'string') throw new MalformedError('not a text');
  return value;
}

/** A natural number within the safe range. */
export function natural(value: Canonical | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedError('not a natural number');
  }
  return value;
}

/** A natural number of up to 64 bits. */
export function natural64(value: Canonical | undefined): bigint {
  return typeof value === 'bigint' && value >= 0n ? value : BigInt(natural(value));
}

export function nullable<T>(value: Canonical | undefined, read: (value: Canonical) => T): T | null {
  if (value === undefined) throw new MalformedError('cut short');
  return value === null ? null : read(value);
}

/** One of a fixed list, by its place in it. */
export function choice<T>(value: Canonical | undefined, options: readonly T[]): T {
  const option = options[natural(value)];
  if (option === undefined) throw new MalformedError('not one of the known choices');
  return option;
}

/** The first element of an array that says what the rest is. */
export function expectDomain(value: Canonical | undefined, domain: string): void {
  if (value !== domain) throw new MalformedError(`not a ${domain}`);
}
