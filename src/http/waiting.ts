import type { ServerResponse } from 'node:http';
import { Cancellation, CordonError } from '../base/index.js';

/** Over when the client is gone before its answer, or has waited as long as it may. */
export function waitingFor(response: ServerResponse, requestMs: number): Cancellation {
  const waiting = new Cancellation();
  const timer = setTimeout(() => {
    waiting.cancel(new CordonError('OPERATION_TIMEOUT'));
  }, requestMs);
  response.on('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) waiting.cancel(new CordonError('CLIENT_GONE'));
  });
  return waiting;
}

/** Cuts off a client that does not take its answer: until then the answer is held, and the caller's place with it. */
export function takenWithin(response: ServerResponse, sendMs: number): void {
  const timer = setTimeout(() => response.destroy(), sendMs);
  response.on('close', () => clearTimeout(timer));
}
