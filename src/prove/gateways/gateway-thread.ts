import { parentPort, type MessagePort } from 'node:worker_threads';
import type { RunningGateway } from '../../main.js';
import { CapturedLog } from './captured-log.js';
import { startOrdered, type GatewayOrder } from './gateway-host.js';

/** What a thread of gateways is asked; each question has one answer. */
export type ThreadQuestion =
  | { readonly ask: 'start'; readonly name: string; readonly order: GatewayOrder }
  | { readonly ask: 'take' | 'close'; readonly name: string };

export interface ThreadRequest {
  readonly id: number;
  readonly question: ThreadQuestion;
}

export type ThreadReply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: string };

interface Kept {
  readonly gateway: RunningGateway;
  readonly log: CapturedLog;
}

const gateways = new Map<string, Kept>();

function kept(name: string): Kept {
  const found = gateways.get(name);
  if (found === undefined) throw new Error('no gateway of this name runs here');
  return found;
}

async function answer(question: ThreadQuestion): Promise<unknown> {
  const { name } = question;
  switch (question.ask) {
    case 'start': {
      const log = new CapturedLog();
      const gateway = await startOrdered(question.order, log);
      gateways.set(name, { gateway, log });
      return gateway.address;
    }
    case 'take':
      return kept(name).log.take();
    case 'close':
      return kept(name).gateway.close();
  }
}

function serve(port: MessagePort): void {
  port.on('message', ({ id, question }: ThreadRequest) => {
    answer(question).then(
      (value) => port.postMessage({ id, value } satisfies ThreadReply),
      (error: unknown) => {
        const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
        port.postMessage({ id, failure } satisfies ThreadReply);
      },
    );
  });
}

if (parentPort !== null) serve(parentPort);
