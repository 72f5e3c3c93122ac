import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock, type Clock } from '../../src/base/index.js';
import {
  allowReopening,
  decodeBatch,
  decodeEntry,
  readLocalSeals,
  type Ledger,
} from '../../src/ledger/index.js';
import { customerDescriptor, customers, draft } from './drafts.js';
import { eventually, ledgerFixture, type LedgerFixture } from './fixture.js';
import { wire } from './wire.js';

const refused = { code: 'LEDGER_UNAVAILABLE', status: 503 };

describe('a fault of the ledger', () => {
  let fixture: LedgerFixture;
  beforeEach(async () => {
    fixture = await ledgerFixture();
  });
  afterEach(() => fixture.dispose());

  const run = (text: string, values: unknown[] = []) => fixture.database.query(text, values);
  /** As an administrator who is not stopped by triggers. */
  const tamper = (text: string) =>
    run(`SET session_replication_role = replica; ${text}; RESET session_replication_role`);
  const returns = (ledger: Ledger) => eventually(() => ledger.available);
  async function recordedTimes(requestId: string): Promise<number> {
    const { rows } = await fixture.database.query<{ payload: Buffer; seal: Buffer }>(
      'SELECT payload, seal FROM ledger.batch',
    );
    return rows
      .flatMap((row) => decodeBatch(row).entries.map(decodeEntry))
      .filter((entry) => entry.kind === 'request' && entry.requestId === requestId).length;
  }
  async function writers(): Promise<number> {
    const { rows } = await fixture.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM ledger.writer',
    );
    return rows[0]!.n;
  }
  async function expectWhole(): Promise<void> {
    expect((await fixture.verify()).faults).toEqual([]);
  }

  it('the backend ends in the middle of a commit: refused, then recorded once as it was', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const holder = new pg.Client(fixture.database.config);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE ledger.batch IN ACCESS EXCLUSIVE MODE');
    const append = ledger.append(draft({ requestId: 'in doubt' }));
    const outcome = expect(append).rejects.toMatchObject(refused);
    let ended = 0;
    while (ended === 0) {
      const { rowCount } = await holder.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'ledger.batch'::regclass`,
      );
      ended = rowCount ?? 0;
    }
    await outcome;
    expect(ledger.available).toBe(false);
    await expect(ledger.append(draft())).rejects.toMatchObject(refused);
    await holder.query('COMMIT');
    await holder.end();
    await returns(ledger);
    await ledger.append(draft({ requestId: 'afterwards' }));
    expect([await recordedTimes('in doubt'), await recordedTimes('afterwards')]).toEqual([1, 1]);
    expect(await writers()).toBe(1);
    await expectWhole();
  });

  it('the answer comes after the deadline, as to a process that was stopped: refused, and settled', async () => {
    let skipped = 0n;
    const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skipped };
    const ledger = await fixture.open({ clock });
    await ledger.append(draft());
    const holder = new pg.Client(fixture.database.config);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE ledger.batch IN ACCESS EXCLUSIVE MODE');
    const outcome = expect(ledger.append(draft({ requestId: 'in doubt' }))).rejects.toMatchObject(refused);
    const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'ledger.batch'::regclass`;
    await eventually(async () => (await holder.query(waiting)).rowCount === 1);
    skipped = 6_000_000_000n;
    await holder.query('COMMIT');
    await holder.end();
    await outcome;
    await returns(ledger);
    expect(await recordedTimes('in doubt')).toBe(1);
    await expectWhole();
  });

  describe('on the wire', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'cordon-test-wire-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('the answer is lost: refused at the deadline, and recorded once although it had committed', async () => {
      const line = await wire(fixture.database.config, folder);
      const ledger = await fixture.open({ control: line.control, deadlineMs: 500 });
      await ledger.append(draft());
      line.loseAnswers();
      await expect(ledger.append(draft({ requestId: 'in doubt' }))).rejects.toMatchObject(refused);
      expect(await recordedTimes('in doubt')).toBe(1);
      expect(ledger.available).toBe(false);
      line.mend();
      await returns(ledger);
      await ledger.append(draft({ requestId: 'afterwards' }));
      expect([await recordedTimes('in doubt'), await recordedTimes('afterwards')]).toEqual([1, 1]);
      expect(await writers()).toBe(1);
      await expectWhole();
      await ledger.close();
      await line.close();
    });

    it('other bytes stand where a batch in doubt should be: that writer stops, another begins', async () => {
      const line = await wire(fixture.database.config, folder);
      const ledger = await fixture.open({ control: line.control, deadlineMs: 500 });
      await ledger.append(draft());
      line.loseRequests();
      await expect(ledger.append(draft({ requestId: 'in doubt' }))).rejects.toMatchObject(refused);
      await run(`INSERT INTO ledger.batch (day, writer_id, seq, n, t0, payload, seal)
        SELECT day, writer_id, seq + 1, n, t0, payload, seal FROM ledger.batch ORDER BY seq DESC LIMIT 1`);
      line.mend();
      await returns(ledger);
      await ledger.append(draft({ requestId: 'afterwards' }));
      expect([await recordedTimes('in doubt'), await recordedTimes('afterwards')]).toEqual([0, 1]);
      const { rows } = await run('SELECT closed_at IS NOT NULL AS closed FROM ledger.writer ORDER BY 1 DESC');
      expect(rows).toEqual([{ closed: true }, { closed: false }]);
      expect(fixture.log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
        'other bytes stand in place of a batch: this writer stops',
      ]);
      expect((await fixture.verify()).ok).toBe(false);
      await ledger.close();
      await line.close();
    });
  });

  it('a notice comes with the commit: refused although it succeeded, then recorded once', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    await run(`CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'cancelled'; RETURN NEW; END $$;
      CREATE TRIGGER warn BEFORE INSERT ON ledger.batch FOR EACH ROW WHEN (NEW.seq > 1) EXECUTE FUNCTION warn()`);
    await expect(ledger.append(draft({ requestId: 'in doubt' }))).rejects.toMatchObject(refused);
    expect(ledger.available).toBe(false);
    await run('DROP TRIGGER warn ON ledger.batch');
    await returns(ledger);
    await ledger.append(draft({ requestId: 'afterwards' }));
    expect([await recordedTimes('in doubt'), await recordedTimes('afterwards')]).toEqual([1, 1]);
    await expectWhole();
  });

  it('the database refuses the batch: refused, nothing recorded, and the chain goes on without a gap', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    await run(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON ledger.batch FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await expect(ledger.append(draft({ requestId: 'refused' }))).rejects.toMatchObject(refused);
    await run('DROP TRIGGER refuse ON ledger.batch');
    await returns(ledger);
    await ledger.append(draft({ requestId: 'afterwards' }));
    expect([await recordedTimes('refused'), await recordedTimes('afterwards')]).toEqual([0, 1]);
    expect(await writers()).toBe(1);
    await expectWhole();
  });

  it.each([
    ['ran out', `lease_until = clock_timestamp() - interval '1 second'`],
    ['was ended by somebody else', `closed_at = clock_timestamp()`],
  ])('the lease %s: nothing more enters, and another writer begins', async (_, change) => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    await run(`UPDATE ledger.writer SET ${change}`);
    await expect(ledger.append(draft({ requestId: 'late' }))).rejects.toMatchObject(refused);
    await returns(ledger);
    await ledger.append(draft({ requestId: 'afterwards' }));
    expect([await recordedTimes('late'), await recordedTimes('afterwards')]).toEqual([0, 1]);
    expect(await writers()).toBe(2);
    // The new chain vouches for the old one's end.
    expect(readLocalSeals(fixture.folder)).toHaveLength(1);
    await expectWhole();
  });

  it('keeps its lease while nothing is appended', async () => {
    const ledger = await fixture.open({ leaseMs: 300 });
    const { rows } = await run('SELECT lease_until AS first FROM ledger.writer');
    await eventually(
      async () =>
        (
          await run(`SELECT FROM ledger.writer WHERE lease_until > $1::timestamptz + interval '1 second'`, [
            rows[0]!.first,
          ])
        ).rowCount === 1,
    );
    await ledger.append(draft());
    expect(await writers()).toBe(1);
  });

  it('the partition of the day is missing: refused, and made when the ledger connects again', async () => {
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
    const ledger = await fixture.open({ clock });
    await ledger.append(draft());
    ahead = 40 * 86_400_000;
    await expect(ledger.append(draft({ requestId: 'refused' }))).rejects.toMatchObject(refused);
    await returns(ledger);
    await ledger.append(draft({ requestId: 'afterwards' }));
    expect([await recordedTimes('refused'), await recordedTimes('afterwards')]).toEqual([0, 1]);
    expect((await run('SELECT DISTINCT day FROM ledger.batch')).rowCount).toBe(2);
    // The new day announces its texts anew, or its partition could not be read by itself.
    await expectWhole();
  });

  it('a day begins anew: every text is announced again when it is next cited', async () => {
    let ahead = 0;
    const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
    const ledger = await fixture.open({ clock });
    const orders = { ...customerDescriptor, type: 'Order' };
    const both = draft({ disclosures: [customers(1), { ...customers(), count: 0, descriptor: orders }] });
    await ledger.append(both);
    ahead = 86_400_000;
    await ledger.append(draft({ disclosures: [customers(1)] }));
    await ledger.append(both);
    expect((await run('SELECT DISTINCT day FROM ledger.batch')).rowCount).toBe(2);
    await expectWhole();
  });

  it('the database lacks what was acknowledged: closed, until the operator says that it is known', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    await ledger.append(draft({ requestId: 'lost' }));
    await tamper('DELETE FROM ledger.batch WHERE seq = 2');
    await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'cordon-ledger' AND datname = current_database()`);
    await eventually(() =>
      fixture.log.some(({ message }) => message === 'the ledger database has lost batches'),
    );
    expect(ledger.available).toBe(false);
    await expect(ledger.append(draft())).rejects.toMatchObject(refused);
    expect((await fixture.verify()).faults).toMatchObject([{ kind: 'TAIL_LOST', seq: 2 }]);
    // A process that starts again on the same folder knows it too.
    await ledger.close();
    const restarted = await fixture.open();
    expect(restarted.available).toBe(false);
    allowReopening(fixture.folder);
    await returns(restarted);
    await restarted.append(draft({ requestId: 'afterwards' }));
    expect((await fixture.verify()).faults).toMatchObject([{ kind: 'GAP_DECLARED', seq: 2 }]);
  });

  it('refuses a server without a standby where one is asked for', async () => {
    const ledger = await fixture.open({ requireStandby: true });
    expect(ledger.available).toBe(false);
    expect(JSON.stringify(fixture.log)).toContain('synchronous_standby_names is empty');
  });
});
