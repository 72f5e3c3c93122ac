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

/**
 * A copy that asks for the revision every 400 ms, and for all records when it has changed. Its age counts, on the
 * monotonic clock, from before the question was sent. After any failure it goes on by itself with a new connection and
 * a full load: the database may have been restored in the meantime, and an old number may mean other records.
 * @param options.control the control database
 * @param options.load reads the records, within the transaction it is called in
 */
export function createLocalCopy<T>(options: {
  readonly control: pg.ClientConfig;
  readonly load: (client: pg.ClientBase) => Promise<T>;
  readonly clock: Clock;
  readonly log: Log;
}): LocalCopy<T> {
  const { control, load, clock, log } = options;
  let held: { readonly revision: string; readonly records: T } | null = null;
  let confirmedAt: bigint | null = null;
  let connection: pg.Client | null = null;
  let failing = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function connect(): Promise<pg.Client> {
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

  /** Number and records of one snapshot. */
  async function loadAll(client: pg.Client): Promise<{ revision: string; records: T }> {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const revision = await revisionOf(client);
    const records = await load(client);
    await client.query('COMMIT');
    return { revision, records };
  }

  async function poll(): Promise<void> {
    const askedAt = clock.monotonic();
    const isNew = connection === null;
    connection ??= await connect();
    if (isNew || held?.revision !== (await revisionOf(connection))) held = await loadAll(connection);
    confirmedAt = askedAt;
  }

  async function disconnect(): Promise<void> {
    const client = connection;
    connection = null;
    await client?.end().catch(() => undefined);
  }

  async function attempt(): Promise<void> {
    try {
      await poll();
      if (failing) log.info({}, 'the records of governance can be read again');
      failing = false;
    } catch (error) {
      if (!failing) log.error({ code: codeOf(error) }, 'the records of governance cannot be read');
      failing = true;
      await disconnect();
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = attempt().then(schedule);
    }, pollMilliseconds);
  }

  return {
    read() {
      if (held === null || confirmedAt === null) return null;
      return clock.monotonic() - confirmedAt <= maxAgeNanoseconds ? held.records : null;
    },
    async start() {
      running = attempt().then(schedule);
      await running;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await disconnect();
    },
  };
}
