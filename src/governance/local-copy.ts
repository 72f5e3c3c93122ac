import pg from 'pg';
import type { Clock, Log } from '../base/index.js';
import { codeOf } from './error-code.js';

/** Records of the control database, held in memory and never believed for longer than a second. */
export interface LocalCopy<T> {
  /** The records as they stood at most a second ago, or null when that cannot be said. Never waits. */
  read(): T | null;
  /** Begins to follow the database; settles after the first attempt, whether or not it succeeded. */
  start(): Promise<void>;
  /** Stops following; what was read ages from then on. */
  stop(): Promise<void>;
}

/** A revocation is obeyed within this time, or nothing that it could concern is given. */
const maxAgeNanoseconds = 1_000_000_000n;
/** Leaves a poll that finds the database busy time for a second attempt before the copy is too old. */
const pollMilliseconds = 400;
const connectTimeoutMilliseconds = 1_000;
/** Long enough to load every record; until a slow answer comes the copy is too old, and so closed. */
const queryTimeoutMilliseconds = 5_000;

/** What a copy is made of. */
export interface LocalCopyOptions<T> {
  /** The control database. */
  readonly control: pg.ClientConfig;
  /** Reads the records, within the transaction it is called in. */
  readonly load: (client: pg.ClientBase) => Promise<T>;
  readonly clock: Clock;
  readonly log: Log;
}

async function connect(control: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...control,
    application_name: 'cordon-governance',
    connectionTimeoutMillis: connectTimeoutMilliseconds,
    query_timeout: queryTimeoutMilliseconds,
  });
  // Without a listener a connection lost between two polls would end the process; the next poll meets it anyway.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function revisionOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ number: string }>('SELECT number FROM governance.revision');
  const [row] = rows;
  if (row === undefined) throw new Error('the control database has no revision');
  return row.number;
}

/** The records with the revision of the same snapshot. */
interface Held<T> {
  readonly revision: string;
  readonly records: T;
}

/**
 * A copy that asks for the revision every 400 ms, and for all records when it has changed. Its age counts, on the
 * monotonic clock, from before the question was sent. After any failure it goes on by itself with a new connection and
 * a full load: the database may have been restored in the meantime, and an old number may mean other records.
 */
class PolledCopy<T> implements LocalCopy<T> {
  readonly #options: LocalCopyOptions<T>;
  #held: Held<T> | null = null;
  #confirmedAt: bigint | null = null;
  #connection: pg.Client | null = null;
  #failing = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LocalCopyOptions<T>) {
    this.#options = options;
  }

  read(): T | null {
    if (this.#held === null || this.#confirmedAt === null) return null;
    const age = this.#options.clock.monotonic() - this.#confirmedAt;
    return age <= maxAgeNanoseconds ? this.#held.records : null;
  }

  async start(): Promise<void> {
    this.#running = this.#attempt().then(() => this.#schedule());
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#disconnect();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#attempt().then(() => this.#schedule());
    }, pollMilliseconds);
  }

  async #attempt(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#poll();
      if (this.#failing) log.info({}, 'the records of governance can be read again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log.error({ code: codeOf(error) }, 'the records of governance cannot be read');
      this.#failing = true;
      await this.#disconnect();
    }
  }

  async #poll(): Promise<void> {
    const askedAt = this.#options.clock.monotonic();
    const isNew = this.#connection === null;
    const connection = (this.#connection ??= await connect(this.#options.control));
    if (isNew || this.#held?.revision !== (await revisionOf(connection)))
      this.#held = await this.#loadAll(connection);
    this.#confirmedAt = askedAt;
  }

  async #loadAll(client: pg.Client): Promise<Held<T>> {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const revision = await revisionOf(client);
    const records = await this.#options.load(client);
    await client.query('COMMIT');
    return { revision, records };
  }

  async #disconnect(): Promise<void> {
    const client = this.#connection;
    this.#connection = null;
    await client?.end().catch(() => undefined);
  }
}

/** A copy of records, to be started. */
export function createLocalCopy<T>(options: LocalCopyOptions<T>): LocalCopy<T> {
  return new PolledCopy(options);
}
