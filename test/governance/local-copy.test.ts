import pg from 'pg';
import { systemClock } from '../../src/base/index.js';
import { createLocalCopy, type LocalCopy } from '../../src/governance/local-copy.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { privateCluster, type PrivateCluster } from '../support/private-cluster.js';
import { quietLog } from '../support/quiet-log.js';
import { movingClock } from '../identity/support/moving-clock.js';
import { governanceSchema, governanceTemplate } from './support/control-database.js';
import { until } from './support/until.js';
import { attack } from '../attacks/attack.js';

const courses = async (client: pg.ClientBase): Promise<string[]> =>
  (await client.query<{ course: string }>('SELECT course FROM governance.training ORDER BY id')).rows.map(
    ({ course }) => course,
  );

const training = (id: string, course: string): string =>
  `INSERT INTO governance.training (id, person, course, version, completed_at) VALUES ('${id}', 'p', '${course}', '1', now())`;

describe('the local copy', () => {
  let database: TestDatabase;
  let copy: LocalCopy<string[]>;
  beforeEach(async () => {
    database = await freshDatabase('copy', { template: await governanceTemplate() });
  });
  afterEach(async () => {
    await copy.stop();
    await database.drop();
  });

  test('has nothing to say before it is started', () => {
    copy = createLocalCopy({ control: database.config, load: courses, clock: systemClock, log: quietLog });
    expect(copy.read()).toBeNull();
  });

  test('holds the records once started, and every later change by itself', async () => {
    await database.query(training('t1', 'safety'));
    copy = createLocalCopy({ control: database.config, load: courses, clock: systemClock, log: quietLog });
    await copy.start();
    expect(copy.read()).toEqual(['safety']);
    await database.query(training('t2', 'secrets'));
    await until(() => copy.read()?.length === 2);
    await database.query("UPDATE governance.training SET course = 'law' WHERE id = 't1'");
    await until(() => copy.read()?.[0] === 'law');
    await database.query('DELETE FROM governance.training');
    await until(() => copy.read()?.length === 0);
  });

  test('loads all records only when their revision has changed', async () => {
    let loads = 0;
    copy = createLocalCopy({
      control: database.config,
      load: (client) => {
        loads += 1;
        return courses(client);
      },
      clock: systemClock,
      log: quietLog,
    });
    const questions = async (): Promise<boolean> => {
      const { rows } = await database.query<{ calls: string }>(
        "SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::text AS calls FROM pg_stat_user_tables WHERE relname = 'revision'",
      );
      return Number(rows[0]?.calls) >= 4;
    };
    await copy.start();
    await until(questions);
    expect(loads).toBe(1);
    await database.query(training('t1', 'safety'));
    await until(() => loads === 2);
  });

  attack([50], 'is believed for one second by the monotonic clock and not longer', async () => {
    const clock = movingClock();
    copy = createLocalCopy({ control: database.config, load: courses, clock, log: quietLog });
    await copy.start();
    await copy.stop();
    clock.advance(1);
    expect(copy.read()).toEqual([]);
    clock.advance(0.001);
    expect(copy.read()).toBeNull();
  });

  test('counts its age from before the question, not from the answer', async () => {
    const clock = movingClock();
    const load = async (client: pg.ClientBase): Promise<string[]> => {
      const records = await courses(client);
      clock.advance(1.001);
      return records;
    };
    copy = createLocalCopy({ control: database.config, load, clock, log: quietLog });
    await copy.start();
    expect(copy.read()).toBeNull();
  });

  test('survives the loss of its connection between two polls', async () => {
    copy = createLocalCopy({ control: database.config, load: courses, clock: systemClock, log: quietLog });
    await copy.start();
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cordon-governance' AND datname = current_database()",
    );
    await database.query(training('t1', 'safety'));
    await until(() => copy.read()?.length === 1);
  });

  test('follows a database whose tables appear only after the start', async () => {
    const empty = await freshDatabase('copy_empty');
    try {
      copy = createLocalCopy({ control: empty.config, load: courses, clock: systemClock, log: quietLog });
      await copy.start();
      expect(copy.read()).toBeNull();
      await empty.query(governanceSchema);
      await until(() => copy.read() !== null);
      await copy.stop();
    } finally {
      await empty.drop();
    }
  });
});

describe('while its database is away, the local copy', () => {
  let cluster: PrivateCluster;
  let copy: LocalCopy<string[]>;
  let admin: pg.Pool;
  const logged: { message: string; fields: object }[] = [];
  const keep = (fields: object, message: string): void => void logged.push({ message, fields });
  const log = { ...quietLog, info: keep, error: keep };

  beforeAll(async () => {
    cluster = await privateCluster();
    await cluster.ensureDatabase('control');
    admin = new pg.Pool(cluster.connection('control'));
    admin.on('error', () => undefined);
    await admin.query(governanceSchema);
    copy = createLocalCopy({
      control: cluster.connection('control'),
      load: courses,
      clock: systemClock,
      log,
    });
    await copy.start();
  });
  afterAll(async () => {
    await copy.stop();
    await admin.end();
    await cluster.dispose();
  });
  beforeEach(async () => {
    await until(() => copy.read() !== null);
    logged.length = 0;
  });

  test.each(['stop', 'kill'] as const)('closes, and returns by itself (%s)', async (end) => {
    await cluster[end]();
    await until(() => copy.read() === null);
    await cluster.start();
    await until(() => copy.read() !== null);
    expect(logged.map(({ message }) => message)).toEqual([
      'the records of governance cannot be read',
      'the records of governance can be read again',
    ]);
    // A code and nothing else: texts of a database can quote rows.
    expect(Object.keys(logged[0]!.fields)).toEqual(['code']);
    expect(Object.values(logged[0]!.fields)[0]).toMatch(/^(no answer|\w+)$/);
  });

  test('closes when the database falls silent without closing the connection', async () => {
    const { rows } = await admin.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'cordon-governance'",
    );
    const { pid } = rows[0]!;
    process.kill(pid, 'SIGSTOP');
    try {
      await until(() => copy.read() === null);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(() => copy.read() !== null);
  });

  test('reads everything anew after an outage, even under a revision that it has seen', async () => {
    await admin.query(training('t1', 'before'));
    await until(() => copy.read()?.[0] === 'before');
    const gate = new pg.Client(cluster.connection('postgres'));
    await gate.connect();
    try {
      await gate.query('ALTER DATABASE control ALLOW_CONNECTIONS false');
      await gate.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cordon-governance'",
      );
      await until(() => logged.length > 0);
      // As a restored backup would: other records under the same number.
      await admin.query(
        "BEGIN; SET LOCAL session_replication_role = replica; UPDATE governance.training SET course = 'restored'; COMMIT",
      );
    } finally {
      await gate.query('ALTER DATABASE control ALLOW_CONNECTIONS true');
      await gate.end();
    }
    await until(() => copy.read()?.[0] === 'restored');
  });
});
