import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unwatched, type Observer, type Watch } from '../observe/index.js';

const watches = new WeakMap<FastifyRequest, Watch>();

/** The watch of a request; where nobody observes, the one that keeps nothing. */
export function watchOf(request: FastifyRequest): Watch {
  return watches.get(request) ?? unwatched;
}

/** Of the routes that are watched; whatever has no route is watched as one. */
const endpointOf: ReadonlyMap<string | undefined, 'data' | 'control' | 'other'> = new Map([
  ['/graphql', 'data'],
  ['/control', 'control'],
  [undefined, 'other'],
]);

/** Has every request watched from before its first step until its response is over; without an observer, nothing is hooked. */
export function watchRequests(app: FastifyInstance, observer: Observer | undefined): void {
  if (observer === undefined) return;
  app.addHook('onRequest', (request, reply, done) => {
    const endpoint = endpointOf.get(request.routeOptions.url);
    if (endpoint !== undefined) {
      const { traceparent: traceParent } = request.headers;
      const peer = request.socket.remoteAddress;
      const watch = observer.begin({ endpoint, requestId: request.id, traceParent, peer });
      watches.set(request, watch);
      reply.raw.once('close', () => watch.end(reply.raw.writableFinished ? reply.raw.statusCode : null));
    }
    done();
  });
  app.addHook('onSend', (request, _reply, payload, done) => {
    watchOf(request).enter('send');
    done(null, payload);
  });
}
