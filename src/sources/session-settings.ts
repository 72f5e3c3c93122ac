/**
 * Session settings that change what a value looks like, or what a statement could do. They are asked for when a
 * connection opens and read back: a pooler in between, or the role's own settings, may have it otherwise. `cordon grants`
 * gives them to the role as well.
 */
export const sessionSettings: Readonly<Record<string, string>> = Object.freeze({
  search_path: 'pg_catalog',
  default_transaction_read_only: 'on',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  server_encoding: 'UTF8',
});
