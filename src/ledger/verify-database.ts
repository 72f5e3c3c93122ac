import type { KeyObject } from 'node:crypto';
import type pg from 'pg';
import { openLedgerReader } from './ledger-reader.js';
import { readLocalSeals } from './seal-folder.js';
import { verifyLedger, type Verification } from './verify-ledger.js';

/**
 * Verifies what a control database holds now, with no trust in it. Runs beside a gateway that writes.
 * @param options.folders of last seals, one a gateway process
 * @param options.wrapping with it, data keys are unwrapped too
 */
export async function verifyDatabase(
  control: pg.ClientConfig,
  options: { enrolment: KeyObject; wrapping?: Buffer; folders?: readonly string[] },
): Promise<Verification> {
  const { enrolment, wrapping, folders = [] } = options;
  // Before the snapshot: a seal that is remembered later belongs to a batch that the snapshot does not have.
  const localSeals = folders.flatMap(readLocalSeals);
  const reader = await openLedgerReader(control);
  try {
    return await verifyLedger({
      enrolment,
      writers: await reader.writers(),
      batches: reader.batches(),
      dataKeys: reader.dataKeys(),
      localSeals,
      ...(wrapping !== undefined && { wrapping }),
    });
  } finally {
    await reader.close();
  }
}
