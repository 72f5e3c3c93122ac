import { constant, sql, type Slot, type Sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import { asType, outsideFamily, typeName } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';
import { instantOf, wallClock } from './zoned-time.js';

type DateTruncSpec = Extract<MaskSpec, { readonly name: 'dateTrunc' }>;

/**
 * Dates are brought into these bounds first. Near the limits of the types the start of the period, or its local
 * time, is out of range and raises; infinity has no period and would be its own mask. Four-digit years are also
 * what other languages read alike.
 */
const EARLIEST_DAY = '1000-01-01';
const LATEST_DAY = '9999-12-31';

function bounded<S extends Slot>(value: Sql<S>, type: PgType): Sql<S> {
  const bound = (day: string): Sql<never> => sql`${constant(`${day} 00:00:00+00`)}::${typeName(type)}`;
  return sql<S>`LEAST(GREATEST(${asType(value, type)}, ${bound(EARLIEST_DAY)}), ${bound(LATEST_DAY)})`;
}

/** Milliseconds since 1970 of a text form within the bounds; a time without a zone is read as UTC. */
function boundedMilliseconds(text: string): number {
  const earliest = Date.parse(EARLIEST_DAY);
  const latest = Date.parse(LATEST_DAY);
  if (text === '-infinity' || text.endsWith(' BC')) return earliest;
  const found = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d)(?:\.\d+)?(?:\+00)?)?$/.exec(text);
  // Five-digit years and infinity.
  if (!found) return latest;
  const [, year, month, day, time = '00:00:00'] = found;
  return Math.min(Math.max(Date.parse(`${year}-${month}-${day}T${time}Z`), earliest), latest);
}

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
    const date = bounded(value, type);
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
    const iso = new Date(start).toISOString();
    if (type.kind === 'date') return iso.slice(0, 10);
    const text = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
    return type.kind === 'timestamptz' ? `${text}+00` : text;
  },
};
