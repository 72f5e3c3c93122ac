import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKey } from './signing-key.js';

/** The JWKS address of an issuer whose keys the test changes, with a real server behind it. */
export interface KeyServer {
  readonly uri: string;
  /** How often the keys were asked for. */
  readonly requests: number;
  /** Serves these keys from now on. */
  serve(...keys: readonly SigningKey[]): void;
  /** Serves whatever the function writes. */
  answer(write: (response: ServerResponse) => void): void;
  stop(): Promise<void>;
  /** Listens again on the same port. */
  restart(): Promise<void>;
}

export async function startKeyServer(...keys: readonly SigningKey[]): Promise<KeyServer> {
  let requests = 0;
  let write = (response: ServerResponse): void => void response.end();
  const server = createServer((_request, response) => {
    requests += 1;
    write(response);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const keyServer: KeyServer = {
    uri: `http://127.0.0.1:${port}/jwks`,
    get requests() {
      return requests;
    },
    serve: (...served) => {
      const body = JSON.stringify({ keys: served.map(({ publicJwk }) => publicJwk) });
      write = (response) => void response.setHeader('content-type', 'application/json').end(body);
    },
    answer: (written) => void (write = written),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    restart: () => listen(port),
  };
  keyServer.serve(...keys);
  return keyServer;
}
