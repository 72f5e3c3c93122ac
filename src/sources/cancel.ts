import pg from 'pg';

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
 * Waits for what runs on a session, until it is over or the signal says that nobody wants it any more: then it is cancelled,
 * and the signal's reason thrown once the server has let go of it, or has had the time to.
 */
export async function untilAborted<T>(
  client: pg.ClientBase,
  running: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<'aborted'>((resolve) => {
    abort = () => resolve('aborted');
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    const first = await Promise.race([running, aborted]);
    if (first !== 'aborted') return first;
    await cancelStatement(client);
    const patience = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
    await Promise.race([running.catch(() => undefined), patience]);
    throw signal.reason as Error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What runs; or the signal's reason as soon as nobody wants it any more, and then it goes on without being waited for. */
export async function unlessAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A connection of a pool; one that comes when nobody waits for it any more goes back. @throws the signal's reason, too */
export async function connectionUnlessAborted(
  connecting: Promise<pg.PoolClient>,
  signal: AbortSignal,
): Promise<pg.PoolClient> {
  try {
    return await unlessAborted(connecting, signal);
  } catch (cause) {
    connecting.then((late) => late.release()).catch(() => undefined);
    throw cause;
  }
}
