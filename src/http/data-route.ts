import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CordonError } from '../base/index.js';
import { DocumentSizes, type Answer } from '../gateway/index.js';
import type { View } from '../view/index.js';
import { askedDocument } from './asked-document.js';
import { isJson, parseBody } from './body.js';
import { openings, unread, type Exchange, type Opening } from './exchange.js';
import { sendAnswer } from './send.js';

/** A request as Apollo takes it; the body was parsed here, so nothing of the transport is left to interpret. */
function httpRequest(exchange: Exchange) {
  const { source, operationName, variables } = exchange.asked;
  const body = {
    query: source,
    ...(operationName === null ? {} : { operationName }),
    variables: variables ?? {},
  };
  return { method: 'POST', headers: new HeaderMap([['content-type', 'application/json']]), search: '', body };
}

/** `POST /graphql`: customer data. */
export function dataRoute(app: FastifyInstance): void {
  const sizes = new DocumentSizes();

  async function run(
    { caller, limits, signal, deployment: { gateway, documents } }: Opening,
    view: View,
    server: ApolloServer<Exchange> | null,
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
    const exchange: Exchange = { ...document, caller, view, limits, signal, outcome: { answer: null } };
    await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: httpRequest(exchange),
      context: () => Promise.resolve(exchange),
    });
    return (
      exchange.outcome.answer ??
      (await gateway.refuse(
        caller,
        { error: new CordonError('INTERNAL_ERROR', { detail: 'the request met no hook' }) },
        exchange.asked,
      ))
    );
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
