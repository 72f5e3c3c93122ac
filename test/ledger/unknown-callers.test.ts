import { systemClock } from '../../src/base/index.js';
import { decodeBatch, decodeEntry } from '../../src/ledger/index.js';
import { UnknownCallers } from '../../src/ledger/unknown-callers.js';
import { ledgerFixture } from './fixture.js';

describe('callers that nobody knows', () => {
  it('are counted by network and code, and the count begins anew', () => {
    const unknown = new UnknownCallers({ ...systemClock, now: () => 5_000 });
    unknown.count('203.0.113.0/24', 'UNAUTHENTICATED');
    unknown.count('203.0.113.0/24', 'UNAUTHENTICATED');
    unknown.count('203.0.113.0/24', 'FORBIDDEN');
    unknown.count('198.51.100.0/24', 'UNAUTHENTICATED');
    expect(unknown.take()).toEqual([
      {
        from: 5_000,
        network: '203.0.113.0/24',
        counts: [
          { code: 'UNAUTHENTICATED', count: 2 },
          { code: 'FORBIDDEN', count: 1 },
        ],
      },
      { from: 5_000, network: '198.51.100.0/24', counts: [{ code: 'UNAUTHENTICATED', count: 1 }] },
    ]);
    expect(unknown.take()).toEqual([]);
  });

  it('cannot fill the ledger, whatever networks they come from', () => {
    const unknown = new UnknownCallers(systemClock);
    for (let i = 0; i < 5_000; i++) unknown.count(`network ${i}`, `code ${i % 100}`);
    const summaries = unknown.take();
    expect(summaries).toHaveLength(1_001);
    const counts = summaries.flatMap((summary) => summary.counts);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    const others = summaries.find(({ network }) => network === null)!;
    expect(others.counts.length).toBeLessThanOrEqual(33);
  });

  it('are counted again when their summary could not be recorded', () => {
    let now = 1_000;
    const unknown = new UnknownCallers({ ...systemClock, now: () => now });
    unknown.count('203.0.113.0/24', 'UNAUTHENTICATED');
    const [summary] = unknown.take();
    now = 2_000;
    unknown.count('203.0.113.0/24', 'UNAUTHENTICATED');
    unknown.putBack(summary!);
    expect(unknown.take()).toEqual([
      { from: 1_000, network: '203.0.113.0/24', counts: [{ code: 'UNAUTHENTICATED', count: 2 }] },
    ]);
  });

  it('have their summary on the ledger when it is closed', async () => {
    const fixture = await ledgerFixture();
    try {
      const ledger = await fixture.open();
      for (let i = 0; i < 3; i++) ledger.countUnknown('203.0.113.0/24', 'UNAUTHENTICATED');
      await ledger.close();
      const { rows } = await fixture.database.query<{ payload: Buffer; seal: Buffer }>(
        'SELECT payload, seal FROM ledger.batch ORDER BY seq DESC LIMIT 1',
      );
      expect(decodeBatch(rows[0]!).entries.map(decodeEntry)).toMatchObject([
        {
          kind: 'unknown callers',
          network: '203.0.113.0/24',
          counts: [{ code: 'UNAUTHENTICATED', count: 3 }],
        },
      ]);
      expect((await fixture.verify()).faults).toEqual([]);
    } finally {
      await fixture.dispose();
    }
  });
});
