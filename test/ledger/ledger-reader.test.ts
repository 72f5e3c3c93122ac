import { openLedgerReader } from '../../src/ledger/index.js';
import { draft } from './drafts.js';
import { ledgerFixture } from './fixture.js';

/** More than a page of the reader's. */
const entries = 70;

test('a reader goes on after what is known of a writer, and leaves other writers alone', async () => {
  const fixture = await ledgerFixture();
  try {
    for (let writers = 0; writers < 2; writers += 1) {
      const ledger = await fixture.open();
      // One after another, so that each is a batch.
      for (let i = 0; i < entries; i += 1) await ledger.append(draft());
      await ledger.close();
    }
    const reader = await openLedgerReader(fixture.database.config);
    try {
      const all: string[] = [];
      for await (const { writerId, seq } of reader.batches()) all.push(`${writerId} ${seq}`);
      const [writer, other] = (await reader.writers()).map(({ writerId }) => writerId);
      expect(other).toBeDefined();
      const read = async (writerId: string, after: number): Promise<readonly string[]> => {
        const found: string[] = [];
        for await (const row of reader.batchesOf(writerId, after)) found.push(`${row.writerId} ${row.seq}`);
        return found;
      };
      const own = all.filter((each) => each.startsWith(writer!));
      expect(own.length).toBeGreaterThan(entries);
      expect(await read(writer!, -1)).toEqual(own);
      expect(await read(writer!, 66)).toEqual(own.slice(67));
      expect(await read(writer!, own.length - 1)).toEqual([]);
    } finally {
      await reader.close();
    }
  } finally {
    await fixture.dispose();
  }
});
