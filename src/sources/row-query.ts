import type pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import type { Row, RowTaker } from './message-splitter.js';
import { giveRowsTo } from './row-client.js';

export interface Running {
  readonly text: string;
  /** Of the prepared statement; empty for one that is not kept. */
  readonly name: string;
  /** Text, bytes, or arrays of text. */
  readonly values: readonly unknown[];
}

/** What this query says to a connection: `pg`'s own, whose types do not tell that one message needs no second argument. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { readonly text: string; readonly name: string }): void;
  bind(message: {
    readonly statement: string;
    readonly values: readonly unknown[];
    readonly binary: boolean;
    readonly valueMapper: (value: unknown) => unknown;
  }): void;
  execute(message: object): void;
  sync(): void;
}

type Callback = (error: Error | null, rows: Row[]) => void;

/**
 * One statement on the extended protocol, as `pg` takes such objects from cursors and streams. What it leaves out is the
 * description of the columns, which a compiled statement knows: neither side makes, sends or reads one for each request.
 * Columns come in the binary form of their types: of text and bytes, themselves.
 */
export class RowQuery implements pg.Submittable, RowTaker {
  readonly text: string;
  readonly name: string;
  /** Called once; `pg` puts its own timer around it. */
  callback: Callback;
  readonly #values: readonly unknown[];
  readonly #prepared: boolean;
  readonly #rows: Row[] = [];
  #connection: object | null = null;

  /** @param prepared whether the connection already knows the statement by its name */
  constructor({ text, name, values }: Running, prepared: boolean, callback: Callback) {
    this.text = text;
    this.name = name;
    this.callback = callback;
    this.#values = values;
    this.#prepared = prepared;
  }

  submit(connection: unknown): void {
    const wire = connection as Wire;
    this.#connection = wire;
    giveRowsTo(wire, this);
    wire.stream.cork();
    if (!this.#prepared) wire.parse({ text: this.text, name: this.name });
    wire.bind({ statement: this.name, values: this.#values, binary: true, valueMapper: prepareValue });
    wire.execute({});
    wire.sync();
    wire.stream.uncork();
  }

  takeRow(row: Row): void {
    this.#rows.push(row);
  }

  /** Of rows that come when their statement was given up: `pg` has them then, and nobody waits. */
  handleDataRow(): void {}

  /** The statement is done when the server is ready for the next one, and not before. */
  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.#leave();
    this.callback(null, this.#rows);
  }

  handleError(error: Error): void {
    this.#leave();
    this.callback(error, []);
  }

  #leave(): void {
    if (this.#connection !== null) giveRowsTo(this.#connection, null);
  }
}

/** Runs a statement on a connection and gives its rows. @throws whatever `pg` reports */
export function runRows(client: pg.ClientBase, statement: Running, prepared: boolean): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new RowQuery(statement, prepared, (error, rows) => (error === null ? resolve(rows) : reject(error))),
    );
  });
}
