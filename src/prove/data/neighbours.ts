import type { PgKind, PgType } from '../../catalog/index.js';
import { fit, sizedItem } from './fit.js';
import type { Random } from './random.js';
import { decodeArray, encodeArray } from './structured-text.js';

/**
 * Values near to one, of which a coarse mask may make the same: other digits at the end, another middle, another day of the
 * month, another host of the network. Whether it does is for the mask to say.
 */
export function neighbours(text: string, type: PgType, random: Random): readonly string[] {
  const fitting = (near[type.kind]?.(text, random, type) ?? []).flatMap((found) => fit(found, type) ?? []);
  return random.shuffle([...new Set(fitting)].filter((other) => other !== text));
}

type Near = (text: string, random: Random, type: PgType) => readonly string[];

const each = (kinds: readonly PgKind[], made: Near): Partial<Record<PgKind, Near>> =>
  Object.fromEntries(kinds.map((kind) => [kind, made]));

/** Kinds that have masks which keep a part, or whose next value tells much. */
const near: Partial<Readonly<Record<PgKind, Near>>> = {
  array: nearItems,
  ...each(['int2', 'int4', 'int8'], nearIntegers),
  numeric: nearDecimals,
  ...each(['float4', 'float8'], nearFloats),
  ...each(['text', 'varchar', 'bpchar', 'citext'], nearTexts),
  ...each(['date', 'timestamp', 'timestamptz'], nearDates),
  inet: (text, random) => [text.replace(/^(\d+\.\d+\.\d+)\.\d+$/, `$1.${random.integer(1, 254)}`)],
  point: (text) =>
    [text.replace(/^\((-?\d+)(\.\d+)?,/, '($1$20001,').replace(/^\((-?\d+)0001,/, '($1.0001,')].filter(
      isPoint,
    ),
  jsonb: (text, random) => [text.replace(/\bzq\w+/, `zq${random.integer(10_000_000, 99_999_999)}`)],
};

const isPoint = (text: string): boolean => /^\(-?\d+(\.\d+)?,-?\d+(\.\d+)?\)$/.test(text);

/** As many items, one of them another. */
function nearItems(text: string, random: Random, type: PgType): readonly string[] {
  const items = decodeArray(text);
  if (items === null || type.element === null) return [];
  const element = sizedItem(type, type.element);
  return items.flatMap((item, i) =>
    item === null ? [] : neighbours(item, element, random).map((other) => encodeArray(items.with(i, other))),
  );
}

const integers: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };

function nearIntegers(text: string, random: Random, { kind }: PgType): readonly string[] {
  const limit = integers[kind] ?? 0n;
  const steps = [1, -1, random.integer(-40, 40), random.integer(-3000, 3000)];
  const other = steps.map((step) => BigInt(text) + BigInt(step));
  return other.filter((value) => value >= -limit && value < limit).map(String);
}

function nearFloats(text: string, random: Random): readonly string[] {
  const number = Number(text);
  // Quarters are printed as they are by JavaScript and PostgreSQL.
  if (!(Math.abs(number) <= 4000) || !Number.isInteger(number * 4)) return [];
  return [0.25, -0.25, 1, random.integer(-50, 50)].map((step) => String(number + step));
}

function nearDecimals(text: string, random: Random): readonly string[] {
  const found = /^(-?)(\d{1,30})(?:\.(\d{1,10}))?$/.exec(text);
  if (found === null) return nearInfinite(text);
  const [, sign = '', whole = '', fraction = '00'] = found;
  const cents = BigInt(`${sign}${whole}${fraction}`);
  const steps = [1, -1, random.integer(-5000, 5000), random.integer(-900_000, 900_000)];
  return steps.map((step) => decimal(cents + BigInt(step), fraction.length));
}

/** Beyond what masks compute with, all look like the bound. */
function nearInfinite(text: string): readonly string[] {
  return text === 'NaN' ? ['Infinity'] : text === 'Infinity' ? ['NaN'] : [];
}

function decimal(digits: bigint, scale: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const sign = digits < 0n ? '-' : '';
  return scale === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** Characters in the middle, or before an `@`, exchanged; one more of them. */
function nearTexts(text: string, random: Random): readonly string[] {
  const characters = Array.from(text);
  const letter = (): string => 'bcdfghjk'.charAt(random.integer(0, 7));
  const middle = Math.floor(characters.length / 2);
  const exchanged = characters.length === 0 ? [] : [characters.with(middle, letter()).join('')];
  const longer = characters.toSpliced(middle, 0, letter(), letter()).join('');
  const local = text.includes('@') ? [`${letter()}${letter()}${text.slice(text.lastIndexOf('@'))}`] : [];
  return [...exchanged, longer, ...local];
}

function nearDates(text: string, random: Random): readonly string[] {
  const found = /^(\d{4}-\d\d-)(\d\d)(.*)$/.exec(text);
  if (found === null) return [];
  const [, month = '', , rest = ''] = found;
  const day = String(random.integer(1, 28)).padStart(2, '0');
  const year = text.slice(0, 4);
  const other = String(random.integer(1, 12)).padStart(2, '0');
  const later = rest.replace(/(\d\d):(\d\d):\d\d/, `$1:${String(random.integer(0, 59)).padStart(2, '0')}:01`);
  return [
    `${month}${day}${rest}`,
    `${year}-${other}-${day}${rest}`,
    ...(later === rest ? [] : [`${text.slice(0, 10)}${later}`]),
  ];
}
