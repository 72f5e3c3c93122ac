import type { KeyObject } from 'node:crypto';
import type pg from 'pg';
import { contentHere, ContentThreads } from './content-checker.js';
import { openLedgerReader, type BatchRow } from './ledger-reader.js';
import { readLocalSeals } from './seal-folder.js';
import { verifyLedger, type Verification } from './verify-ledger.js';

interface Progress {
  readonly entries: number;
  readonly batches: number;
}

const batchesAtOnce = 100;

async function* counting(
  rows: AsyncIterable<BatchRow>,
  progress: (seen: Progress) => void,
): AsyncGenerator<BatchRow> {
  let [entries, batches] = [0, 0];
  for await (const row of rows) {
    entries += row.n;
    batches += 1;
    if (batches % batchesAtOnce === 0) progress({ entries, batches });
    yield row;
  }
}

/**
 * Verifies what a control database holds now, with no trust in it. Runs beside a gateway that writes.
 * @param options.folders of last seals, one a gateway process
 * @param options.wrapping with it, data keys are unwrapped too
 * @param options.threads that read entries, beside this one
 * @param options.progress told now and then how far it has come
 */
export async function verifyDatabase(
  control: pg.ClientConfig,
  options: {
    enrolment: KeyObject;
    wrapping?: Buffer;
    folders?: readonly string[];
    threads?: number;
    progress?: (seen: Progress) => void;
  },
): Promise<Verification> {
  const { enrolment, wrapping, folders = [], threads = 0, progress = () => undefined } = options;
  // Before the snapshot: a seal that is remembered later belongs to a batch that the snapshot does not have.
  const localSeals = folders.flatMap(readLocalSeals);
  const reader = await openLedgerReader(control);
  const checker = threads > 0 ? new ContentThreads(threads) : contentHere;
  try {
    return await verifyLedger({
      enrolment,
      writers: await reader.writers(),
      batches: counting(reader.batches(), progress),
      dataKeys: reader.dataKeys(),
      localSeals,
      checker,
      ...(wrapping !== undefined && { wrapping }),
    });
  } finally {
    await Promise.all([checker.close(), reader.close()]);
  }
}
