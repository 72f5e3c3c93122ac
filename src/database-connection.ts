import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { strictForm, textForm, type Path, type Reporter } from './base/index.js';

const flag = z.boolean({ error: 'write true or false' }).default(false);

/** How the connection to a database is secured, where the default is not what it needs. */
export const databaseTlsForm = strictForm({
  ca: textForm('name the file of the certificate authority, in PEM').optional(),
  acceptPlaintext: flag,
  acceptUnverified: flag,
});

export type WrittenTls = z.output<typeof databaseTlsForm>;

const loopback: ReadonlySet<string> = new Set(['', 'localhost', '127.0.0.1', '[::1]', '::1']);
/** What `pg` would take from the URL in place of what is decided here. */
const ownParameters = [
  'sslmode',
  'ssl',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'uselibpqcompat',
  'sslnegotiation',
];

/** Modes that have the server decide whether anything is encrypted, or nobody check who it is. */
const plainModes: ReadonlySet<string> = new Set(['disable', 'allow', 'prefer']);

/** How people say what is asked of them, where they are: in a configuration, or on a command line. */
export interface TlsWords {
  readonly ca: string;
  readonly acceptPlaintext: string;
  readonly acceptUnverified: string;
}

const configWords: TlsWords = {
  ca: 'tls: { ca: file }',
  acceptPlaintext: 'tls: { acceptPlaintext: true }',
  acceptUnverified: 'tls: { acceptUnverified: true }',
};

/** Why a connection is not to be made as it is asked for. */
export interface ConnectionFault {
  readonly at: 'url' | 'ca';
  readonly code: 'PLAIN_CONNECTION' | 'UNVERIFIED_CONNECTION' | 'MISSING_FILE';
  /** What the URL would do, `would …`; of a file, a whole sentence. */
  readonly words: string;
}

/** A database as it is written: for a configuration's sources, for its control database, and for whatever a command is told. */
export interface WrittenDatabase {
  readonly url: string;
  readonly tls?: WrittenTls | undefined;
}

/**
 * A database as `pg` connects to it, decided here for whoever connects to one. Over a network that is TLS, and the server's
 * certificate is checked: a password and a customer's data go to whoever answers. Less than that has to be said by name.
 * @param folder that the file of an authority is relative to
 */
export function secureConnection(
  { url, tls }: WrittenDatabase,
  folder: string,
  words: TlsWords = configWords,
): { readonly connection: pg.ClientConfig; readonly fault: ConnectionFault | null } {
  const address = new URL(url);
  const host = address.searchParams.get('host') ?? address.hostname;
  const isLocal = host.startsWith('/') || loopback.has(host);
  const mode = address.searchParams.get('sslmode');
  const ca = tls?.ca ?? address.searchParams.get('sslrootcert') ?? undefined;
  const has = ownParameters.some((name) => address.searchParams.has(name));
  for (const name of ownParameters) address.searchParams.delete(name);
  const connectionString = has ? address.href : url;

  const accepted = tls?.acceptPlaintext === true;
  const plain = accepted || (mode === null ? isLocal && ca === undefined : plainModes.has(mode));
  if (plain) {
    const would = `would send passwords and data over a network in the clear: leave sslmode out, or accept it: ${words.acceptPlaintext}.`;
    const isFault = !isLocal && !accepted;
    return {
      connection: { connectionString },
      fault: isFault ? { at: 'url', code: 'PLAIN_CONNECTION', words: would } : null,
    };
  }
  const file = ca === undefined ? null : resolve(folder, ca);
  const authority = file === null ? undefined : readCa(file);
  const ssl = {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls?.acceptUnverified !== true,
    ...(typeof authority === 'string' && { ca: authority }),
  } as const;
  const connection = { connectionString, ssl };
  if (mode === 'no-verify' && tls?.acceptUnverified !== true) {
    const would = `would not check whose certificate it is shown: name its authority, ${words.ca}, or accept it: ${words.acceptUnverified}.`;
    return { connection, fault: { at: 'url', code: 'UNVERIFIED_CONNECTION', words: would } };
  }
  if (authority === null)
    return {
      connection,
      fault: { at: 'ca', code: 'MISSING_FILE', words: `There is no ${file ?? ''} that can be read.` },
    };
  return { connection, fault: null };
}

/**
 * A database of the configuration.
 * @param path of the place that has `url` and `tls`
 */
export function databaseConnection(
  written: WrittenDatabase,
  folder: string,
  path: Path,
  report: Reporter,
): pg.ClientConfig {
  const { connection, fault } = secureConnection(written, folder);
  if (fault?.at === 'ca') report.add([...path, 'tls', 'ca'], fault.code, fault.words);
  else if (fault !== null) report.add([...path, 'url'], fault.code, `"${path.join('.')}.url" ${fault.words}`);
  return connection;
}

/** Null where it cannot be read. */
function readCa(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** OpenSSL's verdicts on a certificate, as Node names them. */
const distrusted = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Why a database could not be reached, where it is for want of TLS, with what mends it; else null. */
export function tlsFailure(
  { code, message }: { readonly code?: string | undefined; readonly message: string },
  words: TlsWords = configWords,
): string | null {
  if (distrusted.test(code ?? ''))
    return `its certificate is not trusted (${code ?? ''}); name the authority that signed it, ${words.ca}`;
  if (message === 'The server does not support SSL connections')
    return `it does not offer TLS; turn it on there (ssl = on), or accept that data goes in the clear, ${words.acceptPlaintext}`;
  return null;
}
