import pg from 'pg';
import type { Cancellation } from '../base/index.js';

/** How long a server is given to take an order to cancel, and the statement to end. */
const patienceMs = 2000;

/** What `pg` knows of a session and does not say in its types. */
interface Session {
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/** The connection of `pg`, which can be opened without a session. */
interface Wire {
  readonly stream: { destroy(): void };
  connect(port: number, host: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  on(event: string, listener: () => void): void;
}

type NewWire = new (options: { readonly ssl: unknown }) => Wire;

/**
 * Orders the server to cancel what a session runs, over a connection of its own and with TLS where the session has it. Says
 * nothing about whether there was anything to cancel: the order may come late, so the session is not to be used again.
 */
export function cancelStatement(client: pg.ClientBase): Promise<void> {
  const { host, port, ssl, processID, secretKey } = client as unknown as Session;
  if (processID === null || secretKey === null) return Promise.resolve();
  return new Promise((resolve) => {
    const wire = new (pg.Connection as unknown as NewWire)({ ssl });
    const end = () => {
      clearTimeout(timer);
      wire.stream.destroy();
      resolve();
    };
    const timer = setTimeout(end, patienceMs);
    const order = () => wire.cancel(processID, secretKey);
    wire.on('connect', () => (ssl ? wire.requestSsl() : order()));
    wire.on('sslconnect', order);
    // The server answers an order by closing the connection.
    wire.on('end', end);
    wire.on('error', end);
    // A path is the folder of a Unix socket. A port beside it is part of the socket's name.
    if (host.startsWith('/'))
      wire.connect(`${host}/.s.PGSQL.${port}` as unknown as number, undefined as never);
    else wire.connect(port, host);
  });
}

/**
 * Waits for what runs on a session, until it is over or nobody wants it any more: then it is cancelled, and the reason
 * thrown once the server has let go of it, or has had the time to.
 */
export async function untilCancelled<T>(
  client: pg.ClientBase,
  running: Promise<T>,
  cancellation: Cancellation,
): Promise<T> {
  try {
    return await unlessCancelled(running, cancellation);
  } catch (cause) {
    if (cause !== cancellation.reason) throw cause;
    await cancelStatement(client);
    const patience = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
    await Promise.race([running.catch(() => undefined), patience]);
    throw cause;
  }
}

/** What runs; or the reason as soon as nobody wants it any more, and then it goes on without being waited for. */
export function unlessCancelled<T>(running: Promise<T>, cancellation: Cancellation): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = cancellation.onCancel(reject);
    running.then(resolve, reject);
    running.then(stop, stop);
  });
}

/** A connection of a pool; one that comes when nobody waits for it any more goes back. @throws the reason, too */
export async function connectionUnlessCancelled(
  connecting: Promise<pg.PoolClient>,
  cancellation: Cancellation,
): Promise<pg.PoolClient> {
  try {
    return await unlessCancelled(connecting, cancellation);
  } catch (cause) {
    connecting.then((late) => late.release()).catch(() => undefined);
    throw cause;
  }
}
