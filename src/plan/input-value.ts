import type { PgKind, PgType } from '../catalog/index.js';

type Read = (value: unknown, type: PgType) => string | undefined;

/** Kinds that are not here are not compared with what a caller sends. */
const readers: Partial<Readonly<Record<PgKind, Read>>> = {
  bool: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  int2: (value) => integer(value, -32768n, 32767n),
  int4: (value) => integer(value, -2147483648n, 2147483647n),
  int8: (value) => integer(value, -9223372036854775808n, 9223372036854775807n),
  numeric: (value) => decimal(value),
  float4: (value) => float(value, Math.fround),
  float8: (value) => float(value, (number) => number),
  text: (value) => text(value),
  varchar: (value) => text(value),
  bpchar: (value) => text(value),
  date: (value) => matching(value, datePattern, isDay),
  time: (value) => matching(value, timePattern),
  timestamp: (value) => matching(value, localPattern, isDay),
  timestamptz: (value) => matching(value, momentPattern, isDay),
  uuid: (value) => matching(value, uuidPattern),
  enum: (value, type) => (typeof value === 'string' && type.enumLabels.includes(value) ? value : undefined),
};

/**
 * A caller's value as PostgreSQL text, or undefined where it is no value of the column's type. Decided here and
 * completely: a value that PostgreSQL itself would refuse would make it raise, with a message that quotes it.
 */
export function toPgText(value: unknown, type: PgType): string | undefined {
  return readers[type.kind]?.(value, type);
}

// Years 1 to 9999: within the range of every PostgreSQL date type.
const day = '(?<year>\\d{4})-(?<month>0[1-9]|1[0-2])-(?<day>0[1-9]|[12]\\d|3[01])';
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?';
const datePattern = new RegExp(`^${day}$`);
const timePattern = new RegExp(`^${clock}$`);
const localPattern = new RegExp(`^${day}[T ]${clock}$`);
const momentPattern = new RegExp(`^${day}[T ]${clock}(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)$`);
const uuidPattern = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const integerPattern = /^-?\d{1,19}$/;
// A thousand digits are more than any column is declared with and far from where numeric overflows.
const decimalPattern = /^-?\d{1,500}(?:\.\d{1,500})?$/;

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
function text(value: unknown): string | undefined {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed() ? value : undefined;
}

function matching(
  value: unknown,
  pattern: RegExp,
  holds: (groups: Record<string, string>) => boolean = () => true,
): string | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  return match !== null && holds(match.groups ?? {}) ? match[0] : undefined;
}

/** Whether the calendar has the day. */
function isDay(groups: Record<string, string>): boolean {
  const [year, month, date] = [Number(groups['year']), Number(groups['month']), Number(groups['day'])];
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, date);
  return year >= 1 && at.getUTCMonth() === month - 1 && at.getUTCDate() === date;
}
