import type { FastifyRequest } from 'fastify';
import { CordonError, type Clock } from '../base/index.js';
import type { Caller } from '../gateway/index.js';
import type { Authenticator, RequestFacts } from '../identity/index.js';
import { watchOf } from './watching.js';

const maxHeader = 500;

/** A header that may stand once and is short. */
function single(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  if (value === undefined) return null;
  // Node joins repeated headers of these names with a comma and a space, so a repetition looks like an unknown value.
  if (typeof value !== 'string' || value.length > maxHeader)
    throw new CordonError('BAD_REQUEST', { message: `The header ${name} is too long or repeated.` });
  return value;
}

/** What accompanies the token. */
export function requestFacts(request: FastifyRequest, clock: Clock): RequestFacts {
  return {
    requestId: request.id,
    receivedAt: clock.now(),
    ip: request.ip,
    purpose: single(request, 'cordon-purpose'),
    justification: single(request, 'cordon-justification'),
  };
}

/**
 * The caller of a request; nobody is anonymous.
 * @throws CordonError UNAUTHENTICATED, FORBIDDEN, LEDGER_UNAVAILABLE
 */
export async function identify(
  request: FastifyRequest,
  authenticator: Authenticator,
  clock: Clock,
): Promise<Caller> {
  const facts = requestFacts(request, clock);
  const repeated =
    request.raw.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length >
    1;
  if (repeated) throw new CordonError('UNAUTHENTICATED', { detail: 'repeated Authorization header' });
  const principal = await authenticator.authenticate(request.headers.authorization, request.raw.socket);
  return { principal, request: facts, watch: watchOf(request) };
}

/** The network an address is in, for counting callers that nobody knows: /24 of IPv4, /48 of IPv6. */
export function networkOf(ip: string): string {
  const v4 = ip.replace(/^::ffff:/, '').split('.');
  return v4.length === 4 ? `${v4.slice(0, 3).join('.')}.0/24` : `${ip.split(':').slice(0, 3).join(':')}::/48`;
}
