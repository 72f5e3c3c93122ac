import type { PgKind, PgType } from '../catalog/index.js';

/** How a constant of one kind is written: in PostgreSQL's own text form, so that what is written is what is given. */
interface Literal {
  readonly accepts: (text: string) => boolean;
  readonly form: string;
}

/** Enough for any text on a screen, and no nesting of JSON that a parser's stack could not take. */
const CHARACTERS_MAX = 1000;

const surrogate = /\p{Surrogate}/u;
const decimalPattern = /^(?=-?[\d.]*[1-9]|0)-?(0|[1-9]\d*)(\.\d+)?$/;
const datePattern = /^(?!0000)\d{4}-\d\d-\d\d$/;
const timePattern = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?$/;

const isDate = (text: string): boolean => {
  const milliseconds = datePattern.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
};
const isTimestamp = (text: string): boolean =>
  isDate(text.slice(0, 10)) && text[10] === ' ' && timePattern.test(text.slice(11));

/** A decimal of at most so many significant digits that PostgreSQL prints as it is written. */
const float = (digits: number): Literal => ({
  accepts: (text) => {
    const significant = text.replace(/^-?0?\.?0*/, '').replace('.', '').length;
    const size = Math.abs(Number(text));
    return (
      decimalPattern.test(text) &&
      !/\..*0$/.test(text) &&
      significant <= digits &&
      (size === 0 || (size >= 1e-4 && size < 10 ** digits))
    );
  },
  form: `a decimal of up to ${digits} digits, without exponent`,
});

const integerBetween = (min: bigint, max: bigint): Literal => ({
  accepts: (text) => {
    if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return false;
    const number = BigInt(text);
    return number >= min && number <= max;
  },
  form: `a whole number from ${min} to ${max}`,
});

/** As `jsonb` prints it: a space after comma and colon, keys by length, then bytes. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .map(([key, member]) => ({
      bytes: Buffer.from(key),
      text: `${JSON.stringify(key)}: ${jsonText(member)}`,
    }))
    .sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return `{${members.map(({ text }) => text).join(', ')}}`;
}

/** Numbers are whole and small enough, or JavaScript and PostgreSQL would print them differently. */
function isJson(text: string): boolean {
  let isPlain = !/\\u0000|\\ud[89a-f]/i.test(text);
  try {
    const value: unknown = JSON.parse(text, (_key, member: unknown) => {
      if (typeof member === 'number' && !(Number.isSafeInteger(member) && !Object.is(member, -0)))
        isPlain = false;
      return member;
    });
    return isPlain && jsonText(value) === text;
  } catch {
    return false;
  }
}

const json: Literal = {
  accepts: isJson,
  form: 'JSON with whole numbers, spaces and key order as jsonb prints them, such as {"a": 1, "bc": []}',
};
const bits: Literal = { accepts: (text) => /^[01]+$/.test(text), form: 'bits such as 0110' };
const anyText: Literal = { accepts: () => true, form: 'text' };

/** Kinds that are not here have no constants. */
const literals: Partial<Readonly<Record<PgKind, Literal>>> = {
  text: anyText,
  varchar: anyText,
  bpchar: anyText,
  citext: anyText,
  bool: { accepts: (text) => text === 'true' || text === 'false', form: 'true or false' },
  int2: integerBetween(-(2n ** 15n), 2n ** 15n - 1n),
  int4: integerBetween(-(2n ** 31n), 2n ** 31n - 1n),
  int8: integerBetween(-(2n ** 63n), 2n ** 63n - 1n),
  oid: integerBetween(0n, 2n ** 32n - 1n),
  numeric: { accepts: (text) => decimalPattern.test(text), form: 'a decimal such as -12.50' },
  float4: float(6),
  float8: float(15),
  date: { accepts: isDate, form: 'a date such as 2020-01-31' },
  timestamp: { accepts: isTimestamp, form: 'a time such as 2020-01-31 13:45:00' },
  timestamptz: {
    accepts: (text) => text.endsWith('+00') && isTimestamp(text.slice(0, -3)),
    form: 'a time in UTC such as 2020-01-31 13:45:00+00',
  },
  time: { accepts: (text) => timePattern.test(text), form: 'a time of day such as 13:45:00' },
  uuid: {
    accepts: (text) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text),
    form: 'a UUID in lower case, such as 00000000-0000-0000-0000-000000000000',
  },
  bit: bits,
  varbit: bits,
  macaddr: {
    accepts: (text) => /^[\da-f]{2}(:[\da-f]{2}){5}$/.test(text),
    form: 'an address in lower case, such as 08:00:2b:01:02:03',
  },
  json,
  jsonb: json,
  bytea: {
    accepts: (text) => /^\\x([\da-f]{2})*$/.test(text),
    form: 'bytes in hexadecimal, such as \\x00ff',
  },
};

/** Why a text is no value of the type as PostgreSQL prints it, and how to write one, as a sentence; null when it is. */
export function literalProblem(text: string, type: PgType): string | null {
  if (text.includes('\0') || surrogate.test(text) || text.length > CHARACTERS_MAX)
    return `A constant is well-formed text of at most ${CHARACTERS_MAX} characters, without NUL.`;
  if (type.kind === 'enum') {
    if (type.enumLabels.includes(text)) return null;
    return `"${text}" is no label of ${type.display}; use one of ${type.enumLabels.join(', ')}.`;
  }
  const literal = literals[type.kind];
  if (literal === undefined) return `No constant can be written for ${type.display}; use nullify.`;
  const { accepts, form } = literal;
  return accepts(text) ? null : `"${text}" is no constant for ${type.display}; write ${form}.`;
}
