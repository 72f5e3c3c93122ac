import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import type { Clock, Log } from '../base/index.js';
import { unavailable, type AppendQueue, type QueuedEntry } from './append-queue.js';
import { advance, assembleBatch, type AssembledBatch, type Chain, type SealedBatch } from './batch.js';
import { endReopening, enrol, lookUpTails, type Enrolment } from './enrolment.js';
import type { LedgerKeys } from './ledger-keys.js';
import { CommitInDoubtError, NotRecordedError, WriterEndedError } from './outcome.js';
import { receiptFor } from './receipt.js';
import { utcDay } from './seal.js';
import { openSealFolder, type SealFolder } from './seal-folder.js';
import { openSession, type Session } from './session.js';
import { closeWriter, extendLease, prepareDays, recordBatch } from './writer-row.js';

export interface ChainKeeperOptions {
  readonly control: pg.ClientConfig;
  readonly keys: LedgerKeys;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** One a process start. */
  readonly boot: string;
  readonly leaseMs: number;
  readonly deadlineMs: number;
  readonly requireStandby: boolean;
  readonly onBatch?: BatchListener | undefined;
}

/** @param nanoseconds from sending the batch to knowing that it is durable */
export type BatchListener = (entries: number, nanoseconds: bigint) => void;

/** Whether entries are taken. */
export interface Door {
  open(): void;
  close(): void;
}

/** How often the server's settings are looked at again and partitions made ahead. */
const maintainEveryMs = 60_000;

/**
 * Keeps this process's chain: records what is queued, one batch in flight at a time, and remembers across connections
 * how far the chain is and whether its last batch is in doubt. Whatever goes wrong ends the connection; the next one
 * begins by settling what the last has left open.
 */
export class ChainKeeper {
  readonly #options: ChainKeeperOptions;
  readonly #queue: AppendQueue;
  readonly #seals: SealFolder;
  #chain: Chain | null = null;
  /** Set until the chain's first entry is durable. */
  #starting: Enrolment | null = null;
  #inDoubt: SealedBatch | null = null;

  constructor(options: ChainKeeperOptions, queue: AppendQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#seals = openSealFolder(options.folder);
  }

  /**
   * One connection's life: settles, enrols where needed, then records until `closing()` and the queue is empty.
   * @param door opened while entries are taken, and closed before anybody hears that one was not
   * @throws what ended it otherwise: NotRecordedError, CommitInDoubtError, WriterEndedError, DatabaseBehindError
   */
  async serve(door: Door, closing: () => boolean): Promise<void> {
    const session = await openSession(this.#options);
    session.onBroken(() => {
      door.close();
      this.#queue.interrupt();
    });
    try {
      await this.#maintain(session);
      await this.#settle(session);
      const chain = await this.#resumeOrEnrol(session);
      door.open();
      await this.#recordUntil(closing, session, chain);
    } finally {
      session.destroy();
    }
  }

  close(): void {
    this.#seals.close();
  }

  async #maintain(session: Session): Promise<void> {
    await session.check();
    const today = utcDay(this.#options.clock.now());
    await prepareDays(session, today).catch((error: unknown) => {
      if (session.broken !== undefined) throw error;
      // Where today's partition exists batches need no more; where it does not, recording will fail and say so.
      this.#options.log.error({ day: today }, 'partitions of the ledger could not be made ahead');
    });
  }

  /** Sends a batch in doubt again, the identical bytes. */
  async #settle(session: Session): Promise<void> {
    const [chain, batch] = [this.#chain, this.#inDoubt];
    if (chain === null || batch === null) return;
    const recorded = await recordBatch(session, batch, this.#options.leaseMs);
    const { writerId, seq } = batch;
    this.#options.log.warn({ writerId, seq, recorded }, 'a commit in doubt is settled');
    if (recorded === 'recorded') this.#acknowledge(chain, batch);
    else await this.#endWriter(session, batch, recorded);
    this.#inDoubt = null;
  }

  async #resumeOrEnrol(session: Session): Promise<Chain> {
    const { folder, leaseMs, log } = this.#options;
    const tails = await lookUpTails(session, folder);
    const writerId = this.#chain?.writerId;
    const lost = tails.some((tail) => tail.writerId === writerId && !tail.found);
    if (writerId !== undefined && (lost || !(await extendLease(session, writerId, leaseMs)))) {
      log.warn({ writerId }, 'this writer has ended; another begins');
      this.#chain = null;
    }
    if (this.#chain === null) {
      this.#starting = await enrol(session, this.#options, tails);
      this.#chain = this.#starting.chain;
      log.info({ writerId: this.#chain.writerId }, 'writer enrolled');
    }
    if (this.#starting === null) return this.#chain;
    const { start } = this.#starting;
    const { batch, unfit } = assembleBatch(this.#chain, once({ pending: start }), this.#options.clock);
    if (batch === null) throw new NotRecordedError('a chain could not be begun', { cause: unfit[0]?.cause });
    return this.#record(session, this.#chain, batch);
  }

  async #recordUntil(closing: () => boolean, session: Session, resumed: Chain): Promise<void> {
    const { clock, leaseMs } = this.#options;
    const renew = every(leaseMs / 3, clock);
    const maintain = every(maintainEveryMs, clock);
    for (let chain = resumed; ;) {
      if (session.broken !== undefined)
        throw new NotRecordedError('the connection broke', { cause: session.broken });
      if (maintain.due()) await this.#maintain(session);
      if (this.#queue.peek() !== undefined) {
        // Whatever else has arrived by now is read before the batch is closed: half as many commits for the same load.
        await setImmediate();
        chain = await this.#recordQueued(session, chain);
        renew.restart();
      } else if (closing()) {
        await closeWriter(session, chain.writerId);
        return;
      } else if (renew.due()) {
        if (!(await extendLease(session, chain.writerId, leaseMs)))
          throw new WriterEndedError('the lease ran out');
      } else await this.#queue.waitForWork(leaseMs / 3);
    }
  }

  async #recordQueued(session: Session, chain: Chain): Promise<Chain> {
    const { batch, items, unfit }: AssembledBatch<QueuedEntry> = assembleBatch(
      chain,
      this.#queue,
      this.#options.clock,
    );
    for (const { item, cause } of unfit) {
      this.#options.log.error({ cause: String(cause) }, 'an entry could not be made');
      item.reject(unavailable('the entry could not be made', cause));
    }
    if (batch === null) return chain;
    const { clock, leaseMs } = this.#options;
    const sent = clock.monotonic();
    try {
      const next = await this.#record(session, chain, batch);
      // A process that was stopped since then may have been given up: what it releases must still be under its lease.
      if (clock.monotonic() - sent > BigInt(leaseMs) * 1_000_000n)
        throw new WriterEndedError('the lease may have run out since the batch was recorded');
      this.#options.onBatch?.(items.length, clock.monotonic() - sent);
      for (const { item, index } of items) item.resolve(receiptFor(batch, index));
      return next;
    } catch (error) {
      // Whether they were recorded may not be known; that nothing of theirs is released is.
      session.destroy();
      for (const { item } of items) item.reject(unavailable('the batch was not seen to commit', error));
      throw error;
    }
  }

  async #record(session: Session, chain: Chain, batch: SealedBatch): Promise<Chain> {
    try {
      const recorded = await recordBatch(session, batch, this.#options.leaseMs);
      if (recorded === 'recorded') return this.#acknowledge(chain, batch);
      await this.#endWriter(session, batch, recorded);
    } catch (error) {
      if (error instanceof CommitInDoubtError) this.#inDoubt = batch;
      throw error;
    }
    throw new WriterEndedError('the batch was not taken');
  }

  /** The batch is durable; nobody has been told yet. */
  #acknowledge(chain: Chain, batch: SealedBatch): Chain {
    const next = advance(chain, batch);
    this.#chain = next;
    try {
      this.#seals.remember({ writerId: batch.writerId, stored: batch.seal });
      if (this.#starting !== null) {
        this.#seals.forget(this.#starting.succeeded);
        endReopening(this.#options.folder);
      }
    } catch (error) {
      // The entry is durable and may be released; what is lost is the witness outside the database.
      this.#options.log.error(
        { cause: String(error) },
        'the last seal could not be written to its local file',
      );
    }
    this.#starting = null;
    return next;
  }

  async #endWriter(
    session: Session,
    { writerId, seq }: SealedBatch,
    why: 'absent' | 'different',
  ): Promise<void> {
    this.#chain = null;
    this.#starting = null;
    if (why === 'absent') return;
    this.#options.log.error({ writerId, seq }, 'other bytes stand in place of a batch: this writer stops');
    await closeWriter(session, writerId);
  }
}

function once<T>(item: T): { peek(): T | undefined; take(): T | undefined } {
  const items = [item];
  return { peek: () => items[0], take: () => items.shift() };
}

/** Something that is due again so long after it was last due. */
function every(milliseconds: number, clock: Clock): { due(): boolean; restart(): void } {
  const period = BigInt(Math.round(milliseconds * 1e6));
  let next = clock.monotonic() + period;
  const restart = () => {
    next = clock.monotonic() + period;
  };
  return {
    restart,
    due: () => {
      const due = clock.monotonic() >= next;
      if (due) restart();
      return due;
    },
  };
}
