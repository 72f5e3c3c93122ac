import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CordonError } from '../base/index.js';
import type { Answer } from '../gateway/index.js';
import { isJson, parseBody, textOf } from './body.js';
import { openings, unread } from './exchange.js';
import { sendAnswer } from './send.js';

/** `POST /control`: everything that is not customer data. */
export function controlRoute(app: FastifyInstance): void {
  function answer(request: FastifyRequest): Promise<Answer> {
    const opening = openings.get(request);
    if (opening === undefined) throw new CordonError('UNAUTHENTICATED');
    const {
      caller,
      limits,
      cancellation,
      deployment: { control },
    } = opening;
    try {
      if (!isJson(request.headers['content-type'])) throw new CordonError('UNSUPPORTED_MEDIA_TYPE');
      return control.answer(caller, textOf(parseBody(request.body)), limits, cancellation);
    } catch (error) {
      if (error instanceof CordonError) return control.refuse(caller, { error }, unread);
      throw error;
    }
  }

  app.post('/control', async (request: FastifyRequest, reply: FastifyReply) =>
    sendAnswer(reply, await answer(request)),
  );
}
