import type { FastifyRequest } from 'fastify';
import type { Answer, Asked, Caller } from '../gateway/index.js';
import type { View } from '../view/index.js';

/** One request on its way, handed from step to step explicitly; nothing about a caller is kept anywhere else. */
export interface Exchange {
  readonly caller: Caller;
  readonly view: View;
  readonly asked: Asked & { readonly source: string };
  /**
   * Set once, by `answer` or a refusal. A response without it is never sent. An object of its own, since Apollo hands a
   * copy of the exchange to its hooks.
   */
  readonly outcome: { answer: Answer | null };
}

/** What the hooks before the body have found out, by request. */
export const callers = new WeakMap<FastifyRequest, Caller>();

/** What was asked by a request whose body was not read. */
export const unread: Asked = { source: null, operationName: null, variables: null };
