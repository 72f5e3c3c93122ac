import {
  constants,
  createHmac,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
  type SignKeyObjectInput,
} from 'node:crypto';

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** A key pair of an issuer. Signing is by node:crypto alone, so that the verifier is not tested against itself. */
export interface SigningKey {
  readonly algorithm: Algorithm;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
}

function generate(algorithm: Algorithm, rsaBits: number): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: rsaBits });
}

export function signingKey(kid: string, algorithm: Algorithm = 'EdDSA', rsaBits = 2048): SigningKey {
  const { privateKey, publicKey } = generate(algorithm, rsaBits);
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
  return { algorithm, kid, privateKey, publicKey, publicJwk };
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signatureOf(data: string, { algorithm, privateKey }: SigningKey): Buffer {
  const bytes = Buffer.from(data);
  const key: SignKeyObjectInput = { key: privateKey };
  switch (algorithm) {
    case 'EdDSA':
      return sign(null, bytes, key);
    case 'ES256':
      return sign('sha256', bytes, { ...key, dsaEncoding: 'ieee-p1363' });
    case 'RS256':
      return sign('sha256', bytes, key);
    case 'PS256':
      return sign('sha256', bytes, { ...key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
}

/** A compact JWS of any header and payload, signed with the key whatever the header says. */
export function signed(key: SigningKey, header: object, payload: unknown): string {
  const data = `${part(header)}.${part(payload)}`;
  return `${data}.${signatureOf(data, key).toString('base64url')}`;
}

/** A compact JWS whose signature is an HMAC under a secret of the forger's choice. */
export function signedWithSecret(secret: string | Buffer, header: object, payload: unknown): string {
  const data = `${part(header)}.${part(payload)}`;
  return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`;
}

/** A JWS without signature, as `alg: none` has it. */
export function unsigned(header: object, payload: unknown): string {
  return `${part(header)}.${part(payload)}.`;
}
