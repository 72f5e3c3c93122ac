import type { PgKind, PgType } from '../../catalog/index.js';
import type { Cell } from './dataset.js';
import { charactersMax, fit, sizedItem } from './fit.js';
import { hostile, hostileOfExtensions } from './hostile.js';
import type { Random } from './random.js';
import { encodeArray, encodeRecord } from './structured-text.js';

/** Letters and digits of the text that a run looks for in answers; begins so that no word is taken for one. */
const CANARY_START = 'zq';
const CANARY_LENGTH = 10;
const CANARY_LENGTH_MIN = 6;
const alphabet = 'abcdefghijkmnopqrstuvwxyz0123456789';

/** What a value that is made to be recognised looks like, wherever it stands. */
export const canaryPattern = /zq[a-z0-9]{4,8}|[1-9]\d{8,}/g;

function canary(length: number, random: Random): string {
  const letters = Array.from({ length: length - CANARY_START.length }, () =>
    alphabet.charAt(random.integer(0, alphabet.length - 1)),
  );
  return `${CANARY_START}${letters.join('')}`;
}

const words = ['North', 'Süd', 'Ost', 'west', 'Acme', 'acme', 'Bolt & Co', 'Coil', 'Dyno'] as const;
const digits = (count: number, random: Random): string =>
  `${random.integer(1, 9)}${Array.from({ length: count - 1 }, () => random.integer(0, 9)).join('')}`;
const hex = (count: number, random: Random): string =>
  Array.from({ length: count }, () => random.integer(0, 15).toString(16)).join('');
const two = (value: number): string => String(value).padStart(2, '0');

function someDay(random: Random): string {
  return `${random.integer(1990, 2035)}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}`;
}
function someTime(random: Random): string {
  return `${two(random.integer(0, 23))}:${two(random.integer(0, 59))}:${two(random.integer(0, 59))}`;
}

/** Text that is found nowhere else, in some form that masks look at. */
function freshText(type: PgType, random: Random): string {
  const room = charactersMax(type);
  if (room < CANARY_LENGTH_MIN) return canary(CANARY_LENGTH_MIN, random).slice(CANARY_START.length);
  const mark = canary(Math.min(room, CANARY_LENGTH), random);
  const forms = [
    mark,
    `${random.pick(words)} ${mark}`,
    `${mark}@${random.pick(['a', 'b'])}.example`,
    `x@${mark}.example`,
  ];
  return random.pick(forms.filter((form) => form.length <= room));
}

/** A small document, now and then with the names that a mask keeps. */
function freshJson(names: readonly string[], random: Random, depth = 0): string {
  const value = (): string => {
    const kind = random.integer(0, depth < 2 ? 5 : 3);
    if (kind === 0) return String(random.integer(-5, 5));
    if (kind === 1) return random.pick(['null', 'true', 'false']);
    if (kind <= 3) return `"${canary(CANARY_LENGTH, random)}"`;
    if (kind === 4) return `[${[value(), value()].join(', ')}]`;
    return freshJson(names, random, depth + 1);
  };
  const used = random.shuffle([...new Set([...names, 'a', 'b'])]).slice(0, random.integer(1, 3));
  // As `jsonb` prints it: shorter names first.
  const sorted = used.toSorted((x, y) => Buffer.byteLength(x) - Buffer.byteLength(y) || (x < y ? -1 : 1));
  return `{${sorted.map((name) => `${JSON.stringify(name)}: ${value()}`).join(', ')}}`;
}

type Draw = (random: Random, type: PgType, names: readonly string[]) => string;

const each = <Made>(kinds: readonly PgKind[], made: Made): Partial<Record<PgKind, Made>> =>
  Object.fromEntries(kinds.map((kind) => [kind, made]));
const textKinds = ['text', 'varchar', 'bpchar', 'citext', 'name'] as const;
const listOf = (count: number, item: () => string, separator: string): string =>
  Array.from({ length: count }, item).join(separator);

/** How a value is made that is unlike all others, of kinds that have room for that. */
const fresh: Partial<Readonly<Record<PgKind, Draw>>> = {
  ...each<Draw>(textKinds, (random, type) => freshText(type, random)),
  int2: (random) => digits(4, random),
  int4: (random) => digits(9, random),
  int8: (random) => digits(18, random),
  oid: (random) => digits(9, random),
  ...each<Draw>(
    ['numeric', 'money'],
    (random) => `${digits(random.integer(1, 9), random)}.${two(random.integer(0, 99))}`,
  ),
  // Halves and quarters add up exactly, in whatever order; hundredths do not.
  ...each<Draw>(['float4', 'float8'], (random) =>
    String(random.chance(0.5) ? random.integer(-4000, 4000) / 4 : random.integer(-40_000, 40_000) / 100),
  ),
  date: someDay,
  timestamp: (random) => `${someDay(random)} ${someTime(random)}`,
  timestamptz: (random) => `${someDay(random)} ${someTime(random)}+00`,
  time: someTime,
  timetz: (random) => `${someTime(random)}+0${random.integer(0, 9)}`,
  interval: (random) => `${random.integer(2, 900)} days ${someTime(random)}`,
  uuid: (random) =>
    `${hex(8, random)}-${hex(4, random)}-4${hex(3, random)}-8${hex(3, random)}-${hex(12, random)}`,
  ...each<Draw>(['json', 'jsonb'], (random, _type, names) => freshJson(names, random)),
  xml: (random) => `<a>${canary(CANARY_LENGTH, random)}</a>`,
  bytea: (random) => `\\x${hex(2 * random.integer(4, 12), random)}`,
  ...each<Draw>(['bit', 'varbit'], (random) =>
    listOf(random.integer(1, 64), () => String(random.integer(0, 1)), ''),
  ),
  inet: (random) => `10.${random.integer(0, 3)}.${random.integer(0, 255)}.${random.integer(1, 254)}`,
  cidr: (random) => `10.${random.integer(0, 255)}.${random.integer(0, 255)}.0/24`,
  macaddr: (random) => listOf(6, () => hex(2, random), ':'),
  macaddr8: (random) => listOf(8, () => hex(2, random), ':'),
  point: (random) => `(${random.integer(-400, 400) / 4},${random.integer(-400, 400) / 4})`,
  pg_lsn: (random) =>
    `${random.integer(1, 9)}/${random
      .integer(1, 2 ** 30)
      .toString(16)
      .toUpperCase()}`,
};

const soon = (random: Random): string => `2026-01-0${random.integer(1, 4)}`;

/** Few values, so that rows tie and repeat. */
const plain: Partial<Readonly<Record<PgKind, Draw>>> = {
  ...each<Draw>(textKinds, (random) => random.pick(words)),
  ...each<Draw>(['int2', 'int4', 'int8'], (random) => String(random.integer(1, 5) * 10)),
  // Equal ones are written in several ways, where a column keeps them as they are.
  numeric: (random) => `${random.integer(1, 5) * 100}${random.pick(['', '.0', '.00'])}`,
  date: soon,
  timestamp: (random) => `${soon(random)} 08:00:00`,
  timestamptz: (random) => `${soon(random)} 08:00:00+00`,
};

function someRange(type: PgType, random: Random): string {
  const { element, kind } = type;
  if (element === null) return 'empty';
  const [from, to] = [random.integer(1, 4), random.integer(5, 9)].map((i) => `"${linkText(element, i)}"`);
  const range = random.pick(['(,)', `[${from},${to})`, `(,${to})`, `[${from},)`]);
  if (kind === 'multirange') return random.pick(['{}', `{${range}}`]);
  return random.pick(['empty', range]);
}

const NULL_ITEM_CHANCE = 0.2;

function someArray(element: PgType, names: readonly string[], random: Random): string {
  const item = (): Cell => (random.chance(NULL_ITEM_CHANCE) ? null : drawValue(element, names, random));
  const list = encodeArray(Array.from({ length: random.integer(0, 4) }, item));
  if (list === '{}' || !random.chance(0.15)) return list;
  // Of more dimensions than one, and with bounds of its own.
  const one = encodeArray([item()]);
  return random.pick([`{${one},${one}}`, `[7:7]=${one}`]);
}

const HOSTILE_CHANCE = 0.35;
const PLAIN_CHANCE = 0.45;

/**
 * A value that is not null, hostile, common or unlike all others, and that the type holds.
 * @param names of members that documents have, where a mask keeps some
 */
export function drawValue(type: PgType, names: readonly string[], random: Random): string {
  if (type.kind === 'array' && type.element !== null)
    return someArray(sizedItem(type, type.element), names, random);
  if (type.kind === 'composite')
    return encodeRecord(
      [...type.attributes.values()].map((attribute) =>
        random.chance(NULL_ITEM_CHANCE) ? null : drawValue(attribute.type, names, random),
      ),
    );
  if (type.kind === 'enum') return random.pick(type.enumLabels);
  if (type.kind === 'range' || type.kind === 'multirange') return someRange(type, random);
  const hostiles = hostileValues(type);
  const common = random.chance(PLAIN_CHANCE) ? plain[type.kind] : undefined;
  const draw = random.chance(HOSTILE_CHANCE) ? undefined : (common ?? fresh[type.kind]);
  const drawn = draw?.(random, type, names);
  const fitted = fit(drawn ?? random.pick(hostiles), type);
  return fitted ?? hostiles.map((text) => fit(text, type)).find((text) => text !== null) ?? '';
}

/** A number that is about as large as others: of so many digits as there is room for, most often nine. */
export function evenNumber(type: PgType, random: Random): string {
  const { kind } = type;
  if (kind === 'int2') return digits(4, random);
  // Quarters are printed as they are, whatever the type keeps.
  if (kind === 'float4' || kind === 'float8') return String(random.integer(4000, 16_000) / 4);
  const cents = kind === 'numeric' ? `.${two(random.integer(0, 99))}` : '';
  const sizes = [9, 7, 5, 3, 2, 1].map((count) => fit(`${digits(count, random)}${cents}`, type));
  return sizes.find((text) => text !== null) ?? fit(`0${cents}`, type) ?? '0';
}

/** The values of a type that broke something once, as its columns hold them. */
export function hostileValues(type: PgType): readonly string[] {
  if (type.kind === 'extension') {
    const name = /(\w+)"?$/.exec(type.cast)?.[1] ?? '';
    return hostileOfExtensions[name] ?? ['[1,2,3]'];
  }
  return hostile[type.kind] ?? [''];
}

const hexByte = (i: number): string => (i % 256).toString(16).padStart(2, '0');
const nthDay = (i: number): string => new Date(Date.UTC(2000, 0, i)).toISOString().slice(0, 10);
const nthTime = (i: number): string => `${two(i % 24)}:${two(Math.floor(i / 24) % 60)}:00`;

/** Kinds whose links are not written as numbers. */
const links: Partial<Readonly<Record<PgKind, (i: number, type: PgType) => string>>> = {
  bool: (i) => (i % 2 === 0 ? 'false' : 'true'),
  enum: (i, { enumLabels }) => enumLabels[i % enumLabels.length] ?? '',
  uuid: (i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  date: nthDay,
  timestamp: (i) => `${nthDay(i)} 00:00:00`,
  timestamptz: (i) => `${nthDay(i)} 00:00:00+00`,
  time: nthTime,
  timetz: (i) => `${nthTime(i)}+00`,
  interval: (i) => `${i} days`,
  inet: (i) => `10.0.${Math.floor(i / 256)}.${i % 256}`,
  cidr: (i) => `10.0.${Math.floor(i / 256)}.${i % 256}/32`,
  macaddr: (i) => `00:00:00:00:00:${hexByte(i)}`,
  macaddr8: (i) => `00:00:00:00:00:00:00:${hexByte(i)}`,
  bytea: (i) => `\\x${hexByte(i)}`,
  bit: (i) => i.toString(2),
  varbit: (i) => i.toString(2),
  // Letters, so that equal values can be in either case.
  citext: (i) => `key${i}`,
  pg_lsn: (i) => `0/${i.toString(16).toUpperCase()}`,
};

/** The i-th of the values that keys and joins have: few, and the same for each kind that is joined with the type. */
export function linkText(type: PgType, i: number): string {
  const text = links[type.kind]?.(i, type) ?? String(i);
  return fit(text, type) ?? text;
}
