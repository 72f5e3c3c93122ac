import { constant, sql } from '../base/index.js';
import { boundedDate, boundedMilliseconds, dateText } from './bounded-date.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { instantOf, wallClock } from './zoned-time.js';

type DateTruncSpec = Extract<MaskSpec, { readonly name: 'dateTrunc' }>;

/** The start of the period in which a wall clock is; weeks begin on Monday. */
function startOf(unit: DateTruncSpec['unit'], wall: number): number {
  const date = new Date(wall);
  date.setUTCHours(0, 0, 0, 0);
  switch (unit) {
    case 'YEAR':
      date.setUTCMonth(0, 1);
      break;
    case 'QUARTER':
      date.setUTCMonth(date.getUTCMonth() - (date.getUTCMonth() % 3), 1);
      break;
    case 'MONTH':
      date.setUTCDate(1);
      break;
    case 'WEEK':
      date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
      break;
    case 'DAY':
      break;
  }
  return date.getTime();
}

/**
 * The start of the year, quarter, month, week or day; null stays null. The zone says where a `timestamptz` is
 * looked at; dates and times without a zone have none. Text forms are those of DateStyle ISO and TimeZone UTC.
 */
export const dateTrunc: Mask<DateTruncSpec> = {
  name: 'dateTrunc',
  unfit: ({ unit, zone }, { type }) => {
    const outside = outsideFamily('dateTrunc', 'date', type);
    if (outside !== null) return outside;
    if (zone !== 'UTC' && type.kind !== 'timestamptz')
      return `dateTrunc has a zone, and this column (${type.display}) has none; write dateTrunc: ${unit}.`;
    return null;
  },
  nullable: (_spec, target) => target.nullable,
  toSql: ({ unit, zone }, { type }, { value }) => {
    const date = boundedDate(value, type);
    const period = constant(unit.toLowerCase());
    const start =
      type.kind === 'timestamptz'
        ? sql`pg_catalog.date_trunc(${period}, ${date}, ${constant(zone)})`
        : // A date alone would be truncated as a timestamptz, in the session's zone.
          sql`pg_catalog.date_trunc(${period}, ${date}::pg_catalog.timestamp)`;
    return sql`CASE WHEN ${value} IS NOT NULL THEN ${asType(start, type)} END`;
  },
  reference: ({ unit, zone }, { type }, { value }) => {
    if (value === null) return null;
    const milliseconds = boundedMilliseconds(value);
    const start =
      type.kind === 'timestamptz'
        ? instantOf(startOf(unit, wallClock(milliseconds, zone)), zone)
        : startOf(unit, milliseconds);
    return dateText(start, type);
  },
};
