import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { enrolmentPublicKey, verifyReceipt, type ReceiptProof } from '../../src/ledger/index.js';
import { compiled } from '../support/compiled.js';
import type { AppenderArguments } from './appender.js';
import { eventually, ledgerFixture, type LedgerFixture } from './fixture.js';

/** A process of `appender.ts`, and what it has released. */
interface Appender {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly receipts: ReceiptProof[];
  kill(): Promise<void>;
}

function startAppender(fixture: LedgerFixture, leaseMs: number, deadlineMs: number): Appender {
  const { database, folder, keyFolder, keys } = fixture;
  const program: AppenderArguments = { control: database.config, folder, keyFolder, leaseMs, deadlineMs };
  const child = spawn(process.execPath, [compiled('test/ledger/appender.ts'), JSON.stringify(program)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const receipts: ReceiptProof[] = [];
  const enrolment = enrolmentPublicKey(keys);
  let killed = false;
  createInterface(child.stdout).on('line', (line) => {
    // The last line of a process that was killed may be a part of one.
    if (killed && line.length < 1280) return;
    receipts.push(verifyReceipt(line, enrolment));
  });
  return {
    process: child,
    receipts,
    kill: async () => {
      killed = true;
      child.kill('SIGKILL');
      await closed;
    },
  };
}

describe('a gateway process', () => {
  let fixture: LedgerFixture;
  let appender: Appender | undefined;
  beforeEach(async () => {
    fixture = await ledgerFixture();
  });
  afterEach(async () => {
    await appender?.kill();
    await fixture.dispose();
  });

  async function recorded(): Promise<Map<string, number>> {
    const { rows } = await fixture.database.query<{ place: string; n: number }>(
      `SELECT writer_id || '/' || seq AS place, n FROM ledger.batch`,
    );
    return new Map(rows.map(({ place, n }) => [place, n]));
  }

  it('that is killed at any moment has recorded everything that it released', async () => {
    for (let round = 1; round <= 3; round++) {
      const running = (appender = startAppender(fixture, 1_000, 5_000));
      await eventually(() => running.receipts.length >= 50 * round);
      await running.kill();
      const batches = await recorded();
      for (const { writerId, seq, index } of running.receipts) {
        expect(batches.get(`${writerId}/${seq}`)).toBeGreaterThan(index);
      }
    }
    expect((await fixture.verify()).faults).toEqual([]);
  });

  it('that slept past its lease releases nothing under it, and goes on under another', async () => {
    const running = (appender = startAppender(fixture, 1_000, 600));
    await eventually(() => running.receipts.length >= 50);
    running.process.kill('SIGSTOP');
    await eventually(
      async () =>
        (await fixture.database.query('SELECT FROM ledger.writer WHERE lease_until < clock_timestamp()'))
          .rowCount === 1,
    );
    // What it wrote before it was stopped is read first, which may take longer than writing it.
    let before = -1;
    while (before < running.receipts.length) {
      before = running.receipts.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { writerId: asleep, seq: handedOut } = running.receipts.at(-1)!;
    running.process.kill('SIGCONT');
    await eventually(() => running.receipts.length >= before + 50);
    const after = running.receipts.slice(before);
    // It may have been stopped between the lines of one batch, the first of which were out already.
    expect(after.filter(({ writerId, seq }) => writerId === asleep && seq !== handedOut)).toEqual([]);
    await running.kill();
    expect((await fixture.verify()).faults).toEqual([]);
  });
});
