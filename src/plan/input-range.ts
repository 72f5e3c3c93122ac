import type { PgKind, PgType } from '../catalog/index.js';
import { compareMoments, readDate, readTimestamp, readTimestamptz } from './input-time.js';

/**
 * Ranges as a caller writes them: `[1,10)`, `(,2026-01-31]`, `empty`; of multiranges several in braces. Each gives the text
 * for PostgreSQL, or undefined for what PostgreSQL would refuse: bounds that are no values, or the wrong way round, or
 * beyond the last value once they are brought to their one form.
 */

/** How bounds of a kind are read and compared. */
interface Bounds {
  readonly read: (text: string) => string | undefined;
  readonly compare: (a: string, b: string) => number;
  /** Of kinds that have a next value: the last one. */
  readonly last: string | null;
}

/** A decimal in two parts that compare as texts, or a value that is none. */
function decimalOf(text: string): { readonly whole: string; readonly fraction: string } {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return { whole: whole.replace(/^0+/, ''), fraction: fraction.replace(/0+$/, '') };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compareSizes(a: string, b: string): number {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  return (
    left.whole.length - right.whole.length ||
    order(left.whole, right.whole) ||
    order(left.fraction, right.fraction)
  );
}

/** NaN is greater than all others. */
const ends: Readonly<Record<string, number>> = { '-Infinity': -1, Infinity: 1, NaN: 2 };
const isZero = (text: string): boolean => /^-?[0.]+$/.test(text);

function compareDecimals(a: string, b: string): number {
  const [left, right] = [ends[a], ends[b]];
  if (left !== undefined || right !== undefined) return (left ?? 0) - (right ?? 0);
  const sign = (text: string) => (isZero(text) ? 0 : text.startsWith('-') ? -1 : 1);
  if (sign(a) !== sign(b)) return sign(a) - sign(b);
  return sign(a) * compareSizes(a, b);
}

/** Of the ranges that PostgreSQL has of itself. Others are of somebody's making, and what they refuse is not known. */
export type RangeReader = (value: unknown, type: PgType) => string | undefined;

/** @param scalar reads a value of a kind */
export function rangeReaders(scalar: (value: unknown, kind: PgKind) => string | undefined): {
  readonly range: RangeReader;
  readonly multirange: RangeReader;
} {
  const number = (kind: PgKind, last: string | null): Bounds => ({
    read: (text) => scalar(text, kind),
    compare: compareDecimals,
    last,
  });
  const moments = { compare: compareMoments, last: null };
  const bounds: Partial<Readonly<Record<PgKind, Bounds>>> = {
    int4: number('int4', '2147483647'),
    int8: number('int8', '9223372036854775807'),
    numeric: number('numeric', null),
    date: { read: readDate, compare: compareMoments, last: '5874897-12-31' },
    timestamp: { read: readTimestamp, ...moments },
    timestamptz: { read: readTimestamptz, ...moments },
  };
  const of = ({ schema, element }: PgType): Bounds | undefined =>
    schema === 'pg_catalog' && element !== null ? bounds[element.kind] : undefined;
  return {
    range: (value, type) => {
      const found = of(type);
      if (typeof value !== 'string' || found === undefined) return undefined;
      return value === 'empty' ? value : readOne(value, found);
    },
    multirange: (value, type) => {
      const found = of(type);
      if (typeof value !== 'string' || found === undefined) return undefined;
      return readSeveral(value, found);
    },
  };
}

// None of the values above has a quotation mark, a backslash, a bracket or a comma in it.
const bound = '(?:"[^"\\\\]+"|[^"\\\\,()[\\]{}]+)?';
const one = `[[(]${bound},${bound}[\\])]`;
const onePattern = new RegExp(`^([[(])(${bound}),(${bound})([\\])])$`);
const severalPattern = new RegExp(`^\\{(?:${one}(?:,${one})*)?\\}$`);
const eachPattern = new RegExp(one, 'g');

function readOne(text: string, { read, compare, last }: Bounds): string | undefined {
  const [, opening, lower = '', upper = '', closing] = onePattern.exec(text) ?? [];
  if (opening === undefined || closing === undefined) return undefined;
  const from = lower === '' ? null : read(unquoted(lower));
  const to = upper === '' ? null : read(unquoted(upper));
  if (from === undefined || to === undefined) return undefined;
  const written = `${opening}${quoted(from)},${quoted(to)}${closing}`;
  if (from !== null && to !== null) {
    const apart = compare(from, to);
    if (apart > 0) return undefined;
    // Of one value and without it: the empty range, which is not brought to another form.
    if (apart === 0 && (opening === '(' || closing === ')')) return written;
  }
  // A range of whole numbers or days is kept with its first value and the one behind its last.
  const isLast = (value: string | null) => value !== null && last !== null && compare(value, last) === 0;
  return (opening === '(' && isLast(from)) || (closing === ']' && isLast(to)) ? undefined : written;
}

function readSeveral(text: string, bounds: Bounds): string | undefined {
  if (!severalPattern.test(text)) return undefined;
  const ranges = [...text.matchAll(eachPattern)].map(([range]) => readOne(range, bounds));
  return ranges.includes(undefined) ? undefined : `{${ranges.join(',')}}`;
}

const unquoted = (text: string): string => (text.startsWith('"') ? text.slice(1, -1) : text);
const quoted = (text: string | null): string => (text === null ? '' : `"${text}"`);
