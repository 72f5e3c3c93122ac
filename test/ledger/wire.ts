import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SocketConnection } from '../../src/embedded/index.js';

/** A connection to the database that a test can cut in either direction: what a network does, without a word. */
export interface Wire {
  /** Where the ledger connects to. */
  readonly control: SocketConnection;
  /** What the database answers is lost from now on. */
  loseAnswers(): void;
  /** What the ledger sends is lost from now on. */
  loseRequests(): void;
  /** Connections made from now on are whole. */
  mend(): void;
  close(): Promise<void>;
}

export async function wire(target: SocketConnection, folder: string): Promise<Wire> {
  let [answersLost, requestsLost] = [false, false];
  const sockets = new Set<Socket>();
  const server = createServer((ledger) => {
    const database = connect(join(target.host, `.s.PGSQL.${target.port}`));
    for (const [from, to, lost] of [
      [ledger, database, () => requestsLost],
      [database, ledger, () => answersLost],
    ] as const) {
      sockets.add(from);
      let cut = false;
      from.on('data', (chunk) => {
        cut ||= lost();
        if (!cut) to.write(chunk);
      });
      from.on('close', () => {
        sockets.delete(from);
        if (!cut) to.end();
      });
      from.on('error', () => undefined);
    }
  });
  server.listen(join(folder, `.s.PGSQL.${target.port}`));
  await once(server, 'listening');
  return {
    control: { ...target, host: folder },
    loseAnswers: () => {
      answersLost = true;
    },
    loseRequests: () => {
      requestsLost = true;
    },
    mend: () => {
      [answersLost, requestsLost] = [false, false];
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
