import pg from 'pg';
import { Cancellation, CordonError, type Log } from '../base/index.js';
import type { PoolReading, StatementWatch, Watch } from '../observe/index.js';
import { connectionUnlessCancelled, untilCancelled } from './cancel.js';
import { loggingSettings, parameterLogging } from './parameter-logging.js';
import type { Row } from './message-splitter.js';
import { RowClient } from './row-client.js';
import { runRows, type Running } from './row-query.js';
import { sessionSettings, startupOptions, verifySettings } from './session-settings.js';

/** A connection to a customer database as the configuration gives it. */
export interface SourceConfig {
  readonly name: string;
  readonly connection: pg.ClientConfig;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Statements that may wait for a connection; the next one is refused at once. */
  readonly maxWaiting?: number;
  /** Whether the source may write parameters into its log; where it is not said, it may not. */
  readonly acceptParameterLogging?: boolean;
}

/** When a caller's statement is given up. */
export interface Patience {
  /** Nobody waits for the answer any more. */
  readonly cancellation: Cancellation;
  /** Milliseconds, where they are less than the source's own. */
  readonly statementMs: number;
  /** Of the request, for the log. */
  readonly requestId?: string;
  readonly watch?: Watch;
}

/** Where a configuration does not say. */
export const defaultMaxWaiting = 500;
/** A connection keeps this many prepared statements before it is replaced. */
const statementsPerConnection = 256;
/** A text is prepared from this use on; one that never recurs is not worth a name. */
const usesBeforePreparing = 2;
const countedTexts = 4096;

/** A statement that fails so soon found its connection closed; one that was ended while it ran took longer. */
const lostAtOnceMs = 100;

/** Whether the connection or the server went away: classes 08 and 57P, the system's own errors, and `pg`'s without a code. */
function isLost(cause: unknown): boolean {
  if (cause instanceof CordonError) return false;
  const { code, message } = cause as { code?: string; message?: string };
  return message !== 'Query read timeout' && (code === undefined || /^(08|57P|E[A-Z])/.test(code));
}

/** One customer database: a bounded pool of verified, read-only connections. */
export class Source {
  readonly name: string;
  readonly #pool: pg.Pool;
  readonly #poolSize: number;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #statementMs: number;
  readonly #maxWaiting: number;
  readonly #acceptsLogging: boolean;
  readonly #log: Log;
  readonly #verified = new WeakSet<pg.PoolClient>();
  readonly #prepared = new WeakMap<pg.PoolClient, Set<string>>();
  readonly #uses = new Map<string, number>();

  constructor(config: SourceConfig, log: Log) {
    this.name = config.name;
    this.#log = log.child({ source: config.name });
    this.#settings = { ...sessionSettings, statement_timeout: String(config.statementTimeoutMs) };
    this.#statementMs = config.statementTimeoutMs;
    this.#poolSize = config.poolSize;
    this.#maxWaiting = config.maxWaiting ?? defaultMaxWaiting;
    this.#acceptsLogging = config.acceptParameterLogging === true;
    this.#pool = new pg.Pool({
      ...config.connection,
      Client: RowClient,
      max: config.poolSize,
      connectionTimeoutMillis: config.connectTimeoutMs,
      options: startupOptions(this.#settings),
      // The server's own limit comes first and ends in an orderly error; this one is for a server that went silent.
      query_timeout: config.statementTimeoutMs + 2000,
    });
    // The pool listens to idle connections alone; one that is lost while it is lent, or after its last words were heard,
    // would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    this.#pool.on('error', (error) => {
      this.#log.warn({ code: (error as { code?: string }).code }, 'an idle connection was lost');
    });
  }

  /**
   * Runs one statement.
   * @throws CordonError SOURCE_UNAVAILABLE, SOURCE_TIMEOUT, SOURCE_FAILED, OVERLOADED, or the reason why nobody waits any
   *   more; the database's own words stay in the log
   */
  run(statement: Running, patience?: Patience): Promise<Row[]> {
    const watch = patience?.watch?.statement(this.name) ?? null;
    return watch === null ? this.#run(statement, patience) : this.#watched(watch, statement, patience);
  }

  async #watched(watch: StatementWatch, statement: Running, patience?: Patience): Promise<Row[]> {
    try {
      const rows = await this.#run(statement, patience, watch);
      watch.ended(null);
      return rows;
    } catch (cause) {
      watch.ended(cause instanceof CordonError ? cause.code : 'INTERNAL_ERROR');
      throw cause;
    }
  }

  async #run(statement: Running, patience?: Patience, watch?: StatementWatch): Promise<Row[]> {
    const { client, used } = await this.#connect(patience);
    watch?.connected();
    const began = performance.now();
    try {
      const rows = await this.#within(client, statement, patience);
      client.release((this.#prepared.get(client)?.size ?? 0) > statementsPerConnection);
      return rows;
    } catch (cause) {
      // After a cancel or a lost protocol state the next caller must not meet what is left: never reused.
      client.release(true);
      // Every statement only reads. Each attempt takes a connection out of the pool, so there are no more than it has.
      if (used && isLost(cause) && performance.now() - began < lostAtOnceMs)
        return this.#run(statement, patience, watch);
      throw this.#failure(cause, patience);
    }
  }

  /** Runs a statement for as long as somebody waits for it, and within the caller's own time where that is shorter. */
  async #within(client: pg.PoolClient, statement: Running, patience: Patience | undefined): Promise<Row[]> {
    const running = this.#runOn(client, statement);
    if (patience === undefined) return running;
    const { cancellation, statementMs } = patience;
    if (statementMs >= this.#statementMs) return untilCancelled(client, running, cancellation);
    const own = new Cancellation();
    const timer = setTimeout(() => {
      own.cancel(this.#timeout());
    }, statementMs);
    const stop = cancellation.onCancel((reason) => {
      own.cancel(reason);
    });
    try {
      return await untilCancelled(client, running, own);
    } finally {
      stop();
      clearTimeout(timer);
    }
  }

  get pool(): PoolReading {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { most: this.#poolSize, total, idle, waiting };
  }

  /** Waits for running statements and closes every connection. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A verified connection, and whether it has run something before. */
  async #connect(patience: Patience | undefined): Promise<{ client: pg.PoolClient; used: boolean }> {
    if (this.#pool.waitingCount >= this.#maxWaiting)
      throw new CordonError('OVERLOADED', { detail: `too many wait for source ${this.name}` });
    const client = await this.#connected(patience);
    if (this.#verified.has(client)) return { client, used: true };
    try {
      await this.#verify(client);
      return { client, used: false };
    } catch (cause) {
      client.release(true);
      throw this.#unavailable(cause, patience);
    }
  }

  /** A connection of the pool; one that comes when nobody waits for it any more goes back. */
  async #connected(patience: Patience | undefined): Promise<pg.PoolClient> {
    const cancellation = patience?.cancellation;
    cancellation?.throwIfCancelled();
    const connecting = this.#pool.connect().catch((cause: unknown) => {
      throw this.#unavailable(cause, patience);
    });
    return cancellation === undefined ? connecting : connectionUnlessCancelled(connecting, cancellation);
  }

  async #verify(client: pg.PoolClient): Promise<void> {
    const settings = await verifySettings(client, this.#settings, loggingSettings);
    const logging = this.#acceptsLogging ? [] : parameterLogging(settings);
    if (logging.length > 0) throw new Error(`the session would log parameters: ${logging.join(', ')}`);
    this.#verified.add(client);
    this.#prepared.set(client, new Set());
  }

  #runOn(client: pg.PoolClient, statement: Running): Promise<Row[]> {
    const { name } = statement;
    const uses = (this.#uses.get(name) ?? 0) + 1;
    if (this.#uses.size >= countedTexts) this.#uses.clear();
    this.#uses.set(name, uses);
    if (uses < usesBeforePreparing) return runRows(client, { ...statement, name: '' }, false);
    const prepared = this.#prepared.get(client);
    const known = prepared?.has(name) ?? false;
    prepared?.add(name);
    return runRows(client, statement, known);
  }

  #unavailable(cause: unknown, patience: Patience | undefined): CordonError {
    const error = cause as { code?: string; message?: string };
    const requestId = patience?.requestId;
    this.#log.error({ requestId, code: error.code, error: error.message }, 'the source cannot be reached');
    return new CordonError('SOURCE_UNAVAILABLE', { detail: `source ${this.name}` });
  }

  #timeout(): CordonError {
    return new CordonError('SOURCE_TIMEOUT', { detail: `source ${this.name}` });
  }

  #failure(cause: unknown, patience: Patience | undefined): CordonError {
    const { code, message } = cause as { code?: string; message?: string };
    if (cause instanceof CordonError) return cause;
    // 57014: cancelled by statement_timeout.
    if (code === '57014' || message === 'Query read timeout') return this.#timeout();
    if (code === undefined || isLost(cause)) return this.#unavailable(cause, patience);
    // Every statement is total, so data errors (class 22) cannot be; one that is would be an oracle. An alarm, by code alone.
    const { requestId } = patience ?? {};
    this.#log.error({ requestId, code, alarm: code.startsWith('22') }, 'the source refused a statement');
    return new CordonError('SOURCE_FAILED', { detail: `source ${this.name}, SQLSTATE ${code}` });
  }
}
