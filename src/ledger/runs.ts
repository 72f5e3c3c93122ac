import type { BatchRow } from './ledger-reader.js';

/** Batches of one writer, one after the other as they came. */
export type Run = readonly [BatchRow, ...BatchRow[]];

/** A signature is checked for each run, and all of one is in memory. */
const maxBatches = 256;
const maxBytes = 4 * 1024 * 1024;

/** Gathers what comes into runs; interleaved writers make short ones. */
export async function* runs(batches: AsyncIterable<BatchRow> | Iterable<BatchRow>): AsyncGenerator<Run> {
  let run: [BatchRow, ...BatchRow[]] | null = null;
  let bytes = 0;
  for await (const row of batches) {
    if (run !== null && run[0].writerId === row.writerId && run.length < maxBatches && bytes < maxBytes) {
      run.push(row);
    } else {
      if (run !== null) yield run;
      [run, bytes] = [[row], 0];
    }
    bytes += row.payload.length;
  }
  if (run !== null) yield run;
}
