import { Agent, request } from 'node:http';

/** A response as it came. */
export interface Answer {
  readonly status: number;
  /** Names in lower case, in the order of sending. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What a request was given when nothing came back in time. */
export const noAnswer = 'no answer';

const timeoutMs = 30_000;

/** Asks over HTTP, and keeps its connections: opening one takes as long as a small answer. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @returns `noAnswer` where the connection broke, or nothing came in time */
  post(
    address: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Answer | typeof noAnswer> {
    return new Promise((resolve) => {
      const sent = request(
        `${address}/graphql`,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: timeoutMs,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => resolve(noAnswer));
          response.on('end', () => {
            const { rawHeaders, statusCode = 0 } = response;
            const pairs = rawHeaders.flatMap((name, i) =>
              i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
            );
            resolve({ status: statusCode, headers: pairs, body: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(noAnswer));
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
