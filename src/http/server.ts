import {
  fastify,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { CordonError, type Clock, type ErrorCode, type Log } from '../base/index.js';
import type { Ledger } from '../ledger/index.js';
import { controlRoute } from './control-route.js';
import { closeOnceAnswered, refuseConnection, requestTimeoutMs } from './connections.js';
import { dataRoute } from './data-route.js';
import type { Deployment } from './deployment.js';
import { openings, unread } from './exchange.js';
import { healthRoutes } from './health-routes.js';
import { identify, networkOf } from './identify.js';
import { sendAnswer, sendError } from './send.js';

export interface HttpParts {
  /** The version in force; asked for once a request, at its beginning. */
  readonly current: () => Deployment;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes a request body may have. */
  readonly bodyLimit: number;
}

const endpoints = new Set(['/graphql', '/control']);

/** Fastify's own refusals, as ours. */
const codes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** The first step of every endpoint that gives data: who asks and under which version, or a refusal. */
function opening({ current, ledger, clock, log }: HttpParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!endpoints.has(request.routeOptions.url ?? '')) return undefined;
    if (!ledger.available) return sendError(reply, new CordonError('LEDGER_UNAVAILABLE'));
    try {
      const deployment = current();
      openings.set(request, { deployment, caller: await identify(request, deployment.authenticator, clock) });
      return undefined;
    } catch (cause) {
      const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause });
      log.info({ code: error.code, detail: error.detail }, 'a request without a known caller');
      if (error.status < 500) ledger.countUnknown(networkOf(request.ip), error.code);
      return sendError(reply, error);
    }
  };
}

/** What a step threw: entered where the caller is known, and never more than a code and a fixed sentence. */
function failing({ log }: HttpParts) {
  return async (cause: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const error =
      cause instanceof CordonError
        ? cause
        : new CordonError(codes[(cause as { code?: string }).code ?? ''] ?? 'INTERNAL_ERROR', { cause });
    if (error.code === 'INTERNAL_ERROR')
      log.error({ error: cause instanceof Error ? cause.stack : String(cause) }, 'a request failed');
    const opening = openings.get(request);
    if (opening === undefined) return sendError(reply, error);
    const {
      caller,
      deployment: { control, gateway },
    } = opening;
    const endpoint = request.routeOptions.url === '/control' ? control : gateway;
    return sendAnswer(reply, await endpoint.refuse(caller, { error }, unread));
  };
}

function missing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = endpoints.has(request.url.split('?')[0] ?? '');
  return sendError(reply, new CordonError(known ? 'METHOD_NOT_ALLOWED' : 'NOT_FOUND'));
}

/** The HTTP surface: every endpoint that gives data knows its caller before it reads the body. */
export function createHttpServer(parts: HttpParts): FastifyInstance {
  const app = fastify({
    bodyLimit: parts.bodyLimit,
    requestTimeout: requestTimeoutMs,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: false },
    clientErrorHandler: refuseConnection,
    // Addresses that are none, which would otherwise be quoted.
    frameworkErrors: (_error, _request, reply) => void sendError(reply, new CordonError('NOT_FOUND')),
  });
  closeOnceAnswered(app);
  app.removeAllContentTypeParsers();
  // Bytes are taken as they are; the route decides what they mean, once the caller is known.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', opening(parts));
  app.setErrorHandler(failing(parts));
  app.setNotFoundHandler(missing);
  healthRoutes(app, parts.ledger);
  dataRoute(app);
  controlRoute(app);
  return app;
}
