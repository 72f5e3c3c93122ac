import pg from 'pg';
import { streamOfClient, type Clock } from '../base/index.js';
import { CommitInDoubtError, NotRecordedError } from './outcome.js';

export interface SessionOptions {
  readonly control: pg.ClientConfig;
  readonly clock: Clock;
  /** After this long a commit is in doubt. */
  readonly deadlineMs: number;
  /** Refuse a server that has no synchronous standby. */
  readonly requireStandby: boolean;
}

export interface Statement {
  /** Statements that recur have a name, and are prepared once a connection. */
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A connection of the ledger's own, on which one transaction is in flight at a time. */
export interface Session {
  /**
   * Runs the statements in one durable transaction and one round trip.
   * @throws NotRecordedError when it certainly did not commit
   * @throws CommitInDoubtError when it may or may not have; the session is broken then
   */
  durably(statements: readonly Statement[]): Promise<readonly pg.QueryResult<Row>[]>;
  /**
   * Runs one statement that is a transaction by itself and sets what `durably` sets by itself: the server commits and
   * answers once, where a transaction block has it answer three times. Throws as `durably` does.
   */
  durablyAlone(statement: Statement): Promise<pg.QueryResult<Row>>;
  /** How long such a statement may wait for a lock. */
  readonly lockTimeoutMs: number;
  /** Reads, outside a transaction. @throws NotRecordedError */
  read(statement: Statement): Promise<readonly Row[]>;
  /** Holds the server to what durability needs. @throws NotRecordedError */
  check(): Promise<void>;
  /** Why nothing more can be done here; set once and for all. */
  readonly broken: Error | undefined;
  /** Called once when it breaks. */
  onBroken(listener: () => void): void;
  /** Leaves at once, without a word to the server: whatever is running there runs on. */
  destroy(): void;
}

export type Row = Record<string, unknown>;

/**
 * `synchronous_commit` is set inside each transaction, since a pooler may have given the session to somebody else in
 * between. Waiting for a lock ends before the deadline does, so that an abandoned transaction of ours cannot pile up
 * others behind it; a commit, once begun, is never cancelled.
 */
const beginDurably = (lockTimeoutMs: number) =>
  `BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = ${lockTimeoutMs}`;

/** Oldest PostgreSQL that everything here was written for. */
const minimumVersion = 140_000;

export async function openSession(options: SessionOptions): Promise<Session> {
  const { control, deadlineMs } = options;
  const client = new pg.Client({
    ...control,
    application_name: 'cordon-ledger',
    connectionTimeoutMillis: deadlineMs,
    keepAlive: true,
    pipeline: true,
    stream: streamOfClient,
  });
  const session = new ClientSession(client, options);
  try {
    await session.connect();
  } catch (error) {
    session.destroy();
    throw new NotRecordedError('the ledger database cannot be reached', { cause: error });
  }
  return session;
}

class ClientSession implements Session {
  readonly #client: pg.Client;
  readonly #options: SessionOptions;
  readonly lockTimeoutMs: number;
  #broken: Error | undefined;
  #listener: () => void = () => undefined;

  constructor(client: pg.Client, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    this.lockTimeoutMs = Math.ceil(options.deadlineMs * 0.8);
    client.on('error', (error) => this.#break(error));
    client.on('end', () => this.#break(new Error('the connection ended')));
  }

  async connect(): Promise<void> {
    await this.#client.connect();
    // Cancelling the wait for a standby makes a COMMIT succeed with no more than a warning.
    this.#client.on('notice', () => this.#break(new Error('the server sent a notice')));
  }

  get broken(): Error | undefined {
    return this.#broken;
  }

  onBroken(listener: () => void): void {
    this.#listener = listener;
  }

  destroy(): void {
    this.#break(new Error('the session was given up'));
  }

  async durably(statements: readonly Statement[]): Promise<readonly pg.QueryResult<Row>[]> {
    const last = statements.length + 1;
    const results = await this.#send([
      { text: beginDurably(this.lockTimeoutMs), values: [] },
      ...statements,
      { text: 'COMMIT', values: [] },
    ]);
    const [begun, commit] = [results[0], results[last]];
    if (this.#broken !== undefined || begun?.status !== 'fulfilled' || commit?.status !== 'fulfilled') {
      throw new CommitInDoubtError('a commit without an answer', { cause: this.#broken });
    }
    // After an error inside the transaction COMMIT resolves too, as ROLLBACK.
    const answers = results.slice(1, last).map((result) => {
      if (result.status === 'fulfilled') return result.value;
      throw new NotRecordedError('the ledger database refused', { cause: result.reason });
    });
    if (commit.value.command !== 'COMMIT') throw new NotRecordedError('the transaction was rolled back');
    return answers;
  }

  async durablyAlone(statement: Statement): Promise<pg.QueryResult<Row>> {
    const [result] = await this.#send([statement]);
    if (this.#broken === undefined && result?.status === 'fulfilled') return result.value;
    const cause: unknown = result?.status === 'rejected' ? result.reason : this.#broken;
    // An error that the session survives was the statement's own and undid it; one that ends it may have come after
    // the commit.
    const [survived] = this.#broken === undefined ? await this.#send([{ text: 'SELECT', values: [] }]) : [];
    if (this.#broken !== undefined || survived?.status !== 'fulfilled')
      throw new CommitInDoubtError('a commit without an answer', { cause });
    throw new NotRecordedError('the ledger database refused', { cause });
  }

  async read(statement: Statement): Promise<readonly Row[]> {
    const [result] = await this.#send([statement]);
    if (this.#broken === undefined && result?.status === 'fulfilled') return result.value.rows;
    const cause: unknown = result?.status === 'rejected' ? result.reason : this.#broken;
    throw new NotRecordedError('the ledger database does not answer', { cause });
  }

  async check(): Promise<void> {
    const [row] = await this.read({
      text: `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
        pg_is_in_recovery() AS in_recovery, current_setting('server_version_num')::int AS version,
        current_setting('synchronous_standby_names') AS standbys`,
      values: [],
    });
    const unfit = [
      row?.fsync !== 'on' && 'fsync is off',
      row?.full_page_writes !== 'on' && 'full_page_writes is off',
      row?.in_recovery !== false && 'it is in recovery',
      !(Number(row?.version) >= minimumVersion) && `it is older than version ${minimumVersion / 10_000}`,
      this.#options.requireStandby && row?.standbys === '' && 'synchronous_standby_names is empty',
    ].filter((reason) => reason !== false);
    if (unfit.length > 0)
      throw new NotRecordedError(`the ledger database is not durable: ${unfit.join(', ')}`);
  }

  /** Everything in one go, then every answer; past the deadline the socket is destroyed, which answers the rest. */
  async #send(statements: readonly Statement[]): Promise<PromiseSettledResult<pg.QueryResult<Row>>[]> {
    if (this.#broken !== undefined)
      throw new NotRecordedError('the session is broken', { cause: this.#broken });
    const { clock, deadlineMs } = this.#options;
    const started = clock.monotonic();
    const late = () => this.#break(new Error(`no answer within ${deadlineMs} ms`));
    const timer = setTimeout(late, deadlineMs);
    const { stream } = this.#client.connection;
    stream.cork();
    const answers = statements.map(({ name, text, values }) =>
      this.#client.query<Row>({ text, values: [...values], ...(name !== undefined && { name }) }),
    );
    stream.uncork();
    const results = await Promise.allSettled(answers);
    clearTimeout(timer);
    // A process that was stopped finds timer and answer waiting side by side: the clock decides, not their order.
    if (clock.monotonic() - started > BigInt(deadlineMs) * 1_000_000n) late();
    return results;
  }

  #break(reason: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = reason;
    this.#client.connection.stream.destroy();
    this.#listener();
  }
}
