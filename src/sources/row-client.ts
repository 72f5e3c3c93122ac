import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import pg from 'pg';
import { isEncrypted, steadySocket, type ConnectionOptions } from '../base/index.js';
import { MessageSplitter, type RowTaker } from './message-splitter.js';

/** Where bytes come from, and where `pg` listens for them. */
interface Arrivals {
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

/** The part of `pg`'s connection, which its types do not tell, that begins to listen: to a socket, or to TLS on top of it. */
interface Listening {
  attachListeners(arrivals: Arrivals): void;
}

const splitters = new WeakMap<object, MessageSplitter>();

/**
 * A client whose rows can be taken as the bytes they came in. `pg` itself makes text of every column, which the gateway would
 * only make bytes of again: for 70 kB with one sign beyond Latin-1, such as a mask's `•`, that takes half a millisecond.
 */
export class RowClient extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    const others = new EventEmitter();
    const splitter = new MessageSplitter((bytes) => others.emit('data', bytes));
    const take = (bytes: Buffer) => {
      splitter.take(bytes);
    };
    let isSteady = false;
    const stream = (options?: ConnectionOptions) => {
      isSteady = !isEncrypted(options);
      return isSteady ? steadySocket(take) : new Socket();
    };
    super({ ...config, stream });
    const { connection } = this as unknown as { readonly connection: Listening };
    splitters.set(connection, splitter);
    const attach = connection.attachListeners.bind(connection);
    connection.attachListeners = (arrivals) => {
      attach(others);
      if (!isSteady) arrivals.on('data', take);
      arrivals.on('end', () => others.emit('end'));
    };
  }
}

/** Whose rows come next on a connection of a `RowClient`; with null, `pg` reads them. */
export function giveRowsTo(connection: object, taker: RowTaker | null): void {
  const splitter = splitters.get(connection);
  if (splitter === undefined) throw new Error('rows are taken from connections of a RowClient alone');
  splitter.taker = taker;
}
