import { CordonError } from '../base/index.js';
import type { Receipt } from './draft.js';
import type { Pending } from './pending.js';

/** An entry with somebody waiting for its receipt. */
export interface QueuedEntry {
  readonly pending: Pending;
  resolve(receipt: Receipt): void;
  reject(error: CordonError): void;
}

export interface QueueLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export function unavailable(detail: string, cause?: unknown): CordonError {
  return new CordonError('LEDGER_UNAVAILABLE', cause === undefined ? { detail } : { detail, cause });
}

/** What waits for the next batch, first in, first out and bounded: a full queue answers at once. */
export class AppendQueue {
  readonly #limits: QueueLimits;
  #entries: QueuedEntry[] = [];
  /** Taken entries are skipped and cut off now and then: shifting a long array for each would cost more than sealing. */
  #first = 0;
  #bytes = 0;
  #wake: () => void = () => undefined;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get full(): boolean {
    return (
      this.#entries.length - this.#first >= this.#limits.maxEntries || this.#bytes >= this.#limits.maxBytes
    );
  }

  get waiting(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries.length - this.#first, bytes: this.#bytes };
  }

  push(pending: Pending): Promise<Receipt> {
    if (this.full) return Promise.reject(unavailable('the queue is full'));
    return new Promise((resolve, reject) => {
      this.#entries.push({ pending, resolve, reject });
      this.#bytes += pending.size;
      this.#wake();
    });
  }

  peek(): QueuedEntry | undefined {
    return this.#entries[this.#first];
  }

  take(): QueuedEntry | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    this.#bytes -= entry.pending.size;
    this.#first += 1;
    if (this.#first >= 1024 || this.#first === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return entry;
  }

  rejectAll(error: CordonError): void {
    for (let entry = this.take(); entry !== undefined; entry = this.take()) entry.reject(error);
  }

  /** Resolves when something is pushed, when `interrupt` is called, or after so many milliseconds. */
  async waitForWork(milliseconds: number): Promise<void> {
    if (this.peek() !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }

  interrupt(): void {
    this.#wake();
  }
}
