import { bytesAsText, type ByteText } from '../base/index.js';

/** Columns in their order, each in the binary form of its type; null for null. */
export type Row = readonly (ByteText | null)[];

/** Takes the rows of the statement that runs. */
export interface RowTaker {
  takeRow(row: Row): void;
}

/** A message's type, and the length of it and what follows. */
const HEADER_BYTES = 5;
const DATA_ROW = 'D'.charCodeAt(0);
/** What a connection keeps for the next long message. */
const KEPT_BYTES_MAX = 1 << 20;

/**
 * Takes what a PostgreSQL server sends apart into its messages ("Message Formats" of the protocol): rows go to whoever takes
 * them, everything else, and rows that nobody takes, to the listener, whole messages at a time.
 */
export class MessageSplitter {
  taker: RowTaker | null = null;
  readonly #others: (messages: Buffer) => void;
  /** Holds the beginning of a message whose end has yet to come; one for all of a connection's, as long ones are common. */
  #store = Buffer.alloc(0);
  #held = 0;
  #wanted = HEADER_BYTES;

  constructor(others: (messages: Buffer) => void) {
    this.#others = others;
  }

  take(arrived: Buffer): void {
    if (this.#held === 0) {
      this.#hold(arrived.subarray(this.#split(arrived)));
      return;
    }
    this.#hold(arrived);
    if (this.#held < this.#wanted) return;
    const bytes = this.#store.subarray(0, this.#held);
    const done = this.#split(bytes);
    bytes.copyWithin(0, done);
    this.#held -= done;
    if (this.#held === 0 && this.#store.length > KEPT_BYTES_MAX) this.#store = Buffer.alloc(0);
  }

  #hold(bytes: Buffer): void {
    const needed = this.#held + bytes.length;
    if (needed > this.#store.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#wanted, 2 * this.#store.length));
      this.#store.copy(larger, 0, 0, this.#held);
      this.#store = larger;
    }
    bytes.copy(this.#store, this.#held);
    this.#held = needed;
  }

  /** @returns where the first message begins that is not whole */
  #split(bytes: Buffer): number {
    let passed = 0;
    let at = 0;
    const pass = () => {
      if (at > passed) this.#others(bytes.subarray(passed, at));
    };
    for (;;) {
      this.#wanted = HEADER_BYTES;
      if (at + HEADER_BYTES > bytes.length) break;
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      this.#wanted = end - at;
      if (end > bytes.length) break;
      if (bytes[at] === DATA_ROW && this.taker !== null) {
        pass();
        this.taker.takeRow(columnsOf(bytes, at + HEADER_BYTES));
        passed = end;
      }
      at = end;
    }
    pass();
    return at;
  }
}

function columnsOf(bytes: Buffer, start: number): Row {
  const columns: (ByteText | null)[] = [];
  let at = start + 2;
  for (let left = bytes.readUInt16BE(start); left > 0; left -= 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    columns.push(length < 0 ? null : bytesAsText(bytes, at, at + length));
    at += Math.max(length, 0);
  }
  return columns;
}
