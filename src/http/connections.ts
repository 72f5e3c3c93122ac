import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { CordonError, type ErrorCode } from '../base/index.js';
import { errorsBody } from '../gateway/index.js';

/**
 * Lets the server close as soon as the requests in flight are answered. Node would wait for every connection that never
 * sent a request, and so anybody could keep a gateway from stopping.
 */
export function closeOnceAnswered(app: FastifyInstance): void {
  let running = 0;
  let answered: () => void = () => undefined;
  app.server.on('request', (_request, response) => {
    running += 1;
    response.on('close', () => {
      running -= 1;
      if (running === 0) answered();
    });
  });
  // By now no further request is served.
  app.addHook('preClose', async () => {
    if (running > 0) await new Promise<void>((resolve) => (answered = resolve));
    app.server.closeAllConnections();
  });
}

/** What Node's parser refuses before there is a request, by its code; the rest is malformed. */
const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'REQUEST_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what is no HTTP; nothing of it is quoted. */
export function refuseConnection({ code }: { readonly code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = new CordonError(codes[code ?? ''] ?? 'BAD_REQUEST');
  const body = errorsBody([{ error }]);
  const lines = [
    `HTTP/1.1 ${error.status} ${error.code}`,
    'content-type: application/json; charset=utf-8',
    'cache-control: private, no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
