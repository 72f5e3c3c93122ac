import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import type { CordonError } from '../base/index.js';
import { errorsBody, type Answer } from '../gateway/index.js';
import { securityHeaders } from './security-headers.js';
import { watchOf } from './watching.js';

/** Says in every response what it is; a recipient cannot claim not to have been told. */
const notice = 'Confidential; contains trade secrets. Every access is recorded.';

/** Of GraphQL over HTTP; the first is for clients that name none. With the second they read the errors of a 4xx too. */
const mediaTypes = ['application/json', 'application/graphql-response+json'] as const;

/** By the id a response, its entry and the lines of the log are put side by side. */
function headersOf({ request }: FastifyReply) {
  const { id } = request;
  const [fallback] = mediaTypes;
  const mediaType = new Negotiator(request).mediaType([...mediaTypes]) ?? fallback;
  return {
    ...securityHeaders,
    'content-type': `${mediaType}; charset=utf-8`,
    'cache-control': 'private, no-store',
    'cordon-notice': notice,
    'cordon-request-id': id,
  };
}

/** Sends a finished answer. Only here do bytes leave, and an answer exists only once its entry is durable. */
export function sendAnswer(reply: FastifyReply, { status, body, receipt }: Answer): FastifyReply {
  if (receipt !== null) reply.header('cordon-receipt', receipt.header);
  if (status === 503 || status === 429) reply.header('retry-after', '1');
  return reply.code(status).headers(headersOf(reply)).send(body);
}

/** A refusal that needs no entry: nobody known asked, or the ledger itself is what is missing. It holds no data. */
export function sendError(reply: FastifyReply, error: CordonError): FastifyReply {
  watchOf(reply.request).refused(error.code, error.status);
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  if (error.status === 405) reply.header('allow', 'POST');
  if (error.status === 503) reply.header('retry-after', '1');
  return reply
    .code(error.status)
    .headers(headersOf(reply))
    .send(errorsBody([{ error }]));
}
