/** JSON as a caller writes it, and the scalar has made text of it. What `jsonb` would refuse is refused here. */

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

/** Whether texts and numbers in it are some that the database holds, and no nesting is too deep for it. */
function isHeld(value: string): boolean {
  let depth = 0;
  for (const [token] of value.matchAll(tokenPattern)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (!(token.startsWith('"') ? isText(token) : isNumeric(token))) return false;
    if (depth > DEPTH_MAX) return false;
  }
  return true;
}

/** The text as PostgreSQL takes it, or undefined. */
export function readJson(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    // What is parsed is thrown away: its numbers have lost digits.
    JSON.parse(value);
    return isHeld(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
