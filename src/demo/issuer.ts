import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

/**
 * The demo's identity provider: just enough of OpenID Connect to show how callers come to the gateway. It has no sign-in;
 * whoever can read its key file can be any caller.
 */

/** A name, not an address: people are recorded under it, so it stays when the port changes. */
export const demoIssuer = 'https://issuer.cordon.localhost';
/** The audience of the demo's tokens. */
export const demoAudience = 'cordon-demo';

const algorithm = 'EdDSA';
const keyFile = 'issuer-key.json';

type IssuerKey = JWK & { readonly kid: string };

async function makeKey(): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
}

function isNodeError(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null)?.code === code;
}

/**
 * The issuer's private key, made at the first call and kept, readable by its owner only. Written whole under another
 * name and then linked, so that neither a kill nor a second start at the same moment leaves half a key or two keys.
 */
async function openKey(folder: string): Promise<IssuerKey> {
  const path = join(folder, keyFile);
  const read = async (): Promise<IssuerKey> => JSON.parse(await readFile(path, 'utf8')) as IssuerKey;
  try {
    return await read();
  } catch (error) {
    if (!isNodeError(error, 'ENOENT')) throw error;
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, JSON.stringify(await makeKey()), { mode: 0o600, flag: 'wx' });
    await link(draft, path);
  } catch (error) {
    if (!isNodeError(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return read();
}

/** What a token is to say; times in seconds. */
export interface DemoToken {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly organisation: string | null;
  /** Row claims, each a claim of the token. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  readonly amr?: readonly string[];
  /** Seconds since 1970 of the sign-in; the moment of minting unless given. */
  readonly authTime?: number;
  readonly audience?: string;
  readonly ttlSeconds?: number;
}

/** A signed access token (RFC 9068), made from the key in the folder; the issuer need not run. */
export async function mintToken(folder: string, token: DemoToken): Promise<string> {
  const jwk = await openKey(folder);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    ...token.claims,
    roles: token.roles,
    ...(token.organisation === null ? {} : { organisation: token.organisation }),
    client_id: 'cordon-demo',
    amr: token.amr ?? ['pwd'],
    auth_time: token.authTime ?? now,
  })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: jwk.kid })
    .setIssuer(demoIssuer)
    .setSubject(token.subject)
    .setAudience(token.audience ?? demoAudience)
    .setIssuedAt(now)
    .setExpirationTime(now + (token.ttlSeconds ?? 3600))
    .setJti(randomUUID())
    .sign(await importJWK(jwk, algorithm));
}

export interface DemoIssuer {
  /** Where the public key is served. */
  readonly jwksUri: string;
  close(): Promise<void>;
}

/**
 * Serves the public key and the discovery document on loopback.
 * @param options.folder where the key is kept
 * @param options.port 0 for any that is free
 */
export async function startDemoIssuer(options: { folder: string; port: number }): Promise<DemoIssuer> {
  const { kty, crv, x, kid, alg, use } = await openKey(options.folder);
  const documents = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = request.method === 'GET' ? documents.get(request.url ?? '') : undefined;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body ?? '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = `${address}/jwks`;
  // Members named one by one: a key set made from the private key by leaving `d` out would one day not leave it out.
  documents.set('/jwks', JSON.stringify({ keys: [{ kty, crv, x, kid, alg, use }] }));
  documents.set(
    '/.well-known/openid-configuration',
    JSON.stringify({
      issuer: demoIssuer,
      jwks_uri: jwksUri,
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [algorithm],
    }),
  );
  return {
    jwksUri,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
