import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  fastify,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { CordonError, type Clock, type ErrorCode, type Log } from '../base/index.js';
import { logDefect } from '../gateway/index.js';
import type { Ledger } from '../ledger/index.js';
import type { Observer } from '../observe/index.js';
import type { ServerTls } from './tls.js';
import { Admission } from './admission.js';
import { controlRoute } from './control-route.js';
import { closeOnceAnswered, refuseConnection } from './connections.js';
import { allowOrigins } from './cross-origin.js';
import { dataRoute } from './data-route.js';
import type { Deployment } from './deployment.js';
import { endpoints } from './endpoints.js';
import { openings, unread } from './exchange.js';
import { healthRoutes } from './health-routes.js';
import { identify, networkOf } from './identify.js';
import { Load, type LoadLimits } from './load.js';
import { readBody } from './read-body.js';
import { sendAnswer, sendError } from './send.js';
import { watchOf, watchRequests } from './watching.js';
import { takenWithin, waitingFor } from './waiting.js';

export interface HttpParts {
  /** The version in force; asked for once a request, at its beginning. */
  readonly current: () => Deployment;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ServerLimits;
  /** Proxies in front, whose word on the client's address is taken; nobody's unless given. */
  readonly trustedProxies?: readonly string[];
  /** Whose pages may read answers; nobody's unless given. */
  readonly origins?: readonly string[];
  /** Where the gateway speaks TLS itself. */
  readonly tls?: ServerTls;
  /** Processes on this port, which share what each caller may; one unless given. */
  readonly sharedBy?: number;
  /** Where somebody wants metrics or traces. */
  readonly observer?: Observer | undefined;
}

/** What holds for all callers together. */
export interface ServerLimits extends LoadLimits {
  /** Milliseconds in which a request must have come in whole. */
  readonly requestMs: number;
  /** Milliseconds in which an answer must have been taken. */
  readonly sendMs: number;
  readonly tokenBytes: number;
}

/** Fastify's own refusals, as ours. */
const codes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/**
 * The first step of every endpoint that gives data: whether there is room, who asks and under which version, and whether
 * they may now; or a refusal. Nothing of the body has been read by then.
 */
function opening({ current, ledger, clock, log }: HttpParts, load: Load, admission: Admission) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!endpoints.has(request.routeOptions.url ?? '')) return undefined;
    if (load.over) return sendError(reply, new CordonError('OVERLOADED'));
    load.begin(reply.raw);
    if (!ledger.available) return sendError(reply, new CordonError('LEDGER_UNAVAILABLE'));
    watchOf(request).enter('identify');
    try {
      const deployment = current();
      const caller = await identify(request, deployment.authenticator, clock);
      const limits = deployment.limits.of(caller.principal.roles);
      const cancellation = waitingFor(reply.raw, limits.requestMs);
      openings.set(request, { deployment, caller, limits, cancellation });
      caller.watch.enter('body');
    } catch (cause) {
      const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause });
      const requestId = request.id;
      if (error.code === 'INTERNAL_ERROR') logDefect(log, error, requestId);
      else
        log.info({ requestId, code: error.code, detail: error.detail }, 'a request without a known caller');
      if (error.status < 500) ledger.countUnknown(networkOf(request.ip), error.code);
      return sendError(reply, error);
    }
    admit(request, reply, admission, clock);
    return undefined;
  };
}

/** @throws CordonError, which is entered: by now the caller is known */
function admit(request: FastifyRequest, reply: FastifyReply, admission: Admission, clock: Clock): void {
  const opening = openings.get(request);
  if (opening === undefined) return;
  const leave = admission.enter(opening.caller.principal, opening.limits, clock.now());
  reply.raw.on('close', leave);
}

/** What a step threw: entered where the caller is known, and never more than a code and a fixed sentence. */
function failing({ log }: HttpParts) {
  return async (cause: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const error =
      cause instanceof CordonError
        ? cause
        : new CordonError(codes[(cause as { code?: string }).code ?? ''] ?? 'INTERNAL_ERROR', { cause });
    // There may be more to come of it than anybody would read.
    if (error.code === 'REQUEST_TOO_LARGE') reply.header('connection', 'close');
    const opening = openings.get(request);
    if (error.code === 'INTERNAL_ERROR') logDefect(log, error, request.id);
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

/** Node's own limit, of all headers together. */
const leastHeaderBytes = 16_384;

/** The HTTP surface: every endpoint that gives data knows its caller before it reads the body. */
export function createHttpServer(parts: HttpParts): FastifyInstance {
  const { limits, ledger, tls, trustedProxies = [], origins = [] } = parts;
  const load = new Load(limits);
  const node = {
    // Node takes the two the other way round where headers have longer than the whole, as by default they would.
    headersTimeout: limits.requestMs,
    requestTimeout: limits.requestMs,
    // Or a request over its time would be noticed half a minute later.
    connectionsCheckingInterval: Math.min(1000, limits.requestMs / 4),
    maxHeaderSize: Math.max(leastHeaderBytes, limits.tokenBytes + leastHeaderBytes / 2),
  };
  // To Fastify's types, servers with and without TLS are two kinds of application; here they are one.
  const listening = (tls === undefined ? { http: node } : { https: { ...node, ...tls } }) as {
    http: typeof node;
  };
  const app = fastify({
    ...listening,
    requestTimeout: limits.requestMs,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: () => randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: false },
    clientErrorHandler: refuseConnection,
    // Addresses that are none, which would otherwise be quoted.
    frameworkErrors: (_error, _request, reply) => void sendError(reply, new CordonError('NOT_FOUND')),
  });
  closeOnceAnswered(app);
  app.removeAllContentTypeParsers();
  // Bytes are taken as they are; the route decides what they mean, once the caller is known.
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => {
    const opening = openings.get(request);
    // Who asks at an address that nobody serves is not listened to; Node reads past what comes.
    return opening === undefined ? Promise.resolve(null) : readBody(payload, opening.limits.bodyBytes);
  });
  watchRequests(app, parts.observer);
  allowOrigins(app, origins);
  app.addHook('onRequest', opening(parts, load, new Admission(parts.sharedBy)));
  app.addHook('onSend', (_request, reply, payload, done) => {
    load.send(reply.raw, Buffer.isBuffer(payload) ? payload.length : 0);
    takenWithin(reply.raw, limits.sendMs);
    done(null, payload);
  });
  app.addHook('onClose', () => load.close());
  app.setErrorHandler(failing(parts));
  app.setNotFoundHandler(missing);
  healthRoutes(app, ledger);
  dataRoute(app);
  controlRoute(app);
  return app;
}
