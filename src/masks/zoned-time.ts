/**
 * Local time and back, as PostgreSQL does it (`DetermineTimeZoneOffset`), for the reference of `dateTrunc`.
 * Instants and wall clocks are milliseconds since 1970; a wall clock is read as if it were UTC.
 */
const DAY_MILLISECONDS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of the zone show at an instant of the years 1000 to 9999; whole seconds. */
export function wallClock(instant: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

function offsetAt(instant: number, zone: string): number {
  return wallClock(instant, zone) - instant;
}

/** The instant of a wall clock: of two, the one after the change; of none, by the offset before the change. */
export function instantOf(wall: number, zone: string): number {
  const before = offsetAt(wall - DAY_MILLISECONDS, zone);
  const after = offsetAt(wall + DAY_MILLISECONDS, zone);
  const isAfter = offsetAt(wall - after, zone) === after;
  return wall - (isAfter ? after : before);
}
