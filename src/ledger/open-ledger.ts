import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Clock, Log } from '../base/index.js';
import { AppendQueue, unavailable } from './append-queue.js';
import { ChainKeeper, type BatchListener, type Door } from './chain-keeper.js';
import type { DataKey } from './data-key.js';
import { openDataKeyStore, type DataKeyStore } from './data-key-store.js';
import type { Draft, Ledger, Receipt } from './draft.js';
import { KeyedHashes } from './keyed-hashes.js';
import type { LedgerKeys } from './ledger-keys.js';
import { DatabaseBehindError } from './outcome.js';
import {
  pendingAcceptedLogging,
  pendingRequest,
  pendingUnknownCallers,
  scopesOf,
  type AcceptedLogging,
  type Pending,
} from './pending.js';
import { UnknownCallers } from './unknown-callers.js';

export interface LedgerOptions {
  /** The control database, migrated. */
  readonly control: pg.ClientConfig;
  readonly keys: LedgerKeys;
  /** A folder of this gateway alone, outside the database, for the last seals of its processes. */
  readonly folder: string;
  /** Sources of which it is accepted that they log parameters: entered before any request is. */
  readonly acceptedLogging?: readonly AcceptedLogging[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long a writer that falls silent is waited for; 15 s. */
  readonly leaseMs?: number;
  /** After this long without an answer a commit is in doubt; 5 s. */
  readonly deadlineMs?: number;
  /** Refuse a server without synchronous standbys: where failover exists, a lone commit can be lost. */
  readonly requireStandby?: boolean;
  /** Told of each batch of requests that is durable. */
  readonly onBatch?: BatchListener | undefined;
  /** Entries that may wait; 10,000 and 64 MiB. */
  readonly queue?: { readonly maxEntries: number; readonly maxBytes: number };
}

/** An entry of more bytes is refused before it queues. */
const maxEntryBytes = 4 * 1024 * 1024;
/** An entry that refers to more texts would not fit a batch. */
const maxCitations = 500;
const summaryEveryMs = 60_000;
const retryAfterMs = { first: 20, most: 1_000 };

/**
 * Opens the ledger for appending: registers a writer and keeps its chain until `close`. Resolves when the first attempt
 * has come to its end, whatever it was: where the database is down, `available` is false until it is back.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const ledger = new AppendingLedger(options);
  await ledger.firstAttempt;
  return ledger;
}

class AppendingLedger implements Ledger {
  readonly firstAttempt: Promise<void>;
  readonly #options: LedgerOptions;
  readonly #queue: AppendQueue;
  readonly #keeper: ChainKeeper;
  readonly #dataKeys: DataKeyStore;
  readonly #hashes: KeyedHashes;
  readonly #unknown: UnknownCallers;
  readonly #summaries: NodeJS.Timeout;
  readonly #served: Promise<void>;
  #ready = false;
  #closing = false;
  #closed: Promise<void> | undefined;
  /** Entries that are being made and will queue. */
  #preparing = 0;
  #stopWaiting: () => void = () => undefined;
  #lastFailure = '';
  /** What is still to be entered once, before anything else. */
  #statements: readonly Pending[];

  constructor(options: LedgerOptions) {
    const { control, clock, keys } = options;
    const { leaseMs = 15_000, deadlineMs = 5_000, requireStandby = false } = options;
    this.#options = options;
    this.#queue = new AppendQueue(options.queue ?? { maxEntries: 10_000, maxBytes: 64 * 1024 * 1024 });
    this.#keeper = new ChainKeeper(
      { ...options, boot: randomUUID(), leaseMs, deadlineMs, requireStandby },
      this.#queue,
    );
    this.#dataKeys = openDataKeyStore(control, keys.wrapping);
    this.#hashes = new KeyedHashes(keys);
    this.#unknown = new UnknownCallers(clock);
    this.#statements = (options.acceptedLogging ?? []).map(pendingAcceptedLogging);
    this.#summaries = setInterval(() => this.#summarise(), summaryEveryMs).unref();
    const [firstAttempt, attempted] = signal();
    this.firstAttempt = firstAttempt;
    this.#served = this.#serve(attempted);
  }

  get available(): boolean {
    return this.#ready && !this.#closing && !this.#queue.full;
  }

  get waiting(): Ledger['waiting'] {
    return this.#queue.waiting;
  }

  async append(draft: Draft): Promise<Receipt> {
    if (!this.available)
      throw unavailable(this.#closing ? 'the ledger is closed' : 'the ledger is down or full');
    this.#preparing += 1;
    let pending: Pending;
    try {
      pending = await this.#prepare(draft);
    } finally {
      this.#preparing -= 1;
      this.#queue.interrupt();
    }
    if (pending.size > maxEntryBytes || pending.cites.length > maxCitations) {
      throw unavailable(`an entry of ${pending.size} bytes is more than a batch takes`);
    }
    return this.#push(pending);
  }

  countUnknown(network: string, code: string): void {
    this.#unknown.count(network, code);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearInterval(this.#summaries);
    this.#summarise();
    this.#closing = true;
    this.#queue.interrupt();
    this.#stopWaiting();
    await this.#served;
    this.#keeper.close();
    await this.#dataKeys.close();
  }

  async #prepare(draft: Draft): Promise<Pending> {
    const { keys, clock } = this.#options;
    const hashes = this.#hashes;
    try {
      const scopes = scopesOf(draft, hashes, clock.now());
      const actorKey = this.#dataKeys.known(scopes.actor) ?? (await this.#dataKeys.living(scopes.actor));
      const sourceKeys: DataKey[] = [];
      // Nearly always known: then nothing is waited for.
      for (const scope of scopes.sources)
        sourceKeys.push(this.#dataKeys.known(scope) ?? (await this.#dataKeys.living(scope)));
      return pendingRequest(draft, { hashes, keyVersion: keys.version, actorKey, sourceKeys });
    } catch (error) {
      this.#options.log.error(
        { requestId: draft.requestId, cause: describe(error) },
        'an entry could not be made',
      );
      throw unavailable('the entry could not be made', error);
    }
  }

  /** The door may have closed while the entry was made. */
  #push(pending: Pending): Promise<Receipt> {
    if (!this.#ready) return Promise.reject(unavailable('the ledger went down'));
    return this.#queue.push(pending);
  }

  /** As the first that queues: no request is entered before it. What fails is kept for the next connection. */
  #state(): void {
    for (const statement of this.#statements)
      this.#push(statement).then(
        () => (this.#statements = this.#statements.filter((each) => each !== statement)),
        () => undefined,
      );
  }

  #summarise(): void {
    for (const summary of this.#unknown.take()) {
      this.#push(pendingUnknownCallers(summary)).catch(() => this.#unknown.putBack(summary));
    }
  }

  /** Connection after connection, until closed: service returns by itself. */
  async #serve(attempted: () => void): Promise<void> {
    const door: Door = {
      open: () => {
        this.#ready = true;
        this.#state();
        this.#lastFailure = '';
        delay = retryAfterMs.first;
        attempted();
      },
      close: () => {
        this.#ready = false;
      },
    };
    let delay = retryAfterMs.first;
    while (!this.#closing) {
      try {
        // What was being prepared when the ledger was closed is still recorded.
        await this.#keeper.serve(door, () => this.#closing && this.#preparing === 0);
      } catch (error) {
        this.#report(error);
      }
      door.close();
      this.#queue.rejectAll(unavailable('the ledger went down'));
      attempted();
      await this.#wait(delay);
      delay = Math.min(delay * 2, retryAfterMs.most);
    }
  }

  /** Once for each change: a database that stays down does not fill the log. */
  #report(error: unknown): void {
    const failure = describe(error);
    if (failure === this.#lastFailure) return;
    this.#lastFailure = failure;
    const { log } = this.#options;
    if (error instanceof DatabaseBehindError)
      log.error({ cause: failure }, 'the ledger database has lost batches');
    else log.warn({ cause: failure }, 'the ledger is down; it will be tried again');
  }

  async #wait(milliseconds: number): Promise<void> {
    if (this.#closing) return;
    const [waited, stopWaiting] = signal();
    const timer = setTimeout(stopWaiting, milliseconds);
    this.#stopWaiting = stopWaiting;
    await waited;
    clearTimeout(timer);
  }
}

/** Why, down to the first cause; for the log alone. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}

function signal(): [promise: Promise<void>, fire: () => void] {
  let fire: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return [promise, fire];
}
