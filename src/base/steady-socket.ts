import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';

/** What arrives at once, at most. */
const readBytes = 64 * 1024;

/**
 * A socket that reads into one buffer, over and over. Node otherwise makes a new one of 64 kB for whatever arrives, and that is
 * a fifth to a half of what an answer from PostgreSQL costs its reader (decision 073).
 * @param take is given what arrived, which is there no longer than until it returns
 */
export function steadySocket(take: (arrived: Buffer) => void): Socket {
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number) => {
    take(buffer.subarray(0, length));
    return true;
  };
  // The types know of this for connections that are made with the socket alone.
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = { onread: { buffer, callback } };
  return new Socket(options);
}

/** What `pg` tells whoever makes its sockets, and its types do not. */
export interface ConnectionOptions {
  readonly ssl?: unknown;
}

/** Whether a connection of `pg` will be encrypted: TLS takes its bytes off a socket in a way of its own. */
export const isEncrypted = ({ ssl }: ConnectionOptions = {}): boolean => Boolean(ssl);

/** `pg`'s `stream`: such a socket, where it is not to be encrypted. */
export function streamOfClient(options?: ConnectionOptions): Socket {
  if (isEncrypted(options)) return new Socket();
  // What `pg` is given it may keep.
  const socket: Socket = steadySocket((arrived) => socket.emit('data', Buffer.from(arrived)));
  return socket;
}
