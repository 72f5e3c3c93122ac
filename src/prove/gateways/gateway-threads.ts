import { Worker } from 'node:worker_threads';
import type { GatewayHost, HostedGateway } from './gateway-host.js';
import type { ThreadQuestion, ThreadReply, ThreadRequest } from './gateway-thread.js';

/** Answers are made of much that is gone at once: with room for it, less of it is copied about. */
const youngMb = 64;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A thread with gateways in it. */
class GatewayThread {
  readonly #worker = new Worker(new URL('./gateway-thread.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #ended: Error | null = null;

  constructor() {
    this.#worker.on('message', (reply: ThreadReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('failure' in reply) waiting?.reject(new Error(`a gateway of the run failed: ${reply.failure}`));
      else waiting?.resolve(reply.value);
    });
    this.#worker.on('error', (cause) => this.#end(new Error('a gateway of the run has ended', { cause })));
    this.#worker.on('exit', () => this.#end(new Error('a gateway of the run has ended')));
  }

  ask<T = unknown>(question: ThreadQuestion): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#asked += 1;
    const id = this.#asked;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ id, question } satisfies ThreadRequest);
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

/** Gateways in threads of their own, so that a run uses more than one processor. */
export class GatewayThreads implements GatewayHost {
  readonly #threads = new Map<string, GatewayThread>();
  #started = 0;

  async start(place: string, order: Parameters<GatewayHost['start']>[1]): Promise<HostedGateway> {
    const thread = this.#threads.get(place) ?? new GatewayThread();
    this.#threads.set(place, thread);
    this.#started += 1;
    const name = String(this.#started);
    const address = await thread.ask<string>({ ask: 'start', name, order });
    return {
      address,
      log: { take: () => thread.ask<readonly string[]>({ ask: 'take', name }) },
      close: async () => {
        await thread.ask({ ask: 'close', name });
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads.values()].map((thread) => thread.close()));
  }
}
