import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Ledger } from '../ledger/index.js';
import { securityHeaders } from './security-headers.js';

const headers = { ...securityHeaders, 'content-type': 'text/plain', 'cache-control': 'no-store' };

const say = (reply: FastifyReply, status: number, text: string) =>
  reply.code(status).headers(headers).send(text);

/** `/healthz` and `/readyz`: yes or no, never why. */
export function healthRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get('/healthz', (_request, reply) => say(reply, 200, 'ok\n'));
  app.get('/readyz', (_request, reply) =>
    ledger.available ? say(reply, 200, 'ready\n') : say(reply, 503, 'not ready\n'),
  );
}
