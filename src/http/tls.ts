import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { ProblemsError } from '../base/index.js';

/** The files of a certificate with its chain, and of its key, both in PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What the gateway's own TLS is made with. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
}

/** @throws ProblemsError where the files cannot be read, or are no pair; nothing of the key is quoted */
export function readTls({ cert, key }: TlsFiles): ServerTls {
  try {
    const pair: ServerTls = {
      cert: readFileSync(cert, 'utf8'),
      key: readFileSync(key, 'utf8'),
      minVersion: 'TLSv1.2',
    };
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    const reason = (cause as { code?: string }).code ?? 'unknown';
    const message = `The certificate cannot be used with its key (${reason}); name a certificate and its key, both in PEM.`;
    throw new ProblemsError([{ file: cert, line: 0, code: 'INVALID_CERTIFICATE', message }]);
  }
}

/** Has connections from now on shown another certificate. @throws ProblemsError as `readTls` does; then the old one stays */
export function renewTls(server: unknown, files: TlsFiles): void {
  (server as Server).setSecureContext(readTls(files));
}
