import type { KeyObject } from 'node:crypto';
import type pg from 'pg';
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
 * @param options.progress told now and then how far it has come
 */
export async function verifyDatabase(
  control: pg.ClientConfig,
  options: {
    enrolment: KeyObject;
    wrapping?: Buffer;
    folders?: readonly string[];
    progress?: (seen: Progress) => void;
  },
): Promise<Verification> {
  const { enrolment, wrapping, folders = [], progress = () => undefined } = options;
  // Before the snapshot: a seal that is remembered later belongs to a batch that the snapshot does not have.
  const localSeals = folders.flatMap(readLocalSeals);
  const reader = await openLedgerReader(control);
  try {
    return await verifyLedger({
      enrolment,
      writers: await reader.writers(),
      batches: counting(reader.batches(), progress),
      dataKeys: reader.dataKeys(),
      localSeals,
      ...(wrapping !== undefined && { wrapping }),
    });
  } finally {
    await reader.close();
  }
}
