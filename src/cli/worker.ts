import { loadSecrets } from '../config.js';
import { boundHeapGrowth } from '../heap-growth.js';
import { startGateway, type RunningGateway } from '../main.js';
import { sha256 } from '../base/index.js';
import { shareOf } from '../worker-share.js';
import { reportFailure } from './failure.js';
import { createLog } from './log.js';
import type { Order, Report } from './worker-messages.js';

/**
 * One of several processes that answer on one port: a gateway with a ledger writer of its own, told by the process that
 * started it when to begin, to read its files anew and to stop.
 */

boundHeapGrowth();

type Model = RunningGateway['model'];

const tell = (report: Report): void => void process.send?.(report);

/** Of schema and policy together. */
function versionOf({ version, policy }: Model): string {
  return sha256(Buffer.concat([version, policy.version])).toString('hex', 0, 8);
}

let gateway: RunningGateway | null = null;
let version = '';
let reloadAsked = false;
let stopAsked = false;

async function begin({ number, workers, config }: Extract<Order, { order: 'begin' }>): Promise<void> {
  const log = createLog('info', { worker: number });
  try {
    const started = await startGateway(shareOf(config, { number, workers }), loadSecrets(config), log);
    gateway = started;
    version = versionOf(started.model);
    tell({ report: 'ready', address: started.address, version });
  } catch (error) {
    process.exit(await reportFailure(error));
  }
  if (stopAsked) await stop();
  else if (reloadAsked) await reload();
}

async function reload(): Promise<void> {
  if (gateway === null) {
    reloadAsked = true;
    return;
  }
  const reloaded = await gateway.reload();
  if (reloaded.ok) version = versionOf(reloaded.model);
  tell({ report: 'reloaded', version });
}

/** However often it is asked for: a terminal and a service manager tell every process, and the first passes it on as well. */
async function stop(): Promise<void> {
  stopAsked = true;
  const stopping = gateway;
  if (stopping === null) return;
  gateway = null;
  await stopping.close();
  process.exit(0);
}

process.on('message', (order: Order) => {
  if (order.order === 'begin') void begin(order);
  else void (order.order === 'reload' ? reload() : stop());
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
// Whether all read their files anew is not for one to decide.
process.on('SIGHUP', () => undefined);
tell({ report: 'waiting' });
