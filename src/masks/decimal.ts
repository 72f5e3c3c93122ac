/**
 * Exact decimals for the references: PostgreSQL's numeric where it matters here. `digits / 10^scale`.
 */
export interface Decimal {
  readonly digits: bigint;
  /** Digits after the point, never negative. */
  readonly scale: number;
}

const pattern = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** The number in PostgreSQL's text form of a numeric, integer or float; throws on any other text. */
export function parseDecimal(text: string): Decimal {
  const found = pattern.exec(text);
  if (!found) throw new Error('not a finite number');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** The shortest text: no zeros at the end of the fraction. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = absolute(digits)
    .toString()
    .padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** The same number with at least this many digits after the point, so that digits of equal scale compare and add. */
export function atScale(decimal: Decimal, scale: number): Decimal {
  if (scale <= decimal.scale) return decimal;
  return { digits: decimal.digits * 10n ** BigInt(scale - decimal.scale), scale };
}

/** Negative, zero or positive, as the first is less, equal or greater. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [atScale(a, scale).digits, atScale(b, scale).digits];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact product. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

export function clampDecimal(decimal: Decimal, min: bigint, max: bigint): Decimal {
  const unit = 10n ** BigInt(decimal.scale);
  if (decimal.digits < min * unit) return { digits: min, scale: 0 };
  if (decimal.digits > max * unit) return { digits: max, scale: 0 };
  return decimal;
}

/** The greatest multiple of `width`, which is positive, that is not above. */
export function floorToMultiple(decimal: Decimal, width: Decimal): Decimal {
  const scale = Math.max(decimal.scale, width.scale);
  const { digits } = atScale(decimal, scale);
  const step = atScale(width, scale).digits;
  const rest = ((digits % step) + step) % step;
  return { digits: digits - rest, scale };
}

/** Rounded half away from zero to so many digits after the point. */
export function roundToScale(decimal: Decimal, scale: number): Decimal {
  const excess = decimal.scale - scale;
  return excess <= 0 ? decimal : { digits: divideRounding(decimal.digits, excess), scale };
}

/** Rounded half away from zero to so many significant digits. */
export function roundToDigits(decimal: Decimal, count: number): Decimal {
  const excess = absolute(decimal.digits).toString().length - count;
  if (excess <= 0) return decimal;
  return { digits: divideRounding(decimal.digits, excess) * 10n ** BigInt(excess), scale: decimal.scale };
}

function divideRounding(digits: bigint, powerOfTen: number): bigint {
  const divisor = 10n ** BigInt(powerOfTen);
  const rounded = (absolute(digits) + divisor / 2n) / divisor;
  return digits < 0n ? -rounded : rounded;
}

function absolute(digits: bigint): bigint {
  return digits < 0n ? -digits : digits;
}
