import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TlsFiles } from '../../src/http/index.js';

const run = promisify(execFile);

/** A certificate for 127.0.0.1 that signs itself, and so is its own authority. */
export async function selfSigned(folder: string, name: string): Promise<TlsFiles> {
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const whom = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  await run('openssl', ['req', ...kind, ...whom, '-keyout', files.key, '-out', files.cert]);
  return files;
}
