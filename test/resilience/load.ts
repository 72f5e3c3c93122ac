import { setTimeout as wait } from 'node:timers/promises';
import { enrolmentPublicKey, verifyReceipt, type LedgerKeys } from '../../src/ledger/index.js';
import { post, type TestEntry, type TestResponse } from '../support/gateway.js';

/** One request of a load. Its mark is its justification, so that its entry can be told from all others. */
export interface Sample {
  readonly mark: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** Null where no response was received in full. */
  readonly response: TestResponse | null;
}

export interface Load {
  /** What has ended so far. */
  readonly samples: readonly Sample[];
  /** Waits until so many of the samples that ended from now on are such. */
  until(count: number, such: (sample: Sample) => boolean): Promise<void>;
  /** Lets every client finish its request. */
  stop(): Promise<readonly Sample[]>;
}

/** No client asks on beyond this, whatever becomes of the test. */
const mostSamples = 20_000;

export const document =
  '{ customers { totalCount nodes { customerId name email credit orders { nodes { orderId total } } } } }';

/**
 * Clients, each asking the next thing as soon as it has its answer.
 * @param prefix of the marks
 * @param clients how many; a test that has other work to do under the load needs few
 */
export function startLoad(address: string, token: string, prefix = 'load', clients = 16): Load {
  const samples: Sample[] = [];
  let asked = 0;
  let stopped = false;
  const ask = async (mark: string): Promise<TestResponse | null> => {
    const headers = { authorization: `Bearer ${token}`, 'cordon-justification': mark };
    try {
      return await post(`${address}/graphql`, headers, { query: document });
    } catch {
      return null;
    }
  };
  const client = async () => {
    while (!stopped && asked < mostSamples) {
      const mark = `${prefix}-${asked++}`;
      const sentAt = Date.now();
      const response = await ask(mark);
      samples.push({ mark, sentAt, response });
      if (response?.status !== 200) await wait(10);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    samples,
    until: async (count, such) => {
      const start = samples.length;
      while (samples.slice(start).filter(such).length < count) await wait(5);
    },
    stop: async () => {
      stopped = true;
      await running;
      return samples;
    },
  };
}

/** Whether the response came in full and holds data. */
export function holdsData({ response }: Sample): boolean {
  return response?.status === 200 && response.body.data !== undefined;
}

/** The body of a response where the ledger cannot take the entry. */
export const ledgerRefusal = {
  errors: [
    {
      message: 'The ledger cannot take the entry, so nothing is released.',
      extensions: { code: 'LEDGER_UNAVAILABLE' },
    },
  ],
};

/** Whether it is that refusal, and nothing else. */
export function isLedgerRefusal({ response }: Sample): boolean {
  return response?.status === 503 && response.text === JSON.stringify(ledgerRefusal);
}

/** Responses with data whose receipt names no entry of theirs. */
export function unentered(
  samples: readonly Sample[],
  entries: readonly TestEntry[],
  keys: LedgerKeys,
): Sample[] {
  const byLeaf = new Map(entries.map((entry) => [entry.leaf, entry]));
  const enrolment = enrolmentPublicKey(keys);
  return samples.filter(holdsData).filter(({ mark, response }) => {
    const { leaf } = verifyReceipt(response!.headers.get('cordon-receipt') ?? '', enrolment);
    const found = byLeaf.get(leaf);
    return !(
      found?.entry.outcome === 'RELEASED' &&
      typeof found.actor === 'object' &&
      found.actor.justification === mark &&
      found.given.some(({ type, count }) => type === 'Customer' && count === 4)
    );
  });
}
