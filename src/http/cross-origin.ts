import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from './endpoints.js';
import { securityHeaders } from './security-headers.js';

/** What a page of an allowed origin may send, and read of an answer. No cookies: the token is in a header. */
const allowed = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, cordon-purpose, cordon-justification',
  'access-control-max-age': '600',
};
const exposed = 'cordon-receipt, cordon-notice, cordon-request-id, retry-after';

/**
 * Lets pages of these origins, and no others, read answers. An origin is compared as a whole and said back only if it is one
 * of them; without any, nothing of this is there.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const known = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    const preflight = endpoints.has(request.url) && answerOrigin(request, reply, known);
    if (preflight)
      void reply
        .code(204)
        .headers({ ...securityHeaders, ...allowed })
        .send();
    else done();
  });
}

/** Says whose page may read the answer. @returns whether it is asked before the request, and this is the answer */
function answerOrigin(request: FastifyRequest, reply: FastifyReply, known: ReadonlySet<string>): boolean {
  // Caches must not give one origin what was said to another.
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !known.has(origin)) return false;
  reply.header('access-control-allow-origin', origin);
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] === 'POST')
    return true;
  reply.header('access-control-expose-headers', exposed);
  return false;
}
