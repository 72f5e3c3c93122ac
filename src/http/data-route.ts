import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CordonError } from '../base/index.js';
import { DocumentSizes, type Answer } from '../gateway/index.js';
import type { View } from '../view/index.js';
import { askedDocument } from './asked-document.js';
import { isJson, parseBody } from './body.js';
import { openings, unread, type Opening } from './exchange.js';
import { sendAnswer } from './send.js';
import type { ViewServer } from './view-server.js';

/** `POST /graphql`: customer data. */
export function dataRoute(app: FastifyInstance): void {
  const sizes = new DocumentSizes();

  async function run(
    { caller, limits, cancellation, deployment: { gateway, documents } }: Opening,
    view: View,
    server: ViewServer | null,
    request: FastifyRequest,
  ): Promise<Answer> {
    if (server === null)
      return gateway.refuse(
        caller,
        { error: new CordonError('FORBIDDEN', { detail: 'no type is visible' }) },
        unread,
      );
    if (!isJson(request.headers['content-type']))
      return gateway.refuse(caller, { error: new CordonError('UNSUPPORTED_MEDIA_TYPE') }, unread);
    const document = askedDocument(parseBody(request.body), caller.principal, documents);
    if ('refused' in document) return gateway.refuse(caller, { error: document.refused }, document.asked);
    try {
      sizes.check(document.asked.source, limits);
    } catch (cause) {
      if (!(cause instanceof CordonError)) throw cause;
      return gateway.refuse(caller, { error: cause }, document.asked);
    }
    caller.watch.enter('document');
    const { asked, byHash } = document;
    return server.answer({ asked, byHash, caller, view, limits, cancellation, outcome: { answer: null } });
  }

  app.post('/graphql', async (request: FastifyRequest, reply: FastifyReply) => {
    const opening = openings.get(request);
    if (opening === undefined) throw new CordonError('UNAUTHENTICATED');
    const { caller, deployment } = opening;
    caller.watch.enter('view');
    return sendAnswer(
      reply,
      await deployment.views.use(caller.principal, (view, server) => run(opening, view, server, request)),
    );
  });
}
