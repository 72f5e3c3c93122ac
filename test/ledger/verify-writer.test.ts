import { generateKeyPairSync } from 'node:crypto';
import { encode } from 'cborg';
import { encodeCanonical, systemClock } from '../../src/base/index.js';
import { verifyLedger, type BatchRow } from '../../src/ledger/index.js';
import { forgedChain, request, summary } from './forged-chain.js';
import { kindsOf } from './kinds-of.js';

describe('verifying a writer that does wrong', () => {
  const { privateKey, publicKey: enrolment } = generateKeyPairSync('ed25519');
  const chain = () => forgedChain(privateKey);

  it('takes a chain that is in order', async () => {
    const { batch, start, writer } = chain();
    expect(
      await kindsOf({ enrolment, writers: [writer], batches: [batch(start()), batch(summary())] }),
    ).toEqual([]);
  });

  it('finds a sequence number that was used for two batches', async () => {
    const { batch, sidestep, start, writer } = chain();
    const batches = [batch(start()), sidestep(summary(1)), batch(summary(2))];
    expect(await kindsOf({ enrolment, writers: [writer], batches })).toEqual(['BATCH_REPEATED']);
  });

  it('finds a chain that goes on from a batch that was replaced', async () => {
    const { batch, sidestep, start, writer } = chain();
    const first = batch(start());
    const replaced = sidestep(summary(1));
    batch(summary(2));
    const batches = [first, replaced, batch(summary(3))];
    expect(await kindsOf({ enrolment, writers: [writer], batches })).toEqual(['CHAIN_BROKEN']);
  });

  it('finds another last batch than the one that was acknowledged', async () => {
    const { batch, sidestep, start, writer, writerId } = chain();
    const first = batch(start());
    const replaced = sidestep(summary(1));
    const acknowledged = batch(summary(2));
    expect(
      await kindsOf({
        enrolment,
        writers: [writer],
        batches: [first, replaced],
        localSeals: [{ writerId, stored: acknowledged.seal }],
      }),
    ).toEqual(['TAIL_FORKED']);
  });

  const malformed: [name: string, entry: Uint8Array][] = [
    [
      'an integer in more bytes than it needs',
      Buffer.concat([Buffer.from([0x87, 0x18, 0x03]), summary().subarray(2)]),
    ],
    [
      'an array of no set length',
      Buffer.concat([Buffer.from([0x9f]), summary().subarray(1), Buffer.from([0xff])]),
    ],
    ['a map', Buffer.from([0xa1, 0x01, 0x02])],
    ['a float', Buffer.from(encode([3, 1, new Uint8Array(16), 0.5, 0, null, []]))],
    ['bytes after the end', Buffer.concat([summary(), Buffer.from([0])])],
    ['an unknown kind', encodeCanonical([99, 1, Buffer.alloc(16)])],
    ['an unknown version', encodeCanonical([3, 2, Buffer.alloc(16), 0, 0, null, []])],
    ['no secret', encodeCanonical([3, 1, Buffer.alloc(0), 0, 0, null, []])],
    ['nothing', Buffer.alloc(0)],
  ];
  it.each(malformed)('finds an entry that is or has %s', async (_, entry) => {
    const { batch, start, writer } = chain();
    const batches = [batch(start()), batch(entry)];
    expect(await kindsOf({ enrolment, writers: [writer], batches })).toEqual(['ENTRY_MALFORMED']);
  });

  it('finds a request that cites texts which were not announced', async () => {
    const { batch, start, writer } = chain();
    const batches = [batch(start()), batch(request())];
    expect(await kindsOf({ enrolment, writers: [writer], batches })).toEqual(['TEXT_MISSING']);
  });

  it('finds a chain without a start, and one with two', async () => {
    const [without, twice] = [chain(), chain()];
    const writers = [without.writer, twice.writer];
    const batches = [without.batch(summary()), twice.batch(twice.start()), twice.batch(twice.start())];
    const { faults } = await verifyLedger({ enrolment, writers, batches });
    expect(faults).toMatchObject([
      { kind: 'START_MISPLACED', writerId: without.writerId, seq: 0 },
      { kind: 'START_MISPLACED', writerId: twice.writerId, seq: 1 },
    ]);
  });

  const faultsOf = async (...given: Parameters<typeof verifyLedger>) =>
    (await verifyLedger(...given)).faults.map(({ kind, seq }) => [kind, seq]);
  /** A seal whose signature is not its writer's: the last byte is of the signature. */
  const unsigned = (row: BatchRow): BatchRow => {
    const seal = Buffer.from(row.seal);
    seal.writeUInt8(seal.at(-1)! ^ 1, seal.length - 1);
    return { ...row, seal };
  };

  it.each([0, 1, 5, 10, 11])(
    'finds which seal of many was not signed by its writer: number %i',
    async (seq) => {
      const { batch, start, writer } = chain();
      const batches = [batch(start()), ...Array.from({ length: 11 }, () => batch(summary()))];
      batches[seq] = unsigned(batches[seq]!);
      // The seal behind it names another than this.
      const broken = seq < 11 ? [['CHAIN_BROKEN', seq + 1]] : [];
      expect(await faultsOf({ enrolment, writers: [writer], batches })).toEqual([
        ['SIGNATURE_INVALID', seq],
        ...broken,
      ]);
    },
  );

  it('finds every seal of a chain that somebody goes on with who does not have its key', async () => {
    const { batch, start, writer, continued } = chain();
    const batches = [batch(start()), batch(summary(1)), batch(summary(2))];
    const thief = continued(generateKeyPairSync('ed25519').privateKey);
    batches.push(thief.batch(summary(3)), thief.batch(summary(4)), thief.batch(summary(5)));
    expect(await faultsOf({ enrolment, writers: [writer], batches })).toEqual([
      ['SIGNATURE_INVALID', 3],
      ['SIGNATURE_INVALID', 4],
      ['SIGNATURE_INVALID', 5],
    ]);
  });

  it('finds a seal that was not signed, on either side of where batches are looked at together', async () => {
    const { batch, start, writer } = chain();
    const all = [batch(start()), ...Array.from({ length: 299 }, () => batch(summary()))];
    for (const seq of [254, 255, 256, 257]) {
      const batches = all.with(seq, unsigned(all[seq]!));
      expect(await faultsOf({ enrolment, writers: [writer], batches })).toEqual([
        ['SIGNATURE_INVALID', seq],
        ['CHAIN_BROKEN', seq + 1],
      ]);
    }
  });

  it('finds a monotonic clock that went back', async () => {
    let now = 10n;
    const { batch, start, writer } = forgedChain(privateKey, { ...systemClock, monotonic: () => now-- });
    const batches = [batch(start()), batch(summary())];
    expect(await kindsOf({ enrolment, writers: [writer], batches })).toEqual(['CLOCK_BACKWARDS']);
  });

  it('lists no more than a thousand faults', async () => {
    const { batch, start, writer } = chain();
    const first = batch(start());
    const batches = Array.from({ length: 1_500 }, () => first);
    const { ok, faults } = await verifyLedger({ enrolment, writers: [writer], batches });
    expect([ok, faults.length]).toEqual([false, 1_000]);
  });
});
