import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/base/index.js';
import {
  enrolmentPublicKey,
  loadOrCreateLedgerKeys,
  migrate,
  openLedger,
  verifyDatabase,
  type Ledger,
} from '../../src/ledger/index.js';
import { privateCluster, type PrivateCluster } from '../support/private-cluster.js';
import { draft } from './drafts.js';
import { eventually, migrations, recordingLog, type LogLine } from './fixture.js';

const refused = { code: 'LEDGER_UNAVAILABLE', status: 503 };

describe('an outage of the control database', () => {
  let cluster: PrivateCluster;
  let root: string;
  const log: LogLine[] = [];
  const opened: Ledger[] = [];
  beforeAll(async () => {
    cluster = await privateCluster();
    root = mkdtempSync(join(tmpdir(), 'cordon-test-outage-'));
    await migrate(cluster.connection(), migrations);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  });
  afterAll(async () => {
    await cluster.dispose();
    rmSync(root, { recursive: true });
  });

  const keys = () => loadOrCreateLedgerKeys(join(root, 'keys'));
  async function open(deadlineMs = 5_000): Promise<Ledger> {
    const ledger = await openLedger({
      control: cluster.connection(),
      keys: keys(),
      folder: join(root, 'seals'),
      clock: systemClock,
      log: recordingLog(log),
      deadlineMs,
    });
    opened.push(ledger);
    return ledger;
  }
  async function asAdministrator<Row extends pg.QueryResultRow>(...statements: string[]): Promise<Row[]> {
    const client = new pg.Client(cluster.connection());
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) ({ rows } = await client.query<Row>(statement));
      return rows;
    } finally {
      await client.end();
    }
  }
  const entries = async () =>
    (await asAdministrator<{ n: number }>('SELECT coalesce(sum(n), 0)::int AS n FROM ledger.batch'))[0]!.n;
  async function expectWhole(): Promise<void> {
    const { faults } = await verifyDatabase(cluster.connection(), {
      enrolment: enrolmentPublicKey(keys()),
      folders: [join(root, 'seals')],
    });
    expect(faults).toEqual([]);
  }

  it.each([
    ['stops', () => cluster.stop()],
    ['is killed', () => cluster.kill()],
  ])('that %s under load: no receipt without its entry, service returns by itself', async (_, fail) => {
    const ledger = await open();
    const before = await entries();
    let [receipts, refusals, stopped] = [0, 0, false];
    const load = Array.from({ length: 8 }, async () => {
      while (!stopped) {
        try {
          await ledger.append(draft({ disclosures: [] }));
          receipts += 1;
        } catch (error) {
          expect(error).toMatchObject(refused);
          refusals += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    });
    await eventually(() => receipts > 100);
    await fail();
    await eventually(() => !ledger.available);
    await expect(ledger.append(draft())).rejects.toMatchObject(refused);
    await cluster.start();
    await eventually(() => ledger.available);
    const sofar = receipts;
    await eventually(() => receipts > sofar + 100);
    stopped = true;
    await Promise.all(load);
    expect(refusals).toBeGreaterThan(0);
    expect((await entries()) - before).toBeGreaterThanOrEqual(receipts);
    await expectWhole();
  });

  it('before the start: opens closed, and serves when the database comes', async () => {
    await cluster.stop();
    const ledger = await open();
    expect(ledger.available).toBe(false);
    await expect(ledger.append(draft())).rejects.toMatchObject(refused);
    await cluster.start();
    await eventually(() => ledger.available);
    await ledger.append(draft());
    await expectWhole();
  });

  /** A server that is told of a standby goes by it a little later: commits until one has to wait, and lets that one go. */
  async function untilCommitsWait(): Promise<void> {
    const commit = `COMMENT ON SCHEMA ledger IS 'written'`;
    await eventually(async () => {
      const probe = { over: false };
      const committing = asAdministrator(commit).then(() => (probe.over = true));
      let waited = false;
      while (!probe.over && !waited) {
        const cancelled = await asAdministrator(
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE 'COMMENT%'`,
        );
        waited = cancelled.length > 0;
      }
      await committing;
      return waited;
    });
  }

  it('a wait for a standby that is cancelled commits with a warning: refused all the same, and settled', async () => {
    const ledger = await open(20_000);
    await ledger.append(draft());
    const before = await entries();
    await asAdministrator(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`, 'SELECT pg_reload_conf()');
    await untilCommitsWait();
    const outcome = expect(ledger.append(draft())).rejects.toMatchObject(refused);
    await eventually(async () => {
      const cancelled = await asAdministrator(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'cordon-ledger'`,
      );
      return cancelled.length > 0;
    });
    await outcome;
    await asAdministrator(`ALTER SYSTEM RESET synchronous_standby_names`, 'SELECT pg_reload_conf()');
    await eventually(() => ledger.available);
    await ledger.append(draft());
    expect(await entries()).toBe(before + 2);
    await expectWhole();
  });
});

it('a server that does not flush its commits is never used', async () => {
  const cluster = await privateCluster({ fsync: 'off' });
  const root = mkdtempSync(join(tmpdir(), 'cordon-test-outage-'));
  const log: LogLine[] = [];
  try {
    await migrate(cluster.connection(), migrations);
    const ledger = await openLedger({
      control: cluster.connection(),
      keys: loadOrCreateLedgerKeys(join(root, 'keys')),
      folder: join(root, 'seals'),
      clock: systemClock,
      log: recordingLog(log),
    });
    expect(ledger.available).toBe(false);
    expect(JSON.stringify(log)).toContain('fsync is off');
    await ledger.close();
  } finally {
    await cluster.dispose();
    rmSync(root, { recursive: true });
  }
});
