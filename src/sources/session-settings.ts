import type pg from 'pg';

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

/** What `pg` asks for itself, and what the database was made with. */
const notAskedFor: ReadonlySet<string> = new Set(['client_encoding', 'server_encoding']);

/** The settings as a connection asks for them when it opens. */
export function startupOptions(settings: Readonly<Record<string, string>>): string {
  const escape = (value: string) => value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ');
  return Object.entries(settings)
    .filter(([name]) => !notAskedFor.has(name))
    .map(([name, value]) => `-c ${name}=${escape(value)}`)
    .join(' ');
}

/**
 * Reads what a session has back.
 * @param others settings to be read besides
 * @returns each setting's value; one that is not there has none
 * @throws Error naming what the session has otherwise than asked for
 */
export async function verifySettings(
  client: pg.ClientBase,
  asked: Readonly<Record<string, string>>,
  others: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_catalog.pg_settings where name = any ($1)',
    [[...Object.keys(asked), ...others]],
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  const wrong = Object.entries(asked).filter(([name, value]) => settings.get(name) !== value);
  if (wrong.length === 0) return settings;
  const details = wrong.map(
    ([name, value]) => `${name} is ${settings.get(name) ?? 'unknown'} and must be ${value}`,
  );
  throw new Error(`the session has other settings than asked for: ${details.join('; ')}`);
}
