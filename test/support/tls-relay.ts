import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SocketConnection } from '../../src/embedded/index.js';

export interface TlsRelay {
  readonly port: number;
  close(): void;
}

/**
 * Stands before a PostgreSQL on a Unix socket, where it never speaks TLS, and speaks it over TCP as PostgreSQL does: the
 * client asks, one byte answers, and the handshake follows on the same connection.
 * @param pair null for a server that has no TLS
 */
export async function tlsRelay(
  { host, port }: SocketConnection,
  pair: { readonly cert: string; readonly key: string } | null,
): Promise<TlsRelay> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (pair === null) return void socket.end('N');
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, ...pair });
      const database = connect(`${host}/.s.PGSQL.${port}`);
      for (const each of [secure, database]) {
        each.on('error', () => undefined);
        each.on('close', () => [secure, database, socket].forEach((end) => end.destroy()));
      }
      secure.pipe(database).pipe(secure);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
