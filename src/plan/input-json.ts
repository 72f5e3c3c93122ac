/**
 * JSON as a caller writes it: well-formed text, which the scalar has made of it. What `jsonb` would refuse of that is
 * refused here.
 */

/** Nestings that neither parser's stack minds. */
const DEPTH_MAX = 100;

/** Digits of numeric, of which the numbers of `jsonb` are, before the point and behind it. */
const WHOLE_DIGITS_MAX = 131_072;
const FRACTION_DIGITS_MAX = 16_383;

const tokenPattern = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[[\]{}]/g;
const numberPattern = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Neither NUL nor half a pair of surrogates. */
function isText(written: string): boolean {
  const text = JSON.parse(written) as string;
  return !text.includes('\0') && text.isWellFormed();
}

function isNumeric(written: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] = numberPattern.exec(written) ?? [];
  const shift = Number(exponent);
  return whole.length + shift <= WHOLE_DIGITS_MAX && fraction.length - shift <= FRACTION_DIGITS_MAX;
}

/** The text as PostgreSQL takes it, or undefined. */
export function readJson(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  let depth = 0;
  for (const [token] of value.matchAll(tokenPattern)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (!(token.startsWith('"') ? isText(token) : isNumeric(token))) return undefined;
    if (depth > DEPTH_MAX) return undefined;
  }
  return value;
}
