import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RoundRobin {
  /** `http://127.0.0.1:40123` */
  readonly address: string;
  close(): void;
}

/**
 * A load balancer of the plainest kind: each request goes to the next backend, whatever became of the one before, and the
 * answer says in `x-served-by` which it was. A backend that is not there is a 502, as is one that goes away before it has
 * begun to answer; one that goes away in the middle breaks the connection.
 * @param backends addresses
 */
export async function roundRobin(backends: readonly string[]): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((request, response) => {
    const backend = turn++ % backends.length;
    const { method, url, headers } = request;
    const sent = send(`${backends[backend]!}${url ?? '/'}`, { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode!, { ...answer.headers, 'x-served-by': String(backend) });
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    sent.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'x-served-by': String(backend) }).end();
    });
    request.pipe(sent);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
