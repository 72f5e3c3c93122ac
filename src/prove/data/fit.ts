import type { PgKind, PgType } from '../../catalog/index.js';

const modifiers = new WeakMap<PgType, readonly number[]>();

/** What stands in the parentheses of a type: `[12, 2]` of `numeric(12,2)`; empty where there are none. */
function modifiersOf(type: PgType): readonly number[] {
  const known = modifiers.get(type);
  if (known !== undefined) return known;
  const found = (/\(([-\d,]+)\)/.exec(type.display)?.[1]?.split(',') ?? []).map(Number);
  modifiers.set(type, found);
  return found;
}

const items = new WeakMap<PgType, PgType>();

/** The type of an array's items with the length that the array's has for them: `varchar(5)` of `varchar(5)[]`. */
export function sizedItem(array: PgType, element: PgType): PgType {
  const known = items.get(array);
  if (known !== undefined) return known;
  const within = /\([-\d,]+\)/.exec(array.display)?.[0] ?? '';
  const sized = { ...element, display: `${element.display}${within}` };
  items.set(array, sized);
  return sized;
}

/** The most bytes of a `name`. */
const NAME_BYTES_MAX = 63;

/** Characters that a text column holds; `Infinity` where it has no limit. */
export function charactersMax(type: PgType): number {
  if (type.kind === 'name') return NAME_BYTES_MAX;
  const [length = Infinity] = modifiersOf(type);
  return type.kind === 'bpchar' && type.display === 'character' ? 1 : length;
}

function fitName(text: string): string {
  const characters = Array.from(text);
  while (Buffer.byteLength(characters.join('')) > NAME_BYTES_MAX) characters.pop();
  return characters.join('');
}

function fitNumeric(text: string, type: PgType): string | null {
  const [precision, scale = 0] = modifiersOf(type);
  if (precision === undefined) return text;
  if (text === 'NaN') return text;
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (found === null) return null;
  const [, sign = '', whole = '', fraction = ''] = found;
  if (scale < 0) return whole.length > -scale ? null : '0';
  const kept = fraction.slice(0, scale).padEnd(scale, '0');
  if (whole.replace(/^0+/, '').length > precision - scale) return null;
  const digits = scale === 0 ? whole : `${whole}.${kept}`;
  if (scale > precision && !kept.startsWith('0'.repeat(scale - precision))) return null;
  return /^[0.]*$/.test(digits) ? digits : `${sign}${digits}`;
}

function fitBits(text: string, type: PgType): string {
  const [length] = modifiersOf(type);
  const bits = text.replaceAll(/[^01]/g, '');
  if (type.kind === 'varbit') return bits.slice(0, length);
  return bits.slice(0, length ?? 1).padEnd(length ?? 1, '0');
}

/** Rounded up, the last instant of a type would be out of range: what the column does not keep is cut off. */
function fitTime(text: string, type: PgType): string {
  const [digits = 6] = modifiersOf(type);
  return text.replace(/\.(\d+)/, (_fraction, kept: string) => {
    const left = kept.slice(0, digits).replace(/0+$/, '');
    return left === '' ? '' : `.${left}`;
  });
}

function fitText(text: string, type: PgType): string {
  return Array.from(text).slice(0, charactersMax(type)).join('');
}

/** Kinds that do not hold every text of theirs. */
const fits: Partial<Readonly<Record<PgKind, (text: string, type: PgType) => string | null>>> = {
  varchar: fitText,
  bpchar: (text, type) => fitText(text, type).replace(/ +$/, ''),
  name: fitName,
  numeric: fitNumeric,
  bit: fitBits,
  varbit: fitBits,
  timestamp: fitTime,
  timestamptz: fitTime,
  time: fitTime,
  timetz: fitTime,
};

/**
 * The value as a column of the type holds and prints it: cut to its length, with the digits that it keeps; null where it
 * does not hold it at all.
 */
export function fit(text: string, type: PgType): string | null {
  const own = fits[type.kind];
  return own === undefined ? text : own(text, type);
}

const trimDecimal = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
const positiveZero = (text: string): string => (text === '-0' ? '0' : text);

/** Kinds in which unlike texts are equal. */
const same: Partial<Readonly<Record<PgKind, (text: string) => string>>> = {
  bpchar: (text) => text.replace(/ +$/, ''),
  citext: (text) => text.toLowerCase(),
  numeric: trimDecimal,
  money: trimDecimal,
  float4: positiveZero,
  float8: positiveZero,
};

/** A text that is the same for values that PostgreSQL has for equal, as far as keys and joins need it. */
export function sameKey(text: string, { kind }: PgType): string {
  return same[kind]?.(text) ?? text;
}
