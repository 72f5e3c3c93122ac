import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { encodeCanonical } from '../../src/base/index.js';
import {
  enrolmentPublicKey,
  leafHash,
  openLedgerReader,
  readLocalSeals,
  verifyLedger,
  type BatchRow,
  type FaultKind,
  type LedgerEvidence,
  type LocalSeal,
  type StoredDataKey,
  type WriterRow,
} from '../../src/ledger/index.js';
import { readPayload } from '../../src/ledger/batch.js';
import { ContentThreads } from '../../src/ledger/content-checker.js';
import { compiled } from '../support/compiled.js';
import { customers, draft } from './drafts.js';
import { ledgerFixture, type LedgerFixture } from './fixture.js';
import { summary } from './forged-chain.js';
import { kindsOf } from './kinds-of.js';

/** A ledger as read, for a test to alter. */
interface Evidence extends LedgerEvidence {
  writers: WriterRow[];
  batches: BatchRow[];
  dataKeys: StoredDataKey[];
  localSeals: LocalSeal[];
}

function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
  return flipped;
}

/** The same batch with other entries under the same seal. */
function withEntries(row: BatchRow, change: (entries: Buffer[]) => Uint8Array[]): BatchRow {
  return { ...row, payload: Buffer.from(encodeCanonical([1, change(readPayload(row.payload))])) };
}

describe('verifying a ledger that was honestly written', () => {
  let fixture: LedgerFixture;
  let original: Evidence;
  /** A copy to alter: batches 0 to 3 of one writer, then 0 to 3 of the writer after it. */
  let evidence: Evidence;

  beforeAll(async () => {
    fixture = await ledgerFixture();
    const localSeals: LocalSeal[] = [];
    for (const start of [0, 100]) {
      const ledger = await fixture.open();
      for (const batch of [1, 2, 3]) {
        await Promise.all(
          [1, 2, 3].map((i) => ledger.append(draft({ disclosures: [customers(start + 10 * batch + i)] }))),
        );
      }
      await ledger.close();
      localSeals.push(...readLocalSeals(fixture.folder));
    }
    const reader = await openLedgerReader(fixture.database.config);
    const batches: BatchRow[] = [];
    for await (const row of reader.batches()) batches.push(row);
    const dataKeys: StoredDataKey[] = [];
    for await (const row of reader.dataKeys()) dataKeys.push(row);
    const writers = [...(await reader.writers())];
    await reader.close();
    const { keys } = fixture;
    const inOrder = localSeals.flatMap(({ writerId }) => batches.filter((row) => row.writerId === writerId));
    original = {
      enrolment: enrolmentPublicKey(keys),
      wrapping: keys.wrapping,
      writers,
      batches: inOrder,
      dataKeys,
      localSeals,
    };
  });
  beforeEach(() => {
    const { writers, batches, dataKeys, localSeals } = original;
    evidence = {
      ...original,
      writers: [...writers],
      batches: [...batches],
      dataKeys: [...dataKeys],
      localSeals: [...localSeals],
    };
  });
  afterAll(() => fixture.dispose());

  const change = (index: number, changes: Partial<BatchRow>) => {
    evidence.batches[index] = { ...evidence.batches[index]!, ...changes };
  };

  it('finds nothing wrong', async () => {
    const entries = evidence.batches.reduce((sum, { n }) => sum + n, 0);
    expect(await verifyLedger(evidence)).toEqual({
      ok: true,
      entries,
      batches: evidence.batches.length,
      size: entries,
      faults: [],
    });
  });

  it.each(['payload', 'seal'] as const)('finds any bit flipped in a %s', async (column) => {
    const { length } = evidence.batches[1]![column];
    for (let at = 0; at < length; at += column === 'seal' ? 1 : 5) {
      change(1, { [column]: flip(original.batches[1]![column], at) });
      expect(await kindsOf(evidence)).not.toEqual([]);
    }
  });

  it.each(['certificate', 'publicKey'] as const)('finds any bit flipped in a %s', async (column) => {
    const writer = evidence.writers[0]!;
    for (let at = 0; at < writer[column].length; at++) {
      evidence.writers[0] = { ...writer, [column]: flip(writer[column], at) };
      expect(await kindsOf(evidence)).toContain('CERTIFICATE_INVALID');
    }
  });

  it.each(['id', 'wrapped', 'commitment'] as const)(
    'finds any bit flipped in the %s of a data key',
    async (column) => {
      const key = evidence.dataKeys[0]!;
      for (let at = 0; at < key[column]!.length; at++) {
        evidence.dataKeys[0] = { ...key, [column]: flip(key[column]!, at) };
        expect(await kindsOf(evidence)).toContain('DATA_KEY_INVALID');
      }
    },
  );

  const cases: [name: string, tamper: () => void, kinds: FaultKind[]][] = [
    ['a batch deleted', () => evidence.batches.splice(1, 1), ['BATCH_MISSING']],
    ['the first batch of a chain deleted', () => evidence.batches.splice(0, 1), ['BATCH_MISSING']],
    ['the tail cut off', () => evidence.batches.splice(-1, 1), ['TAIL_LOST']],
    [
      'a chain emptied',
      () =>
        (evidence.batches = evidence.batches.filter(
          ({ writerId }) => writerId !== evidence.localSeals[1]!.writerId,
        )),
      ['TAIL_LOST'],
    ],
    [
      'a chain and its writer gone, where only the next chain remembers it',
      () => {
        const gone = evidence.localSeals.shift()!.writerId;
        evidence.batches = evidence.batches.filter(({ writerId }) => writerId !== gone);
        evidence.writers = evidence.writers.filter(({ writerId }) => writerId !== gone);
      },
      ['TAIL_LOST'],
    ],
    [
      'the tail of a chain cut off, where only the next chain remembers it',
      () => {
        const { writerId } = evidence.localSeals.shift()!;
        evidence.batches.splice(
          evidence.batches.findLastIndex((row) => row.writerId === writerId),
          1,
        );
      },
      ['TAIL_LOST'],
    ],
    ['a batch twice', () => evidence.batches.splice(1, 0, evidence.batches[1]!), ['BATCH_REPEATED']],
    [
      'a batch twice, on another day',
      () => evidence.batches.splice(1, 0, { ...evidence.batches[1]!, day: '2020-01-01' }),
      ['COLUMN_MISMATCH', 'BATCH_REPEATED'],
    ],
    [
      'two batches swapped',
      () => {
        const [first, second] = [evidence.batches[1]!, evidence.batches[2]!];
        change(1, { ...second, seq: first.seq });
        change(2, { ...first, seq: second.seq });
      },
      ['COLUMN_MISMATCH', 'BATCH_MISSING', 'BATCH_REPEATED'],
    ],
    [
      'the payloads of two batches swapped',
      () => {
        const [first, second] = [evidence.batches[1]!, evidence.batches[2]!];
        change(1, { payload: second.payload });
        change(2, { payload: first.payload });
      },
      ['ROOT_MISMATCH'],
    ],
    [
      'a batch moved to another writer',
      () => change(1, { writerId: evidence.localSeals[1]!.writerId }),
      ['SIGNATURE_INVALID', 'COLUMN_MISMATCH'],
    ],
    ...(['n', 't0', 'seq'] as const).map((column): (typeof cases)[number] => [
      `the column ${column} altered`,
      () => change(1, { [column]: evidence.batches[1]![column] + 1 }),
      ['COLUMN_MISMATCH'],
    ]),
    ['the column day altered', () => change(1, { day: '2020-01-01' }), ['COLUMN_MISMATCH']],
    [
      'an entry deleted',
      () => (evidence.batches[1] = withEntries(evidence.batches[1]!, (entries) => entries.slice(0, -1))),
      ['COUNT_MISMATCH', 'ROOT_MISMATCH'],
    ],
    [
      'an entry inserted',
      () => (evidence.batches[1] = withEntries(evidence.batches[1]!, (entries) => [...entries, summary()])),
      ['COUNT_MISMATCH', 'ROOT_MISMATCH'],
    ],
    [
      'an entry twice in place of another',
      () =>
        (evidence.batches[2] = withEntries(evidence.batches[2]!, (entries) => [
          entries[0]!,
          ...entries.slice(0, -1),
        ])),
      ['ROOT_MISMATCH'],
    ],
    [
      'entries reordered',
      () => (evidence.batches[2] = withEntries(evidence.batches[2]!, (entries) => entries.toReversed())),
      ['ROOT_MISMATCH'],
    ],
    [
      'an inner node passed off as an entry',
      () =>
        (evidence.batches[2] = withEntries(evidence.batches[2]!, ([first, second, ...rest]) => [
          Buffer.concat([leafHash(first!), leafHash(second!)]),
          ...rest,
        ])),
      ['COUNT_MISMATCH', 'ROOT_MISMATCH'],
    ],
    [
      'no entries at all',
      () => (evidence.batches[2] = withEntries(evidence.batches[2]!, () => [])),
      ['COUNT_MISMATCH', 'ROOT_MISMATCH'],
    ],
    [
      'a payload with bytes after its end',
      () => change(1, { payload: Buffer.concat([evidence.batches[1]!.payload, Buffer.from([0])]) }),
      ['PAYLOAD_MALFORMED'],
    ],
    ['a writer without a row', () => evidence.writers.splice(0, 1), ['WRITER_UNKNOWN']],
    [
      'the certificate of another writer',
      () => {
        const [first, second] = evidence.writers;
        evidence.writers[0] = { ...first!, certificate: second!.certificate };
      },
      ['CERTIFICATE_INVALID'],
    ],
    ['a data key removed', () => evidence.dataKeys.splice(0, 1), ['DATA_KEY_MISSING']],
    [
      'a data key of another scope',
      () => (evidence.dataKeys[0] = { ...evidence.dataKeys[0]!, scope: 'source:crm:1999-01' }),
      ['DATA_KEY_INVALID'],
    ],
    [
      'another data key in place of one',
      () => (evidence.dataKeys[0] = { ...evidence.dataKeys[1]!, id: evidence.dataKeys[0]!.id }),
      ['DATA_KEY_INVALID'],
    ],
  ];

  it.each(cases)('finds %s', async (_, tamper, kinds) => {
    tamper();
    expect(await kindsOf(evidence)).toEqual(expect.arrayContaining(kinds));
  });

  describe('in threads', () => {
    let checker: ContentThreads;
    beforeAll(() => {
      checker = new ContentThreads(2, pathToFileURL(compiled('src/ledger/content-thread.ts')));
    });
    afterAll(() => checker.close());

    it('finds nothing wrong', async () => {
      expect(await verifyLedger({ ...evidence, checker })).toMatchObject({ ok: true, faults: [] });
    });

    it.each(cases)('finds the same of %s', async (_, tamper) => {
      tamper();
      expect(await verifyLedger({ ...evidence, checker })).toEqual(await verifyLedger(evidence));
    });

    it('fails, and finds nothing, once a thread is gone', async () => {
      const gone = new ContentThreads(1, pathToFileURL(compiled('src/ledger/content-thread.ts')));
      await gone.close();
      await expect(verifyLedger({ ...evidence, checker: gone })).rejects.toThrow('a thread has ended');
    });
  });

  it('finds nothing under another enrolment key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(await kindsOf({ ...evidence, enrolment: publicKey })).toContain('CERTIFICATE_INVALID');
  });

  it('takes a data key that was destroyed', async () => {
    evidence.dataKeys[0] = { ...evidence.dataKeys[0]!, wrapped: null };
    expect(await kindsOf(evidence)).toEqual([]);
  });

  it('does not mind how the writers are interleaved', async () => {
    const [first, second] = evidence.localSeals.map(({ writerId }) =>
      original.batches.filter((row) => row.writerId === writerId),
    );
    evidence.batches = second!.flatMap((row, i) => (first![i] === undefined ? [row] : [row, first![i]]));
    evidence.batches.push(...first!.slice(second!.length));
    expect(await kindsOf(evidence)).toEqual([]);
  });
});
