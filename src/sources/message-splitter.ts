/** Columns in their order, each in the binary form of its type; null for null. */
export type Row = readonly (Buffer | null)[];

/** Takes the rows of the statement that runs. */
export interface RowTaker {
  takeRow(row: Row): void;
}

/** A message's type, and the length of it and what follows. */
const HEADER_BYTES = 5;
const DATA_ROW = 'D'.charCodeAt(0);

/**
 * Takes what a PostgreSQL server sends apart into its messages ("Message Formats" of the protocol): rows go to whoever takes
 * them, as slices of what arrived, everything else, and rows that nobody takes, to the listener, whole messages at a time.
 */
export class MessageSplitter {
  taker: RowTaker | null = null;
  readonly #others: (messages: Buffer) => void;
  /** The beginning of a message whose end has yet to come. */
  #parts: Buffer[] = [];
  #held = 0;
  #wanted = HEADER_BYTES;

  constructor(others: (messages: Buffer) => void) {
    this.#others = others;
  }

  take(arrived: Buffer): void {
    this.#parts.push(arrived);
    this.#held += arrived.length;
    if (this.#held < this.#wanted) return;
    // Long messages come in many pieces, and are put together once.
    const bytes = this.#parts.length === 1 ? arrived : Buffer.concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    const rest = bytes.subarray(this.#split(bytes));
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#held = rest.length;
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
  const columns: (Buffer | null)[] = [];
  let at = start + 2;
  for (let left = bytes.readUInt16BE(start); left > 0; left -= 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    columns.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return columns;
}
