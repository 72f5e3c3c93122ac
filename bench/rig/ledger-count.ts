import type pg from 'pg';
import { decodeBatch, decodeEntry, openLedgerReader } from '../../src/ledger/index.js';

/** Requests that a ledger holds, each read. */
export async function countRequests(control: pg.ClientConfig): Promise<number> {
  const reader = await openLedgerReader(control);
  try {
    let entries = 0;
    for await (const batch of reader.batches())
      for (const bytes of decodeBatch(batch).entries) if (decodeEntry(bytes).kind === 'request') entries += 1;
    return entries;
  } finally {
    await reader.close();
  }
}
