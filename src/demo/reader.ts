import { ident, render } from '../base/index.js';

/** The role under which the gateway reads both demo databases: the granted columns and nothing else. */
export const demoReader = 'cordon_reader';

/** What changes the bytes of an answer is fixed, and what could change data or run for ever is not possible. */
const settings: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  default_transaction_read_only: 'on',
  statement_timeout: "'5s'",
  DateStyle: "'ISO, YMD'",
  IntervalStyle: 'iso_8601',
  TimeZone: "'UTC'",
  extra_float_digits: '1',
  bytea_output: 'hex',
  // Parameters hold what callers search for and the keys of masks; they are not for the database's log.
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

const role = render(ident(demoReader)).text;

/**
 * Makes the role, or makes it again what it should be. The lock keeps two processes that do so at once from failing on
 * each other; signing in does not wait for it.
 */
export const prepareDemoReader = `
BEGIN;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${demoReader}') THEN CREATE ROLE ${role}; END IF;
END $$;
ALTER ROLE ${role} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE ${role} RESET ALL;
${Object.entries(settings)
  .map(([name, value]) => `ALTER ROLE ${role} SET ${name} = ${value};`)
  .join('\n')}
COMMIT;
`;
