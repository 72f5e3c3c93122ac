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

/**
 * A database as `pg` connects to it. Over a network that is TLS, and the server's certificate is checked: a password and a
 * customer's data go to whoever answers. Less than that has to be said by name.
 * @param path of the place in the configuration that has `url` and `tls`
 */
export function databaseConnection(
  { url, tls }: { readonly url: string; readonly tls?: WrittenTls | undefined },
  folder: string,
  path: Path,
  report: Reporter,
): pg.ClientConfig {
  const address = new URL(url);
  const host = address.searchParams.get('host') ?? address.hostname;
  const isLocal = host.startsWith('/') || loopback.has(host);
  const mode = address.searchParams.get('sslmode');
  const ca = tls?.ca ?? address.searchParams.get('sslrootcert') ?? undefined;
  const has = ownParameters.some((name) => address.searchParams.has(name));
  for (const name of ownParameters) address.searchParams.delete(name);
  const connectionString = has ? address.href : url;

  const plain =
    tls?.acceptPlaintext === true || (mode === null ? isLocal && ca === undefined : plainModes.has(mode));
  if (plain && !isLocal && tls?.acceptPlaintext !== true) {
    const message = `"${path.join('.')}.url" would send passwords and data over a network in the clear: leave sslmode out, or accept it: tls: { acceptPlaintext: true }.`;
    report.add([...path, 'url'], 'PLAIN_CONNECTION', message);
  }
  if (plain) return { connectionString };
  if (mode === 'no-verify' && tls?.acceptUnverified !== true) {
    const message = `"${path.join('.')}.url" would not check whose certificate it is shown: name its authority, tls: { ca: file }, or accept it: tls: { acceptUnverified: true }.`;
    report.add([...path, 'url'], 'UNVERIFIED_CONNECTION', message);
  }
  const text = ca === undefined ? undefined : readCa(resolve(folder, ca), [...path, 'tls', 'ca'], report);
  return {
    connectionString,
    ssl: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: tls?.acceptUnverified !== true,
      ...(text !== undefined && { ca: text }),
    },
  };
}

function readCa(file: string, path: Path, report: Reporter): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    report.add(path, 'MISSING_FILE', `There is no ${file} that can be read.`);
    return undefined;
  }
}

/** OpenSSL's verdicts on a certificate, as Node names them. */
const distrusted = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Why a database could not be reached, where it is for want of TLS, with what mends it; else null. */
export function tlsFailure({ code, message }: { code?: string; message: string }): string | null {
  if (distrusted.test(code ?? ''))
    return `its certificate is not trusted (${code ?? ''}); name the authority that signed it, tls: { ca: file }`;
  if (message === 'The server does not support SSL connections')
    return 'it does not offer TLS; turn it on there (ssl = on), or accept that data goes in the clear, tls: { acceptPlaintext: true }';
  return null;
}
