import { keptBy } from './json-path.js';
import type { MaskSpec } from './mask.js';

/** What is wrong with a mask as written, and what to write instead, in one or two sentences. */
export interface MaskProblem {
  readonly problem: string;
}

type MaskName = MaskSpec['name'];
type Parser = (argument: unknown) => MaskSpec | MaskProblem;

/** Kept ends longer than this are no mask. */
const KEPT_CHARACTERS_MAX = 32;
/** What a double holds exactly. */
const ROUND_DIGITS_MAX = 15;
/** At most 10³⁰, and fifteen decimals: well inside what number masks compute in, floats included. */
const widthPattern = /^(?=.*[1-9])(0|[1-9]\d{0,29})(\.\d{1,15})?$/;
/** Of the same size, and of either sign. */
const capPattern = /^(0|-?(?=.*[1-9])(0|[1-9]\d{0,29})(\.\d{1,15})?)$/;
/** Positive, with two decimals at most; what is too much or too little, the column's type says. */
const amountPattern = /^(?=.*[1-9])(0|[1-9]\d{0,3})(\.\d{1,2})?$/;
/** An IPv6 prefix of 64 bits is one subnet; beyond are its hosts. */
const NETWORK_BITS_MAX = 64;
/** Of degrees, four decimals are eleven metres: a house. */
const GEO_DECIMALS_MAX = 3;
/** What systems take in identifiers, and JSON and URLs as it is. */
const prefixPattern = /^[A-Za-z0-9_-]{1,16}$/;
const PATHS_MAX = 50;
/** Area/Location, or UTC: of bare names such as CET, PostgreSQL takes some for a fixed offset. */
const zonePattern = /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2})$/;

const units: ReadonlySet<unknown> = new Set(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY']);

function isUnit(value: unknown): value is Extract<MaskSpec, { name: 'dateTrunc' }>['unit'] {
  return units.has(value);
}

function isZone(value: unknown): value is string {
  if (typeof value !== 'string' || !zonePattern.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

function isWholeBetween(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** The members of an input object, or null when it is none or has others than these. */
function members(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.keys(value).every((name) => names.includes(name)) ? { ...value } : null;
}

function flag(spec: MaskSpec): Parser {
  return (argument) => (argument === true ? spec : { problem: `Write ${spec.name}: true.` });
}

const parsePartial: Parser = (argument) => {
  const { keepStart = 0, keepEnd = 0 } = members(argument, ['keepStart', 'keepEnd']) ?? {};
  const areCounts =
    isWholeBetween(keepStart, 0, KEPT_CHARACTERS_MAX) && isWholeBetween(keepEnd, 0, KEPT_CHARACTERS_MAX);
  if (areCounts && keepStart + keepEnd > 0) return { name: 'partial', keepStart, keepEnd };
  return {
    problem: `Write partial: { keepStart: n, keepEnd: n }, one of them at least, from 1 to ${KEPT_CHARACTERS_MAX}; to keep nothing, redact: true.`,
  };
};

const parseEmail: Parser = (argument) => {
  if (argument === true) return { name: 'email', domain: false };
  const { domain } = members(argument, ['domain']) ?? {};
  if (typeof domain === 'boolean') return { name: 'email', domain };
  return { problem: 'Write email: true, or email: { domain: true } to keep the domain.' };
};

const parseDateTrunc: Parser = (argument) => {
  const { unit, zone = 'UTC' } = members(argument, ['unit', 'zone']) ?? { unit: argument };
  if (isUnit(unit) && isZone(zone)) return { name: 'dateTrunc', unit, zone };
  return {
    problem: `Write dateTrunc: YEAR (or ${[...units].slice(1).join(', ')}), or dateTrunc: { unit: YEAR, zone: "Europe/Vienna" } with a zone of the IANA database.`,
  };
};

const parseToken: Parser = (argument) => {
  const { prefix } = members(argument, ['prefix']) ?? {};
  if (typeof prefix === 'string' && prefixPattern.test(prefix)) return { name: 'token', prefix };
  return { problem: 'Write token: { prefix: "cus_" }, of 1 to 16 letters, digits, - or _.' };
};

const parseKeep: Parser = (argument) => {
  // A single value stands for a list of one, as GraphQL coerces it.
  const paths: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const isText = (path: unknown): path is string => typeof path === 'string';
  if (paths.every(isText) && paths.length <= PATHS_MAX && keptBy(paths) !== null)
    return { name: 'keep', paths };
  return {
    problem: `Write keep: ["$.a", "$.b.c", "$.list[*].d"], at most ${PATHS_MAX} paths of 1 to 8 steps, each a member (in \\" where it is no plain word) or [*], and none within another.`,
  };
};

const parsers: Readonly<Record<MaskName, Parser>> = {
  nullify: flag({ name: 'nullify' }),
  constant: (argument) =>
    typeof argument === 'string'
      ? { name: 'constant', value: argument }
      : { problem: 'Write constant: "…", a string for every type.' },
  redact: flag({ name: 'redact' }),
  partial: parsePartial,
  email: parseEmail,
  pseudonym: flag({ name: 'pseudonym' }),
  token: parseToken,
  bucket: (argument) =>
    typeof argument === 'string' && widthPattern.test(argument)
      ? { name: 'bucket', width: argument }
      : {
          problem:
            'Write bucket: "10000", a positive decimal in a string, of at most 30 digits before the point and 15 after.',
        },
  round: (argument) =>
    isWholeBetween(argument, 1, ROUND_DIGITS_MAX)
      ? { name: 'round', digits: argument }
      : { problem: `Write round: n, from 1 to ${ROUND_DIGITS_MAX} significant digits.` },
  topCode: (argument) =>
    typeof argument === 'string' && capPattern.test(argument)
      ? { name: 'topCode', cap: argument }
      : {
          problem:
            'Write topCode: "1000000", a decimal in a string, of at most 30 digits before the point and 15 after.',
        },
  noise: (argument) =>
    typeof argument === 'string' && amountPattern.test(argument)
      ? { name: 'noise', amount: argument }
      : {
          problem: 'Write noise: "5", in a string: percent of a number, "0.1" to "100", or days of a date.',
        },
  dateTrunc: parseDateTrunc,
  network: (argument) =>
    isWholeBetween(argument, 0, NETWORK_BITS_MAX)
      ? { name: 'network', bits: argument }
      : { problem: `Write network: n, from 0 to ${NETWORK_BITS_MAX} bits of the prefix, such as 24.` },
  geo: (argument) =>
    isWholeBetween(argument, 0, GEO_DECIMALS_MAX)
      ? { name: 'geo', decimals: argument }
      : {
          problem: `Write geo: n, from 0 to ${GEO_DECIMALS_MAX} decimals; of degrees, 2 are about a kilometre.`,
        },
  keep: parseKeep,
};

function isMaskName(name: string): name is MaskName {
  return Object.hasOwn(parsers, name);
}

/**
 * The mask of a `mask` argument, as it stands in SDL with literals turned into JavaScript values (enum values into
 * their names): `{ partial: { keepEnd: 2 } }`. Whether it fits its column, `Mask.unfit` says.
 */
export function parseMaskSpec(value: unknown): MaskSpec | MaskProblem {
  const names =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const [name] = names;
  if (name === undefined || names.length > 1)
    return { problem: 'A mask is an object with exactly one member, such as { redact: true }.' };
  if (!isMaskName(name))
    return { problem: `There is no mask "${name}"; the masks are ${Object.keys(parsers).join(', ')}.` };
  return parsers[name]((value as Readonly<Record<string, unknown>>)[name]);
}
