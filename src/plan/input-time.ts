/**
 * Dates, times and intervals as a caller writes them: the forms that are given out, with what ISO 8601 leaves open. Each
 * gives the text for PostgreSQL, or undefined for what PostgreSQL would refuse.
 */

// Four digits, or as many more as the calendar of PostgreSQL has.
const day = '(?<year>\\d{4}|[1-9]\\d{4,6})-(?<month>0[1-9]|1[0-2])-(?<day>0[1-9]|[12]\\d|3[01])';
const clock =
  '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d)(?::(?<second>[0-5]\\d)(?:\\.(?<fraction>\\d{1,6}))?)?';
const zone =
  '(?:Z|(?<sign>[+-])(?<zoneHour>0\\d|1[0-5])(?::(?<zoneMinute>[0-5]\\d)(?::(?<zoneSecond>[0-5]\\d))?)?)';
const era = '(?<era> BC)?';
const datePattern = new RegExp(`^${day}${era}$`);
const localPattern = new RegExp(`^${day}[T ]${clock}${era}$`);
const momentPattern = new RegExp(`^${day}[T ]${clock}${zone}${era}$`);
// The end of a day has a name of its own.
const timeOfDay = `(?:${clock}|24:00:00)`;
const timePattern = new RegExp(`^${timeOfDay}$`);
const offsetTimePattern = new RegExp(`^${timeOfDay}${zone}$`);

type Groups = Readonly<Record<string, string | undefined>>;

function matched(value: unknown, pattern: RegExp, holds: (groups: Groups) => boolean): string | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  return match !== null && holds(match.groups ?? {}) ? match[0] : undefined;
}

function endless(value: unknown): string | undefined {
  return value === 'infinity' || value === '-infinity' ? value : undefined;
}

const numberOf = (text: string | undefined): number => Number(text ?? 0);

/** Days from 0000-03-01 on, in the Gregorian calendar carried on into the past; undefined where it has no such day. */
function dayNumber(groups: Groups): number | undefined {
  const written = numberOf(groups['year']);
  const month = numberOf(groups['month']);
  const date = numberOf(groups['day']);
  // There is no year 0: before year 1 was year 1 BC.
  const year = groups['era'] === undefined ? written : 1 - written;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (written < 1 || date > length) return undefined;
  const from = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leaps = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return from * 365 + leaps + Math.floor((153 * months + 2) / 5) + date - 1;
}

const dayOf = (year: string, month: string, date: string, bc = false): number =>
  dayNumber({ year, month, day: date, ...(bc ? { era: ' BC' } : {}) }) ?? NaN;

/** Day 0 of the Julian period, with which every calendar of PostgreSQL begins. */
const FIRST_DAY = dayOf('4714', '11', '24', true);
const LAST_DATE = dayOf('5874897', '12', '31');
const LAST_MOMENT = dayOf('294276', '12', '31');
const DAY_SECONDS = 86_400;

function isDate(groups: Groups): boolean {
  const number = dayNumber(groups);
  return number !== undefined && number >= FIRST_DAY && number <= LAST_DATE;
}

/** Seconds in UTC since the day that days are counted from, whole ones. */
function secondOf(groups: Groups, dayNumbered: number): number {
  const seconds = (hour: string, minute: string, second: string) =>
    numberOf(groups[hour]) * 3600 + numberOf(groups[minute]) * 60 + numberOf(groups[second]);
  const offset = seconds('zoneHour', 'zoneMinute', 'zoneSecond') * (groups['sign'] === '-' ? -1 : 1);
  return dayNumbered * DAY_SECONDS + seconds('hour', 'minute', 'second') - offset;
}

/** Whether a date and time, brought to UTC, is one of the moments that PostgreSQL counts. */
function isMoment(groups: Groups): boolean {
  const number = dayNumber(groups);
  if (number === undefined || number < FIRST_DAY || number > LAST_MOMENT) return false;
  const moment = secondOf(groups, number);
  return moment >= FIRST_DAY * DAY_SECONDS && moment < (LAST_MOMENT + 1) * DAY_SECONDS;
}

export const readDate = (value: unknown): string | undefined =>
  endless(value) ?? matched(value, datePattern, isDate);

export const readTimestamp = (value: unknown): string | undefined =>
  endless(value) ?? matched(value, localPattern, isMoment);

export const readTimestamptz = (value: unknown): string | undefined =>
  endless(value) ?? matched(value, momentPattern, isMoment);

const patterns = [datePattern, localPattern, momentPattern];

/** A date, or a date and time, by its second and what is left of it in microseconds. */
function placeOf(text: string): readonly [seconds: number, microseconds: number] {
  if (text.endsWith('infinity')) return [text.startsWith('-') ? -Infinity : Infinity, 0];
  const groups = patterns.map((pattern) => pattern.exec(text)?.groups).find((each) => each !== undefined);
  const number = groups === undefined ? undefined : dayNumber(groups);
  if (groups === undefined || number === undefined) throw new Error('no date, nor date and time');
  return [secondOf(groups, number), Number((groups['fraction'] ?? '').padEnd(6, '0'))];
}

/** Which of two dates, or dates and times, that were read here comes first. */
export function compareMoments(a: string, b: string): number {
  const [[left, leftRest], [right, rightRest]] = [placeOf(a), placeOf(b)];
  return left === right ? leftRest - rightRest : left < right ? -1 : 1;
}

export const readTime = (value: unknown): string | undefined => matched(value, timePattern, () => true);

export const readTimetz = (value: unknown): string | undefined =>
  matched(value, offsetTimePattern, () => true);

const part = (name: string, unit: string): string => `(?:(?<${name}>-?\\d{1,10})${unit})?`;
const intervalPattern = new RegExp(
  `^P(?=[-\\dT])${part('years', 'Y')}${part('months', 'M')}${part('days', 'D')}` +
    `(?:T(?=[-\\d])${part('hours', 'H')}${part('minutes', 'M')}(?:(?<seconds>-?\\d{1,10}(?:\\.\\d{1,6})?)S)?)?$`,
);

const INT4_MAX = 2n ** 31n - 1n;
const INT8_MAX = 2n ** 63n - 1n;

/** Sums as PostgreSQL makes them, term by term; undefined where one leaves the range on the way. */
function sum(terms: readonly bigint[], max: bigint): bigint | undefined {
  let total = 0n;
  for (const term of terms) {
    total += term;
    if (term < -max - 1n || term > max || total < -max - 1n || total > max) return undefined;
  }
  return total;
}

function microseconds(seconds: string | undefined): bigint {
  const [whole = '0', fraction = ''] = (seconds ?? '0').split('.');
  const size = BigInt(whole.replace('-', '')) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return whole.startsWith('-') ? -size : size;
}

function isInterval(groups: Groups): boolean {
  const whole = (name: string, factor: bigint) => BigInt(groups[name] ?? 0) * factor;
  const months = sum([whole('years', 12n), whole('months', 1n)], INT4_MAX);
  const days = sum([whole('days', 1n)], INT4_MAX);
  const times = [
    whole('hours', 3_600_000_000n),
    whole('minutes', 60_000_000n),
    microseconds(groups['seconds']),
  ];
  const time = sum(times, INT8_MAX);
  if (months === undefined || days === undefined || time === undefined) return false;
  // All three at an end are how PostgreSQL keeps the two infinities.
  const atEnd = (end: (max: bigint) => bigint) =>
    months === end(INT4_MAX) && days === end(INT4_MAX) && time === end(INT8_MAX);
  return !atEnd((max) => max) && !atEnd((max) => -max - 1n);
}

export const readInterval = (value: unknown): string | undefined =>
  endless(value) ?? matched(value, intervalPattern, isInterval);
