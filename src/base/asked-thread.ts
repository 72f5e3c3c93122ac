import { parentPort, Worker, type ResourceLimits, type Transferable } from 'node:worker_threads';

interface ThreadRequest<Question> {
  readonly id: number;
  readonly question: Question;
}

type ThreadReply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: string };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that is asked questions, each of which has one answer. Its program calls `answerQuestions`. */
export class AskedThread<Question> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #ended: Error | null = null;

  /** @param program the thread's own module */
  constructor(program: URL, resourceLimits: ResourceLimits = {}) {
    this.#worker = new Worker(program, { resourceLimits });
    this.#worker.on('message', (reply: ThreadReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('failure' in reply) waiting?.reject(new Error(`a thread failed: ${reply.failure}`));
      else waiting?.resolve(reply.value);
    });
    this.#worker.on('error', (cause) => this.#end(new Error('a thread has ended', { cause })));
    this.#worker.on('exit', () => this.#end(new Error('a thread has ended')));
  }

  /** @param given what the thread has from now on, and this one no more */
  ask<T = unknown>(question: Question, given: readonly Transferable[] = []): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#asked += 1;
    const id = this.#asked;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ id, question } satisfies ThreadRequest<Question>, [...given]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(why: Error): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/** Answers whoever has started this thread, if this is one. */
export function answerQuestions(answer: (question: never) => unknown): void {
  const port = parentPort;
  port?.on('message', ({ id, question }: ThreadRequest<never>) => {
    // Whatever it throws, at once or later, is the answer's.
    new Promise((resolve) => resolve(answer(question))).then(
      (value) => port.postMessage({ id, value } satisfies ThreadReply),
      (error: unknown) => {
        const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
        port.postMessage({ id, failure } satisfies ThreadReply);
      },
    );
  });
}
