import type { Answer } from '../gateways/client.js';

/** By what way hidden data got out. */
export const channels = [
  'status',
  'body: data',
  'body: error',
  'body: extensions',
  'body',
  'header',
  'ledger',
  'canary',
  'statement',
  'cursor',
  'failure',
] as const;
export type Channel = (typeof channels)[number];

/** Where two answers are not the same. */
export interface Difference {
  readonly channel: Channel;
  /** What differs, for people: `content-length`, `customers`. */
  readonly detail: string;
}

/** Of each request anew, and of one length. */
const ofTheRequest = new Set(['cordon-receipt', 'cordon-request-id']);

/** Differ from request to request, whatever is asked. */
const ofTheMoment = /^(date|(x-)?ratelimit(-.*)?|retry-after)$/;

/** Values of a header that is there once, or of a repeated one, in order. */
function comparable({ headers }: Answer): string[] {
  return headers
    .map(([name, value]) => {
      if (ofTheRequest.has(name)) return `${name}: ${value.length} characters`;
      return ofTheMoment.test(name) ? `${name}:` : `${name}: ${value}`;
    })
    .sort();
}

function parsed(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The first place where two values differ: `customers.nodes.0.name`. */
function placeOf(a: unknown, b: unknown): string[] {
  const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null;
  if (!isObject(a) || !isObject(b)) return [];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const name = names.find((each) => JSON.stringify(a[each]) !== JSON.stringify(b[each]));
  return name === undefined ? [] : [name, ...placeOf(a[name], b[name])];
}

function bodyDifference(a: string, b: string): Difference | null {
  if (a === b) return null;
  const [left, right] = [parsed(a), parsed(b)];
  for (const [part, channel] of [
    ['data', 'body: data'],
    ['errors', 'body: error'],
    ['extensions', 'body: extensions'],
  ] as const) {
    if (JSON.stringify(left?.[part]) === JSON.stringify(right?.[part])) continue;
    return { channel, detail: placeOf(left?.[part], right?.[part]).join('.') };
  }
  return { channel: 'body', detail: 'the same values in other words' };
}

/** What tells two answers apart; null where they are alike but for times and receipts. */
export function differenceOf(a: Answer, b: Answer): Difference | null {
  if (a.status !== b.status) return { channel: 'status', detail: `${a.status} and ${b.status}` };
  const inBody = bodyDifference(a.body, b.body);
  if (inBody !== null) return inBody;
  const [left, right] = [comparable(a), comparable(b)];
  const odd = [
    ...left.filter((each) => !right.includes(each)),
    ...right.filter((each) => !left.includes(each)),
  ];
  const [first] = odd;
  if (first !== undefined) return { channel: 'header', detail: first.slice(0, first.indexOf(':')) };
  return left.length === right.length ? null : { channel: 'header', detail: 'a repeated header' };
}

/** Codes of answers that say nothing: the gateway did not get to it. */
const inconclusive =
  /"code":"(SOURCE_TIMEOUT|LEDGER_UNAVAILABLE|SOURCE_UNAVAILABLE|CONDITION_UNKNOWN|OVERLOADED|OPERATION_TIMEOUT)"/;

/** Whether an answer tells of the load of the machine rather than of the data. */
export function isInconclusive({ body }: Answer): boolean {
  return inconclusive.test(body);
}
