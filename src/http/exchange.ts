import type { FastifyRequest } from 'fastify';
import type { Cancellation } from '../base/index.js';
import type { Answer, Asked, Caller } from '../gateway/index.js';
import type { CallerLimits } from '../policy/index.js';
import type { View } from '../view/index.js';
import type { Deployment } from './deployment.js';

/** One request on its way, handed from step to step explicitly; nothing about a caller is kept anywhere else. */
export interface Exchange {
  readonly caller: Caller;
  readonly view: View;
  readonly asked: Asked & { readonly source: string };
  readonly limits: CallerLimits;
  readonly cancellation: Cancellation;
  /** The caller has sent the document's hash alone. */
  readonly byHash: boolean;
  /**
   * Set once, by `answer` or a refusal. A response without it is never sent. An object of its own, since Apollo hands a
   * copy of the exchange to its hooks.
   */
  readonly outcome: { answer: Answer | null };
}

/** What the first step has found out of a request, before its body: who asks, and by which version they are answered. */
export interface Opening {
  readonly caller: Caller;
  readonly deployment: Deployment;
  readonly limits: CallerLimits;
  /** When the client is gone or its time is over. */
  readonly cancellation: Cancellation;
}

export const openings = new WeakMap<FastifyRequest, Opening>();

/** What was asked by a request whose body was not read. */
export const unread: Asked = { source: null, operationName: null, variables: null };
