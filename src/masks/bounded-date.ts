import { constant, sql, type Slot, type Sql } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import { asType, typeName } from './kinds.js';

/**
 * Dates are brought into these bounds first. Near the limits of the types the start of a period, a day added, or the
 * local time, is out of range and raises; infinity has no period and would be its own mask. Four-digit years are also
 * what other languages read alike. Text forms are those of DateStyle ISO and TimeZone UTC.
 */
const EARLIEST_DAY = '1000-01-01';
const LATEST_DAY = '9999-12-31';

/** The date or time within the bounds. Null becomes a bound: guard it. */
export function boundedDate<S extends Slot>(value: Sql<S>, type: PgType): Sql<S> {
  const bound = (day: string): Sql<never> => sql`${constant(`${day} 00:00:00+00`)}::${typeName(type)}`;
  return sql<S>`LEAST(GREATEST(${asType(value, type)}, ${bound(EARLIEST_DAY)}), ${bound(LATEST_DAY)})`;
}

/** Milliseconds since 1970 of a text form, whole seconds, within the bounds; a time without a zone is read as UTC. */
export function boundedMilliseconds(text: string): number {
  if (text === '-infinity' || text.endsWith(' BC')) return Date.parse(EARLIEST_DAY);
  const found = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d)(?:\.\d+)?(?:\+00)?)?$/.exec(text);
  // Five-digit years and infinity.
  if (!found) return Date.parse(LATEST_DAY);
  const [, year, month, day, time = '00:00:00'] = found;
  return clampMilliseconds(Date.parse(`${year}-${month}-${day}T${time}Z`));
}

export function clampMilliseconds(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, Date.parse(EARLIEST_DAY)), Date.parse(LATEST_DAY));
}

/** The text form of a moment within the bounds, whole seconds. */
export function dateText(milliseconds: number, type: PgType): string {
  const iso = new Date(milliseconds).toISOString();
  if (type.kind === 'date') return iso.slice(0, 10);
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  return type.kind === 'timestamptz' ? `${text}+00` : text;
}
