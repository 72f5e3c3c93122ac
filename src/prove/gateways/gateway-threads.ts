import { AskedThread } from '../../base/index.js';
import type { GatewayHost, HostedGateway } from './gateway-host.js';
import type { ThreadQuestion } from './gateway-thread.js';

/** Answers are made of much that is gone at once: with room for it, less of it is copied about. */
const youngMb = 64;

const startThread = () =>
  new AskedThread<ThreadQuestion>(new URL('./gateway-thread.js', import.meta.url), {
    maxYoungGenerationSizeMb: youngMb,
  });

/** Gateways in threads of their own, so that a run uses more than one processor. */
export class GatewayThreads implements GatewayHost {
  readonly #threads = new Map<string, AskedThread<ThreadQuestion>>();
  #started = 0;

  async start(place: string, order: Parameters<GatewayHost['start']>[1]): Promise<HostedGateway> {
    const thread = this.#threads.get(place) ?? startThread();
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
