import { AskedThread } from '../base/index.js';
import { contentOf, type BatchContent, type SealedPayload } from './batch-content.js';
import { HASH_BYTES } from './merkle.js';

/** Looks at the entries of batches, here or in threads. */
export interface ContentChecker {
  /** One for each batch, in their order. */
  check(batches: readonly SealedPayload[]): Promise<readonly BatchContent[]>;
  /** Questions that keep it busy; what is asked beyond them waits. */
  readonly atOnce: number;
  close(): Promise<void>;
}

/** Batches one behind the other in one piece of memory, which is handed over as it is: root and payload of each. */
export interface PackedBatches {
  readonly bytes: ArrayBuffer;
  readonly batches: readonly { readonly seq: number; readonly count: number; readonly length: number }[];
}

/** All in the thread that asks. */
export const contentHere: ContentChecker = {
  check: (batches) => Promise.resolve(batches.map(contentOf)),
  atOnce: 1,
  close: () => Promise.resolve(),
};

/** Threads beside the one that asks; they end when they are closed. */
export class ContentThreads implements ContentChecker {
  readonly #threads: readonly AskedThread<PackedBatches>[];
  #asked = 0;

  constructor(threads: number, program = new URL('./content-thread.js', import.meta.url)) {
    this.#threads = Array.from({ length: threads }, () => new AskedThread<PackedBatches>(program));
  }

  /** While one question is answered the next one is there already. */
  get atOnce(): number {
    return 2 * this.#threads.length;
  }

  /** In turns: questions are of about one size, and are waited for in their order. */
  check(batches: readonly SealedPayload[]): Promise<readonly BatchContent[]> {
    const thread = this.#threads[this.#asked % this.#threads.length];
    this.#asked += 1;
    const packed = packBatches(batches);
    return thread?.ask<readonly BatchContent[]>(packed, [packed.bytes]) ?? Promise.resolve([]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

function packBatches(batches: readonly SealedPayload[]): PackedBatches {
  const bytes = new Uint8Array(
    batches.reduce((length, { payload }) => length + HASH_BYTES + payload.length, 0),
  );
  let at = 0;
  for (const { root, payload } of batches) {
    bytes.set(root, at);
    bytes.set(payload, at + HASH_BYTES);
    at += HASH_BYTES + payload.length;
  }
  return {
    bytes: bytes.buffer,
    batches: batches.map(({ seq, count, payload: { length } }) => ({ seq, count, length })),
  };
}

export function readPacked({ bytes, batches }: PackedBatches): readonly SealedPayload[] {
  let at = 0;
  return batches.map(({ seq, count, length }) => {
    const root = Buffer.from(bytes, at, HASH_BYTES);
    const payload = Buffer.from(bytes, at + HASH_BYTES, length);
    at += HASH_BYTES + length;
    return { seq, count, root, payload };
  });
}
