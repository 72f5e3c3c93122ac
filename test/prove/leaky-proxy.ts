import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response as it is about to be sent on. */
export interface Passing {
  readonly query: string;
  status: number;
  body: string;
  readonly headers: Record<string, string>;
}

/** A stand-in for a gateway with a defect: passes everything on, altered. */
export interface LeakyProxy {
  readonly address: string;
  close(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * @param alter what the defect makes of a response
 * @param ask what it makes of a request's body before
 */
export async function startLeakyProxy(
  behind: string,
  alter: (passing: Passing) => void | Promise<void>,
  ask: (body: string) => string = (body) => body,
): Promise<LeakyProxy> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const { authorization = '', ...others } = request.headers;
      const answer = await fetch(`${behind}/graphql`, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/json',
          'cordon-justification': String(others['cordon-justification']),
        },
        body: ask(body),
      });
      const passing: Passing = {
        query: (JSON.parse(body) as { query: string }).query,
        status: answer.status,
        body: await answer.text(),
        headers: {},
      };
      await alter(passing);
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => name === 'cordon-receipt'));
      response.writeHead(passing.status, {
        'content-type': 'application/json',
        ...headers,
        ...passing.headers,
      });
      response.end(passing.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
