import { constant, ident, join, render, sql, type Sql } from '../base/index.js';
import type { ReadTable } from './read-columns.js';

export interface GrantsRequest {
  /** Name of the source, for the comment at the top. */
  readonly source: string;
  /** The database role that the gateway signs in as. */
  readonly role: string;
  readonly tables: readonly ReadTable[];
  /** Session settings by name; those that a role cannot be given are left out. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What a database was made with, and no session can have otherwise. */
const fixed: ReadonlySet<string> = new Set(['server_encoding']);

/** The body reads the role's name from a setting of the transaction: no name has to be quoted within a quoted body. */
const makeRole = sql`DO $$
DECLARE
  reader pg_catalog.text := pg_catalog.current_setting('cordon.reader');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = reader) THEN
    EXECUTE pg_catalog.format('CREATE ROLE %I NOINHERIT', reader);
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname = reader AND (rolsuper OR rolbypassrls OR rolreplication OR rolcreaterole OR rolcreatedb)
  ) THEN
    RAISE EXCEPTION 'The role % administers this server, so no grant limits it: name another with --role.', reader;
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner WHERE r.rolname = reader
    UNION ALL
    SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner WHERE r.rolname = reader
    UNION ALL
    SELECT FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba WHERE r.rolname = reader
  ) THEN
    RAISE EXCEPTION 'The role % owns tables, so no grant limits it: name another with --role.', reader;
  END IF;
END $$;`;

/** Memberships, default privileges, schemas and tables: whatever the role was given by name. */
const takeAll = sql`DO $$
DECLARE
  reader pg_catalog.text := pg_catalog.current_setting('cordon.reader');
  id pg_catalog.oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = reader);
  given record;
BEGIN
  FOR given IN
    SELECT r.rolname AS name, g.rolname AS grantor
    FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
    LEFT JOIN pg_catalog.pg_roles g ON g.oid = m.grantor
    WHERE m.member = id
  LOOP
    EXECUTE pg_catalog.format('REVOKE %I FROM %I', given.name, reader)
      || coalesce(' GRANTED BY ' || pg_catalog.quote_ident(given.grantor), '');
  END LOOP;
  FOR given IN
    SELECT DISTINCT r.rolname AS owner, n.nspname AS schema
    FROM pg_catalog.pg_default_acl d
    JOIN pg_catalog.pg_roles r ON r.oid = d.defaclrole
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
    CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) a
    WHERE d.defaclobjtype = 'r' AND a.grantee = id
  LOOP
    EXECUTE pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', given.owner)
      || coalesce(' IN SCHEMA ' || pg_catalog.quote_ident(given.schema), '')
      || pg_catalog.format(' REVOKE ALL ON TABLES FROM %I', reader);
  END LOOP;
  FOR given IN
    SELECT DISTINCT n.nspname AS schema
    FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a
    WHERE a.grantee = id
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA %I FROM %I', given.schema, reader);
  END LOOP;
  FOR given IN
    SELECT n.nspname AS schema, c.relname AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = id)
      OR EXISTS (
        SELECT FROM pg_catalog.pg_attribute t CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a
        WHERE t.attrelid = c.oid AND a.grantee = id)
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %I.%I FROM %I', given.schema, given.name, reader);
  END LOOP;
  EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I RESET ALL', reader, pg_catalog.current_database());
  EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), reader);
END $$;`;

/** What every role may read, this one may too. It is for the owner to take away: others may rely on it. */
const warnOfPublic = sql`DO $$
DECLARE
  open pg_catalog.text := (
    SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ')
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_') AND (
      EXISTS (
        SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = 0 AND a.privilege_type = 'SELECT')
      OR EXISTS (
        SELECT FROM pg_catalog.pg_attribute t CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a
        WHERE t.attrelid = c.oid AND a.grantee = 0 AND a.privilege_type = 'SELECT')));
BEGIN
  IF open IS NOT NULL THEN
    RAISE WARNING 'PUBLIC may read %, and so may this role: REVOKE SELECT ON … FROM PUBLIC.', open;
  END IF;
END $$;`;

/** Schemas of the tables, and of the types that parameters are cast to. */
function schemasOf(tables: readonly ReadTable[]): readonly string[] {
  const ofCast = (cast: string): string[] => {
    const [, quoted] = /^"((?:[^"]|"")+)"\./.exec(cast) ?? [];
    return quoted === undefined ? [] : [quoted.replaceAll('""', '"')];
  };
  // Of arrays and ranges, what is looked for in them is of another type.
  const ofType = ({ type }: ReadTable['columns'][number]): string[] =>
    [type.cast, type.element?.cast ?? ''].flatMap(ofCast);
  const names = tables.flatMap(({ schema, columns }) => [schema, ...columns.flatMap(ofType)]);
  return [...new Set(names)].toSorted();
}

function grant({ schema, table, columns }: ReadTable, role: Sql<never>): Sql<never> {
  const names = columns.map(({ name }) => ident(name));
  return sql`GRANT SELECT (${join(names, sql`, `)}) ON ${ident(schema, table)} TO ${role};`;
}

function set(role: Sql<never>, name: string, value: string): Sql<never> {
  return sql`ALTER ROLE ${role} SET ${ident(name.toLowerCase())} = ${constant(value)};`;
}

/** A comment holds names of the deployment: a line break in one would end it. */
const comment = (text: string): string => `-- ${text.replaceAll(/[\r\n]+/g, ' ')}`;

/**
 * SQL that makes the role one which may read these columns, in sessions of these settings, and nothing else. It may be
 * run again at any time, and changes nothing where nothing has changed.
 */
export function grantStatements({ source, role, tables, settings }: GrantsRequest): string {
  const name = ident(role);
  const lines = (...statements: readonly Sql<never>[]): string =>
    statements.map((statement) => render(statement).text).join('\n');
  return [
    comment(`What the gateway may read of the source ${source}, as the role ${role}.`),
    comment(
      'Run it in that database as the owner of its tables, who may create roles. Its password is yours to set.',
    ),
    // Whoever may create operators in a schema of the owner's path could have them run here.
    'BEGIN;',
    'SET LOCAL search_path = pg_catalog;',
    lines(sql`SET LOCAL "cordon"."reader" = ${constant(role)};`, makeRole, takeAll),
    lines(sql`ALTER ROLE ${name} LOGIN NOINHERIT;`),
    '',
    lines(
      ...schemasOf(tables).map((schema) => sql`GRANT USAGE ON SCHEMA ${ident(schema)} TO ${name};`),
      ...tables.map((table) => grant(table, name)),
      warnOfPublic,
    ),
    '',
    comment('What a session is like, so that values look the same whatever the server prefers.'),
    lines(
      sql`ALTER ROLE ${name} RESET ALL;`,
      ...Object.entries(settings)
        .filter(([setting]) => !fixed.has(setting))
        .map(([setting, value]) => set(name, setting, value)),
    ),
    'COMMIT;',
    '',
    comment(
      'As a superuser: parameters hold what callers search for and the keys of masks; they are not for the log.',
    ),
    lines(set(name, 'log_parameter_max_length', '0'), set(name, 'log_parameter_max_length_on_error', '0')),
  ].join('\n');
}
