import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Where metrics are served: never where data is. */
export interface MetricsListen {
  readonly host: string;
  readonly port: number;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9464` */
  readonly address: string;
  close(): Promise<void>;
}

/** A scrape is small and comes a few times a minute; whoever holds more connections is no scraper. */
const mostConnections = 32;
const requestMs = 10_000;

function serving(registry: Registry): Server {
  return createServer(
    { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: 1000 },
    (request, response) => {
      request.resume();
      const found = request.method === 'GET' && request.url === '/metrics';
      if (!found) {
        response.writeHead(404).end();
        return;
      }
      registry.metrics().then(
        (text) =>
          response
            .writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' })
            .end(text),
        () => response.writeHead(500).end(),
      );
    },
  );
}

/** Serves `GET /metrics` and nothing else. @throws as listening does, with the code of the system */
export async function serveMetrics(
  registry: Registry,
  { host, port }: MetricsListen,
): Promise<MetricsServer> {
  const server = serving(registry);
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Or the processes of one gateway would share it.
    server.listen({ host, port, exclusive: true }, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
