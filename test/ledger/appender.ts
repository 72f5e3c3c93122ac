// A process that appends without pause, to be stopped and killed: every line on its standard output is a receipt, and
// stands for a response that a client received in full.
import { loadOrCreateLedgerKeys, openLedger } from '../../src/ledger/index.js';
import { systemClock } from '../../src/base/index.js';
import { quietLog } from '../support/quiet-log.js';
import { draft } from './drafts.js';

/** How the test tells the process what to do: one JSON argument. */
export interface AppenderArguments {
  readonly control: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly folder: string;
  readonly keyFolder: string;
  readonly leaseMs: number;
  readonly deadlineMs: number;
}

const { keyFolder, ...options } = JSON.parse(process.argv[2] ?? '') as AppenderArguments;
const keys = loadOrCreateLedgerKeys(keyFolder);
const ledger = await openLedger({ ...options, keys, clock: systemClock, log: quietLog });

async function appendForEver(): Promise<void> {
  for (;;) {
    try {
      const { header } = await ledger.append(draft());
      process.stdout.write(`${header}\n`);
      // No faster than they are read and verified: what waits here when this process is stopped was released before.
      await new Promise((resolve) => setTimeout(resolve, 5));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

await Promise.all(Array.from({ length: 4 }, appendForEver));
