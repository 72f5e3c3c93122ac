import {
  createAuthenticator,
  createIssuers,
  issuerConfigSchema,
  type Authenticator,
  type IssuerConfig,
  type PartnerTokenLookup,
  type Principal,
} from '../../../src/identity/index.js';
import { CordonError, type Log } from '../../../src/base/index.js';
import { quietLog } from '../../support/quiet-log.js';
import { startKeyServer, type KeyServer } from './key-server.js';
import { movingClock, type MovingClock } from './moving-clock.js';
import { signed, signingKey, type SigningKey } from './signing-key.js';

export const issuer = 'https://idp.example/realms/acme';
export const audience = 'cordon';

/** What a caller learns of a refusal: all of it. */
export interface Answer {
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

/** The one answer to every credential that fails, whatever failed. */
export const unauthenticated: Answer = {
  status: 401,
  code: 'UNAUTHENTICATED',
  text: 'No valid token was presented.',
};

/** The answer of a refusal, and apart from it what only log and ledger are told. */
export async function refusal(
  attempt: Promise<Principal>,
): Promise<{ readonly answer: Answer; readonly detail: string | undefined }> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    const { status, code, message: text, detail } = error;
    return { answer: { status, code, text }, detail };
  }
  throw new Error('the caller was let in');
}

/** An authenticator, its issuer's keys behind a real server, and tokens to try on it. */
export interface Gate {
  readonly authenticator: Authenticator;
  readonly clock: MovingClock;
  readonly key: SigningKey;
  readonly keyServer: KeyServer;
  /** The claims of a good token, with some changed; undefined removes one. */
  claims(changes?: object): object;
  /** The header of a good token, with some parameters changed. */
  header(changes?: object): object;
  /** A token of the gate's issuer. */
  token(changes?: { header?: object; claims?: object; key?: SigningKey }): string;
  enter(token: string): Promise<Principal>;
}

export async function openGate(
  options: {
    key?: SigningKey;
    config?: object;
    partnerTokens?: PartnerTokenLookup;
    log?: Log;
    others?: readonly IssuerConfig[];
  } = {},
): Promise<Gate> {
  const key = options.key ?? signingKey('key-1');
  const keyServer = await startKeyServer(key);
  const clock = movingClock();
  const config = issuerConfigSchema.parse({
    issuer,
    audience,
    jwksUri: keyServer.uri,
    algorithms: [key.algorithm],
    scopes: null,
    claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
    ...options.config,
  });
  const authenticator = createAuthenticator({
    issuers: createIssuers([config, ...(options.others ?? [])], { clock, log: options.log ?? quietLog }),
    partnerTokens: options.partnerTokens ?? null,
    knownRoles: new Set(['support', 'partner']),
    clock,
  });
  const seconds = Math.floor(clock.now() / 1000);
  const gate: Gate = {
    authenticator,
    clock,
    key,
    keyServer,
    claims: (changes) => ({
      iss: issuer,
      aud: audience,
      sub: 'alice',
      iat: seconds,
      exp: seconds + 600,
      roles: ['support'],
      ...changes,
    }),
    header: (changes) => ({ alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...changes }),
    token: (changes = {}) =>
      signed(changes.key ?? key, gate.header(changes.header), gate.claims(changes.claims)),
    enter: (token) => authenticator.authenticate(`Bearer ${token}`),
  };
  return gate;
}
