import { constant, sql, type Slot, type Sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import { boundedDate, boundedMilliseconds, clampMilliseconds, dateText } from './bounded-date.js';
import {
  asNumber,
  boundedNumber,
  clamped,
  clampedDecimal,
  integerLimits,
  numeric,
  referenceNumber,
} from './bounded-number.js';
import {
  atScale,
  formatDecimal,
  multiply,
  parseDecimal,
  roundToDigits,
  roundToScale,
  type Decimal,
} from './decimal.js';
import { cellNumber, referenceCellNumber } from './keyed-hash.js';
import { familyOf, outsideFamily } from './kinds.js';
import type { Mask, MaskInput, MaskSpec, ReferenceInput } from './mask.js';
import { dustless, toDigits, withoutDust } from './round.js';

type NoiseSpec = Extract<MaskSpec, { readonly name: 'noise' }>;

/**
 * Steps of a factor from the middle to either end, and digits that are left of the product. The steps are finer than
 * what is left, so that every value within reach of a mask could be the one behind it; all digits of a product would
 * give its factors away.
 */
const FACTOR_STEPS = 1_000_000_000;
const DIGITS = 6;
const PERCENT_MIN = parseDecimal('0.1');

const DAYS_MAX = 3650;
const DAY_SECONDS = 86_400;

function unfitNumber(amount: string): string | null {
  const { digits, scale } = atScale(parseDecimal(amount), PERCENT_MIN.scale);
  const unit = 10n ** BigInt(scale);
  if (digits * 10n >= unit && digits <= 100n * unit) return null;
  return `noise "${amount}" is of a number and in percent; use "0.1" to "100".`;
}

function unfitDate(amount: string): string | null {
  const days = Number(amount);
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_MAX) return null;
  return `noise "${amount}" is of a date and in days; use whole days, "1" to "${DAYS_MAX}".`;
}

/** What one step adds to the factor 1. */
function stepOf(amount: string): Decimal {
  const { digits, scale } = parseDecimal(amount);
  return { digits, scale: scale + String(FACTOR_STEPS * 100).length - 1 };
}

function noisyNumber<S extends Slot>({ amount }: NoiseSpec, type: PgType, input: MaskInput<S>): Sql<S> {
  const number = withoutDust(boundedNumber(input.value, type));
  // Without `trim_scale` equal numbers would have texts of their own.
  const steps = cellNumber(sql<S>`pg_catalog.trim_scale(${number})::pg_catalog.text`, input, FACTOR_STEPS);
  const factor = sql<S>`(1 + ${steps} * ${numeric(formatDecimal(stepOf(amount)))})`;
  const noisy = toDigits(sql<S>`${number} * ${factor}`, DIGITS);
  return asNumber(input.value, clamped(noisy, type), type);
}

function referenceNoisyNumber({ amount }: NoiseSpec, type: PgType, input: ReferenceInput): string | null {
  return referenceNumber(input.value, type, (bounded) => {
    const number = dustless(bounded);
    const steps = referenceCellNumber(formatDecimal(number), input, FACTOR_STEPS);
    const step = stepOf(amount);
    const factor = { digits: 10n ** BigInt(step.scale) + steps * step.digits, scale: step.scale };
    const noisy = clampedDecimal(roundToDigits(dustless(multiply(number, factor)), DIGITS), type);
    return integerLimits(type) === null ? noisy : roundToScale(noisy, 0);
  });
}

function noisyDate<S extends Slot>({ amount }: NoiseSpec, type: PgType, input: MaskInput<S>): Sql<S> {
  const date = boundedDate(input.value, type);
  const days = Number(amount);
  if (type.kind === 'date') {
    const text = sql<S>`(${date} - ${constant('1970-01-01')}::pg_catalog.date)::pg_catalog.text`;
    return sql<S>`${date} + ${cellNumber(text, input, days)}::pg_catalog.int4`;
  }
  // A fraction of a second would be the same before and after.
  const second = sql<S>`pg_catalog.date_trunc('second', ${date})`;
  const text = sql<S>`EXTRACT(EPOCH FROM ${second})::pg_catalog.int8::pg_catalog.text`;
  const seconds = cellNumber(text, input, days * DAY_SECONDS);
  return sql<S>`${second} + ${seconds}::pg_catalog.float8 * ${constant('1 second')}::pg_catalog.interval`;
}

function referenceNoisyDate({ amount }: NoiseSpec, type: PgType, input: ReferenceInput): string | null {
  if (input.value === null) return null;
  const milliseconds = boundedMilliseconds(input.value);
  const [unit, limit] =
    type.kind === 'date' ? [DAY_SECONDS, Number(amount)] : [1, Number(amount) * DAY_SECONDS];
  const text = String(milliseconds / 1000 / unit);
  const units = Number(referenceCellNumber(text, input, limit));
  return dateText(clampMilliseconds(milliseconds + units * unit * 1000), type);
}

/**
 * So many percent of a number, or days of a date, up or down at most: how much is hashed from the record's key, the
 * field's (by the key of the hash) and the value. It is therefore stable, and asking again averages nothing away; the
 * same value in two records looks unlike; and when a value changes, all of the mask does, so that the change is not
 * exact. Every audience has the same noise, or two could compare and narrow it down. Null stays null, and 0 stays 0.
 */
export const noise: Mask<NoiseSpec> = {
  name: 'noise',
  unfit: ({ amount }, { type }) => {
    const family = familyOf(type);
    if (family === 'number') return unfitNumber(amount);
    return family === 'date' ? unfitDate(amount) : outsideFamily('noise', 'number', type);
  },
  nullable: (_spec, target) => target.nullable,
  toSql: (spec, { type }, input) => {
    if (familyOf(type) === 'number') return noisyNumber(spec, type, input);
    const noisy = boundedDate(noisyDate(spec, type, input), type);
    return sql`CASE WHEN ${input.value} IS NOT NULL THEN ${noisy} END`;
  },
  reference: (spec, { type }, input) =>
    familyOf(type) === 'number'
      ? referenceNoisyNumber(spec, type, input)
      : referenceNoisyDate(spec, type, input),
};
