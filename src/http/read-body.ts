import type { IncomingMessage } from 'node:http';
import { CordonError } from '../base/index.js';

/**
 * The bytes of a body, as they are: the route decides what they mean.
 * @throws CordonError REQUEST_TOO_LARGE, before anything is read where the length is given; CLIENT_GONE
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new CordonError('REQUEST_TOO_LARGE');
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const end = (error: CordonError) => {
      request.removeAllListeners('data');
      // What is still to come is of no interest, and must not wait in memory.
      request.resume();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) end(new CordonError('REQUEST_TOO_LARGE'));
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', () => end(new CordonError('CLIENT_GONE')));
  });
}
