import { isEnumType, Kind, type GraphQLEnumType, type GraphQLScalarType, type ValueNode } from 'graphql';
import type { Comparands } from '../twins/comparands.js';
import { intNode, textNode } from './nodes.js';
import type { Random } from '../data/random.js';
import { partsOf } from '../data/structured-text.js';

type Leaf = GraphQLScalarType | GraphQLEnumType;

const isInt32 = (text: string): boolean => /^-?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31;
const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
const day = /^\d{4}-\d\d-\d\d$/;
const moment = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d(:\d\d)?|Z)$/;

interface ScalarForm {
  /** Whether a stored value can be written as this scalar. */
  readonly fits: (text: string) => boolean;
  /** Values at the edges, each of the scalar's own form. */
  readonly edges: readonly string[];
  readonly node: (text: string) => ValueNode;
}

const written = (fits: RegExp, ...edges: readonly string[]): ScalarForm => ({
  fits: (text) => fits.test(text),
  edges,
  node: textNode,
});

const anyText = written(/^[^\0]*$/, '', 'a', 'A%', '_', '%', '\\\\', 'ß', '0', "'; select 1 --", '\u{1f600}');

const forms: Readonly<Record<string, ScalarForm>> = {
  ID: written(/^[^\0]*$/, '1', '2', '0', '-1', 'x', '99999999999999999999'),
  String: anyText,
  Int: { fits: isInt32, edges: ['0', '1', '-1', '2147483647', '-2147483648'], node: intNode },
  Float: {
    fits: isNumber,
    edges: ['0', '1.5', '-1e300', '1e-300'],
    node: (text) => ({ kind: Kind.FLOAT, value: text }),
  },
  BigInt: written(/^-?\d+$/, '0', '9223372036854775807', '99999999999999999999999'),
  Decimal: written(
    /^-?\d+(\.\d+)?$/,
    '0',
    '-1',
    '0.01',
    '1e400',
    '99999999999999999999',
    '-123456789.987654321',
  ),
  Date: written(day, '2026-01-31', '0001-01-01', '9999-12-31', '2024-02-29'),
  DateTime: {
    fits: (text) => moment.test(text),
    edges: ['2026-01-31T08:00:00+00:00', '1970-01-01T00:00:00Z'],
    node: (text) => textNode(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')),
  },
  LocalDateTime: written(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, '2026-01-31T08:00:00'),
  Time: written(/^\d\d:\d\d:\d\d/, '08:00:00', '00:00:00', '24:00:00'),
  OffsetTime: written(/^\d\d:\d\d:\d\d.*[+-]\d\d/, '08:00:00+01'),
  Interval: written(/^-?P/, 'P1D', 'PT1H', '-P1Y'),
  UUID: written(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '00000000-0000-0000-0000-000000000000'),
  Inet: written(/^[0-9a-f.:]+(\/\d+)?$/, '192.0.2.7', '::1', '192.0.2.0/24'),
  MacAddress: written(/^([0-9a-f]{2}:){5,7}[0-9a-f]{2}$/, '08:00:2b:01:02:03'),
  Range: written(
    /^(empty|[[(][^,]*,[^,]*[\])]|\{.*\})$/,
    ...['empty', '(,)', '[1,10)', '(,5]', '{}', '{[1,3),[5,8)}', '[2000-01-02,2026-01-05)', '[3,1)'],
  ),
  Base64: {
    fits: (text) => /^\\x([0-9a-f]{2})*$/.test(text),
    edges: ['\\x', '\\x00', '\\xff00'],
    node: (text) => textNode(Buffer.from(text.slice(2), 'hex').toString('base64')),
  },
  BitString: written(/^[01]+$/, '0110', '1'),
};

const numberedKeys = written(/^-?\d{1,9}$/, '1', '2', '0', '-1', '999999999');

/** One more, one less. */
function neighbour(text: string, random: Random): string {
  const step = random.chance(0.5) ? 1 : -1;
  if (!text.includes('.')) return String(BigInt(text) + BigInt(step));
  const decimals = text.length - text.indexOf('.') - 1;
  return (Number(text) + step).toFixed(Math.min(decimals, 20));
}

/** A secret as somebody would use it who knows something of it: itself, how it begins, or close by. */
function approach(secret: string, form: ScalarForm, random: Random): string {
  if (isNumber(secret) && random.chance(0.4)) return neighbour(secret, random);
  const prefix = secret.slice(0, random.integer(1, Math.max(1, secret.length - 1)));
  return random.chance(0.4) && form.fits(prefix) ? prefix : secret;
}

const wrongNodes: readonly ValueNode[] = [
  { kind: Kind.BOOLEAN, value: true },
  { kind: Kind.OBJECT, fields: [] },
  { kind: Kind.LIST, values: [{ kind: Kind.INT, value: '1' }] },
  { kind: Kind.INT, value: '99999999999999999999' },
  { kind: Kind.FLOAT, value: '1e999' },
  { kind: Kind.STRING, value: 'no such value' },
  { kind: Kind.ENUM, value: 'NO_SUCH_VALUE' },
];

/** A literal that is most likely of no use where it stands. */
export function wrongLiteral(random: Random): ValueNode {
  return random.pick(wrongNodes);
}

/**
 * A literal to compare a column with. One in three is made of a secret.
 * @param coordinate of the column; `Customer.creditLimit`
 * @param values of the enum that may be named; the type's own unless given
 */
export function leafLiteral(
  type: Leaf,
  coordinate: string,
  comparands: Comparands,
  random: Random,
): ValueNode {
  if (isEnumType(type)) return { kind: Kind.ENUM, value: random.pick(type.getValues()).name };
  if (type.name === 'Boolean') return { kind: Kind.BOOLEAN, value: random.chance(0.5) };
  const stored = comparands.of(coordinate);
  // What a key looks like, its scalar does not say.
  const numbered = type.name === 'ID' && stored.every((text) => isInt32(text));
  const form = numbered ? numberedKeys : (forms[type.name] ?? anyText);
  return form.node(leafText(form, coordinate, comparands, random));
}

/** Stored values that can be written so: of lists and ranges their parts, where they are not written as they are. */
function fitting(texts: readonly string[], form: ScalarForm): readonly string[] {
  return texts.flatMap((text) => [
    ...(form.fits(text) ? [text] : []),
    ...partsOf(text).filter((part) => form.fits(part)),
  ]);
}

function leafText(form: ScalarForm, coordinate: string, comparands: Comparands, random: Random): string {
  if (random.chance(1 / 3)) {
    const own = fitting(comparands.secretsOf(coordinate), form);
    const secrets = own.length > 0 && random.chance(0.7) ? own : comparands.secrets.filter(form.fits);
    if (secrets.length > 0) {
      const near = approach(random.pick(secrets), form, random);
      if (form.fits(near)) return near;
    }
  }
  const stored = fitting(comparands.of(coordinate), form);
  return stored.length > 0 && random.chance(0.8) ? random.pick(stored) : random.pick(form.edges);
}

/** A pattern of LIKE around a text. */
export function likePattern(text: string, random: Random): string {
  const escaped = text.replaceAll(/[\\%_]/g, '\\$&');
  const patterns = [`${escaped}%`, `%${escaped}`, `%${escaped}%`, `_${escaped.slice(1)}`, escaped, '%', '_%'];
  const [first = '%'] = patterns;
  return /\\$/.test(patterns[3] ?? '') ? first : random.pick(patterns);
}

/** A text that finds other texts, or raises, where it is taken for a pattern. */
export function likeAPattern(text: string, random: Random): string {
  const beginning = Array.from(text).slice(0, random.integer(0, 2)).join('');
  return `${beginning}${random.pick(['\\', '\\', '%', '_', '_%'])}`;
}

/** A pattern whose escape escapes nothing: PostgreSQL raises it only where a row gets that far, and has more to come. */
export function openEscape(text: string, random: Random): string {
  const characters = Array.from(text);
  const beginning = characters.slice(0, random.integer(0, Math.max(0, characters.length - 1))).join('');
  return `${random.pick(['%', '_', beginning.replaceAll(/[\\%_]/g, '\\$&')])}\\`;
}
