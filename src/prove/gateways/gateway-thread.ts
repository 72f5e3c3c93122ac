import { answerQuestions } from '../../base/index.js';
import type { RunningGateway } from '../../main.js';
import { CapturedLog } from './captured-log.js';
import { startOrdered, type GatewayOrder } from './gateway-host.js';

/** What a thread of gateways is asked; each question has one answer. */
export type ThreadQuestion =
  | { readonly ask: 'start'; readonly name: string; readonly order: GatewayOrder }
  | { readonly ask: 'take' | 'close'; readonly name: string };

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

answerQuestions(answer);
