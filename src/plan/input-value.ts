import { builtInType, type PgKind, type PgType } from '../catalog/index.js';
import { readCidr, readInet } from './input-address.js';
import { readJson } from './input-json.js';
import { rangeReaders } from './input-range.js';
import {
  readDate,
  readInterval,
  readTime,
  readTimestamp,
  readTimestamptz,
  readTimetz,
} from './input-time.js';

const ranges = rangeReaders((value, kind) => toPgText(value, builtInType(kind)));

type Read = (value: unknown, type: PgType) => string | undefined;

/** Kinds that are not here are not compared with what a caller sends. */
const readers: Partial<Readonly<Record<PgKind, Read>>> = {
  bool: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  int2: (value) => integer(value, -32768n, 32767n),
  int4: (value) => integer(value, -2147483648n, 2147483647n),
  int8: (value) => integer(value, -9223372036854775808n, 9223372036854775807n),
  oid: (value) => integer(value, 0n, 4294967295n),
  numeric: (value) => decimal(value),
  float4: (value) => float(value, Math.fround),
  float8: (value) => float(value, (number) => number),
  text: (value) => text(value),
  varchar: (value) => text(value),
  bpchar: (value) => text(value),
  citext: (value) => text(value),
  // What is longer would be cut off, and be equal to what it is not.
  name: (value) => text(value, NAME_BYTES_MAX),
  date: readDate,
  time: readTime,
  timetz: readTimetz,
  timestamp: readTimestamp,
  timestamptz: readTimestamptz,
  interval: readInterval,
  inet: readInet,
  cidr: readCidr,
  macaddr: (value) => matching(value, macPattern),
  macaddr8: (value) => matching(value, mac8Pattern),
  bit: (value) => matching(value, bitsPattern),
  varbit: (value) => matching(value, bitsPattern),
  pg_lsn: (value) => matching(value, lsnPattern),
  uuid: (value) => matching(value, uuidPattern),
  bytea: (value) => bytes(value),
  jsonb: readJson,
  ...ranges,
  enum: (value, type) => (typeof value === 'string' && type.enumLabels.includes(value) ? value : undefined),
};

/**
 * A caller's value as PostgreSQL text, or undefined where it is no value of the column's type. Decided here and
 * completely: a value that PostgreSQL itself would refuse would make it raise, with a message that quotes it.
 */
export function toPgText(value: unknown, type: PgType): string | undefined {
  return readers[type.kind]?.(value, type);
}

const uuidPattern = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const integerPattern = /^-?\d{1,19}$/;
// As many digits as numeric has on either side.
const decimalPattern = /^(?:-?\d{1,131072}(?:\.\d{1,16383})?|NaN|-?Infinity)$/;
const macPattern = /^[\da-fA-F]{2}(?::[\da-fA-F]{2}){5}$/;
const mac8Pattern = /^[\da-fA-F]{2}(?::[\da-fA-F]{2}){7}$/;
const bitsPattern = /^[01]*$/;
const lsnPattern = /^[\da-fA-F]{1,8}\/[\da-fA-F]{1,8}$/;
const NAME_BYTES_MAX = 63;

function asText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

function integer(value: unknown, min: bigint, max: bigint): string | undefined {
  const written = asText(value);
  if (written === undefined || !integerPattern.test(written)) return undefined;
  const number = BigInt(written);
  return number >= min && number <= max ? String(number) : undefined;
}

function decimal(value: unknown): string | undefined {
  const written = asText(value);
  return written !== undefined && decimalPattern.test(written) ? written : undefined;
}

function float(value: unknown, fit: (number: number) => number): string | undefined {
  if (typeof value !== 'number') return undefined;
  const fitted = fit(value);
  return Number.isFinite(fitted) ? String(fitted) : undefined;
}

/** Text that UTF-8 and PostgreSQL can hold: no NUL, no unpaired surrogate. */
function text(value: unknown, bytesMax = Infinity): string | undefined {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) return undefined;
  return Buffer.byteLength(value) <= bytesMax ? value : undefined;
}

/** Base64, as it is given out and no other way: of two texts for the same bytes the second was not. */
function bytes(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const read = Buffer.from(value, 'base64');
  return read.toString('base64') === value ? `\\x${read.toString('hex')}` : undefined;
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
