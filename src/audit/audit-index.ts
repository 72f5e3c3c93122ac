import type pg from 'pg';
import type { CertifiedWriters, KeyRing } from '../ledger/index.js';
import { transaction } from './database.js';
import {
  isGone,
  lockProgress,
  nextBatches,
  pendingWriters,
  saveBatches,
  saveProgress,
  type PendingWriter,
} from './index-store.js';
import { BatchIndexer } from './indexed-batch.js';

/** Keeps the index up with every chain of the ledger, whichever process writes it. */
export class AuditIndex {
  readonly #pool: pg.Pool;
  readonly #indexer: BatchIndexer;
  /** The last run that began or will begin; never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #queued: Promise<void> | null = null;

  constructor(pool: pg.Pool, keyRing: KeyRing, writers: CertifiedWriters) {
    this.#pool = pool;
    this.#indexer = new BatchIndexer(keyRing, writers);
  }

  /**
   * Resolves when the index has everything that was in the ledger when this was called. Whoever calls while a run goes
   * on waits for the one after it, together with all others who do.
   * @throws CordonError LEDGER_UNAVAILABLE
   */
  catchUp(): Promise<void> {
    if (this.#queued !== null) return this.#queued;
    const queued = this.#last.then(() => {
      this.#queued = null;
      return this.#run();
    });
    this.#queued = queued;
    this.#last = queued.catch(() => undefined);
    return queued;
  }

  async #run(): Promise<void> {
    for (const writer of await pendingWriters(this.#pool)) while (!(await this.#step(writer)));
  }

  /** Indexes the next batches of a chain. @returns whether that was its end */
  #step({ id, gone: seemsGone }: PendingWriter): Promise<boolean> {
    return transaction(this.#pool, async (database) => {
      const progress = await lockProgress(database, id);
      const gone = seemsGone && (await isGone(database, id));
      const { rows, atEnd } = await nextBatches(database, id, progress);
      const last = rows.at(-1);
      if (last === undefined && !gone) return true;
      let { nextSeq } = progress;
      let faults = 0;
      const batches = [];
      for (const row of rows) {
        const batch = await this.#indexer.index(row, database);
        faults += row.seq - nextSeq + (batch.faulty ? 1 : 0);
        nextSeq = row.seq + 1;
        batches.push(batch);
      }
      await saveBatches(database, batches);
      await saveProgress(database, id, {
        nextSeq,
        day: last?.day ?? progress.day,
        faults,
        finished: gone && atEnd,
      });
      return atEnd;
    });
  }
}
