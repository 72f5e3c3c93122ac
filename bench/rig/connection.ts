import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A whole response. */
export interface Response {
  readonly status: number;
  readonly body: Buffer;
}

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * One HTTP/1.1 connection that is kept open, with one request in flight at a time. As little as a client can do, so
 * that the processors are the server's: it counts the body's bytes by `content-length` and looks at nothing else.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Where the body begins and the response ends, once the head is whole. */
  #head: { readonly status: number; readonly bodyAt: number; readonly end: number } | null = null;
  #waiting: { resolve: (response: Response) => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @param request the bytes of a whole request */
  ask(request: Buffer): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    this.#head ??= this.#readHead();
    if (this.#head === null || this.#receivedBytes < this.#head.end) return;
    const { status, bodyAt, end } = this.#head;
    if (this.#receivedBytes > end) {
      this.#fail(new Error('more bytes than the response announced'));
      return;
    }
    const body = Buffer.concat(this.#received).subarray(bodyAt);
    this.#received = [];
    this.#receivedBytes = 0;
    this.#head = null;
    this.#waiting?.resolve({ status, body });
  }

  #readHead() {
    const bytes = Buffer.concat(this.#received);
    const at = bytes.indexOf(endOfHead);
    if (at === -1) return null;
    const head = bytes.toString('latin1', 0, at);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error('a response without its length'));
      return null;
    }
    const bodyAt = at + endOfHead.length;
    return { status: Number(head.slice(9, 12)), bodyAt, end: bodyAt + Number(length) };
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
    this.#socket.destroy();
  }
}
