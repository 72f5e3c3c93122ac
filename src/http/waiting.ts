import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { CordonError } from '../base/index.js';

/**
 * Tells how long a client waits: the signal is aborted, with a CordonError, when the client is gone before its answer, or
 * has waited as long as it may.
 */
export function waitingFor(response: ServerResponse, requestMs: number): AbortSignal {
  const waiting = new AbortController();
  // Each statement of the operation listens; there may be as many as root fields and relations across sources.
  setMaxListeners(0, waiting.signal);
  const timer = setTimeout(() => waiting.abort(new CordonError('OPERATION_TIMEOUT')), requestMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) waiting.abort(new CordonError('CLIENT_GONE'));
  });
  return waiting.signal;
}

/** Cuts off a client that does not take its answer: until then the answer is held, and the caller's place with it. */
export function takenWithin(response: ServerResponse, sendMs: number): void {
  const timer = setTimeout(() => response.destroy(), sendMs);
  response.once('close', () => clearTimeout(timer));
}
