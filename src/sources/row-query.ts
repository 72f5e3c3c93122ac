import type pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';

/** Columns as PostgreSQL text, in their order. */
export type Row = readonly (string | null)[];

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
    readonly valueMapper: (value: unknown) => unknown;
  }): void;
  execute(message: object): void;
  sync(): void;
}

type Callback = (error: Error | null, rows: Row[]) => void;

/**
 * One statement on the extended protocol, as `pg` takes such objects from cursors and streams. What it leaves out is the
 * description of the columns, which a compiled statement knows: neither side makes, sends or reads one for each request.
 */
export class RowQuery implements pg.Submittable {
  readonly text: string;
  readonly name: string;
  /** Called once; `pg` puts its own timer around it. */
  callback: Callback;
  readonly #values: readonly unknown[];
  readonly #prepared: boolean;
  readonly #rows: Row[] = [];

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
    wire.stream.cork();
    if (!this.#prepared) wire.parse({ text: this.text, name: this.name });
    wire.bind({ statement: this.name, values: this.#values, valueMapper: prepareValue });
    wire.execute({});
    wire.sync();
    wire.stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: Row }): void {
    this.#rows.push(fields);
  }

  /** The statement is done when the server is ready for the next one, and not before. */
  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.callback(null, this.#rows);
  }

  handleError(error: Error): void {
    this.callback(error, []);
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
