import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Log } from '../../src/base/index.js';
import {
  EmbeddedError,
  FolderInUseError,
  startEmbedded,
  type EmbeddedPostgres,
} from '../../src/embedded/index.js';
import { quietLog } from '../support/quiet-log.js';
import { testFolder } from '../support/test-folders.js';

const isRoot = process.getuid?.() === 0;
/** Data of the first test, which the others start on again: making it takes longer than all they do. */
const folder = testFolder('embedded');
const folders: string[] = [];
const running: EmbeddedPostgres[] = [];

function newFolder(): string {
  const folder = testFolder('embedded');
  folders.push(folder);
  return folder;
}

async function start(
  folder: string,
  settings: Record<string, string> = {},
  log = quietLog,
): Promise<EmbeddedPostgres> {
  const postgres = await startEmbedded({ folder, log, settings });
  running.push(postgres);
  return postgres;
}

async function query(
  config: pg.ClientConfig | string,
  text: string,
  params: unknown[] = [],
): Promise<unknown[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, params)).rows;
  } finally {
    await client.end();
  }
}

afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('a first start', () => {
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    postgres = await startEmbedded({
      folder,
      log: quietLog,
      settings: {
        max_connections: '17',
        listen_addresses: '127.0.0.1',
        log_statement: 'all',
        log_min_duration_statement: '0',
      },
    });
  });

  afterAll(() => postgres.stop());

  it('listens on a socket in a closed folder and on nothing else', async () => {
    expect(await query(postgres.connection('postgres'), 'SHOW listen_addresses')).toEqual([
      { listen_addresses: '' },
    ]);
    expect((await stat(folder)).mode & 0o007).toBe(0);
    expect((await stat(postgres.socketFolder)).mode & 0o777).toBe(0o700);
    expect(await readdir(postgres.socketFolder)).toContain(`.s.PGSQL.${postgres.port}`);
  });

  it('can be reached by connection and by URL, as any role that may log in', async () => {
    await postgres.ensureDatabase('käse "und" wein');
    await query(postgres.connection('postgres'), 'CREATE ROLE "a reader" LOGIN');
    const who = 'SELECT current_user::text AS who, current_database()::text AS at';
    const expected = [{ who: 'a reader', at: 'käse "und" wein' }];
    expect(await query(postgres.connection('käse "und" wein', 'a reader'), who)).toEqual(expected);
    expect(await query(postgres.url('käse "und" wein', 'a reader'), who)).toEqual(expected);
  });

  it('keeps what makes commits durable, and parameters and rows out of its log', async () => {
    const connection = postgres.connection('postgres');
    const settings = {
      fsync: 'on',
      full_page_writes: 'on',
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
    };
    for (const [name, value] of Object.entries(settings))
      expect(await query(connection, `SHOW ${name}`)).toEqual([{ [name]: value }]);
    await query(connection, 'CREATE TABLE t (a text PRIMARY KEY)');
    const insert = 'INSERT INTO t SELECT reverse($1)';
    await query(connection, insert, ['a parameter']);
    await expect(query(connection, insert, ['a parameter'])).rejects.toThrow('duplicate key');
    const log = await readFile(join(folder, 'postgres.log'), 'utf8');
    expect(log).toContain('INSERT INTO t SELECT reverse');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('a parameter');
    expect(log).not.toContain('retemarap a');
  });

  it('orders and folds text alike on every machine', async () => {
    await postgres.ensureDatabase('text');
    expect(
      await query(
        postgres.connection('text'),
        `SELECT upper('straße é') AS upper, 'Z' < 'a' AS bytes, getdatabaseencoding()::text AS encoding`,
      ),
    ).toEqual([{ upper: 'STRAßE É', bytes: true, encoding: 'UTF8' }]);
  });

  it('takes settings, but none that would open it', async () => {
    expect(
      await query(
        postgres.connection('postgres'),
        `SELECT current_setting('max_connections') AS max, current_setting('listen_addresses') AS listen`,
      ),
    ).toEqual([{ max: '17', listen: '' }]);
  });
});

describe('a start', () => {
  it('installs nothing on the process', async () => {
    const events = ['exit', 'beforeExit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException'];
    const before = events.map((event) => process.listenerCount(event));
    await start(folder);
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
  });

  it('leaves a folder with other files as it is', async () => {
    const letters = newFolder();
    await mkdir(letters);
    await chmod(letters, 0o755);
    await writeFile(join(letters, 'letter.txt'), 'mine');
    await expect(start(letters)).rejects.toThrow(`${letters} holds other files; name an empty folder`);
    expect(await readdir(letters)).toEqual(['letter.txt']);
    expect((await stat(letters)).mode & 0o777).toBe(0o755);
  });

  it('that fails says where the reason is, and gives the folder free', async () => {
    await expect(start(folder, { shared_buffers: 'a lot' })).rejects.toThrow(
      new EmbeddedError(`PostgreSQL did not start; ${join(folder, 'postgres.log')} says why.`),
    );
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('shared_buffers');
    await start(folder);
  });
});

describe('a next start', () => {
  it('finds the data of the one before', async () => {
    const first = await start(folder);
    await first.ensureDatabase('kept');
    await query(first.connection('kept'), 'CREATE TABLE t AS SELECT 42 AS a');
    await first.stop();
    const second = await start(folder);
    await second.ensureDatabase('kept');
    expect(await query(second.connection('kept'), 'SELECT a FROM t')).toEqual([{ a: 42 }]);
  });

  it('refuses data of another version in one sentence', async () => {
    const old = newFolder();
    await mkdir(join(old, 'data'), { recursive: true });
    await writeFile(join(old, 'data/PG_VERSION'), '9\n');
    await expect(start(old)).rejects.toThrow('was made by PostgreSQL 9, and this is 18; move it away');
  });
});

describe('a second start on a folder in use', () => {
  it('fails with FolderInUseError and leaves the first running', async () => {
    const first = await start(folder);
    await expect(start(folder)).rejects.toThrow(new FolderInUseError(folder));
    expect(await query(first.connection('postgres'), 'SELECT 1 AS a')).toEqual([{ a: 1 }]);
    await first.stop();
    await start(folder);
  });

  it('never lets two go on that start together', async () => {
    const starts = await Promise.allSettled([start(folder), start(folder), start(folder)]);
    expect(starts.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    for (const result of starts)
      if (result.status === 'fulfilled') await result.value.stop();
      else expect(result.reason).toBeInstanceOf(FolderInUseError);
    await start(folder);
  });
});

describe('a folder with a long path', () => {
  it('has its socket under a short one, closed as well, and is still locked', async () => {
    const outer = newFolder();
    await mkdir(outer);
    await chmod(outer, 0o755);
    const long = join(outer, 'a-long-name-'.repeat(12));
    const postgres = await start(long);
    folders.push(dirname(postgres.socketFolder));
    expect(dirname(dirname(postgres.socketFolder))).toBe('/tmp');
    expect((await stat(postgres.socketFolder)).mode & 0o777).toBe(0o700);
    expect(await query(postgres.url('postgres'), 'SELECT 1 AS a')).toEqual([{ a: 1 }]);
    expect(await readdir(long)).toContain('data');
    await expect(start(long)).rejects.toThrow(FolderInUseError);
  });
});

it('says so when PostgreSQL ends by itself', async () => {
  const message = new Promise<string>((resolve) => {
    const log: Log = { ...quietLog, error: (_fields, text) => resolve(text) };
    void start(folder, {}, log).then((postgres) => process.kill(postgres.processId, 'SIGQUIT'));
  });
  expect(await message).toContain('ended by itself');
});

(process.platform === 'linux' ? it : it.skip)(
  "runs PostgreSQL outside the terminal's process group, so that Ctrl-C is for the gateway alone",
  async () => {
    const { processId } = await start(folder);
    const group = async (id: number): Promise<string | undefined> =>
      (await readFile(`/proc/${id}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
    expect(await group(processId)).toBe(String(processId));
  },
);

(isRoot ? describe : describe.skip)('as root', () => {
  let umask: number;

  // The strictest that administrators set.
  beforeEach(() => {
    umask = process.umask(0o077);
  });

  afterEach(() => {
    process.umask(umask);
  });

  it('runs PostgreSQL as somebody else, who can write to its data and sockets only', async () => {
    const postgres = await start(folder);
    const owners = async (...paths: string[]): Promise<number[]> =>
      Promise.all(paths.map(async (path) => (await stat(path)).uid));
    const [runner] = await owners(`/proc/${postgres.processId}`);
    expect(runner).not.toBe(0);
    expect(await owners(join(folder, 'data'), postgres.socketFolder)).toEqual([runner, runner]);
    const ours = ['.', 'pg_hba.conf', 'pg_ident.conf', 'postgres.log'].map((name) => join(folder, name));
    expect(await owners(...ours)).toEqual([0, 0, 0, 0]);
  });

  it('takes a folder under /var/lib for one that the other user cannot reach, and finds it again', async () => {
    const outer = newFolder();
    await mkdir(outer, { mode: 0o700 });
    const unreachable = join(outer, 'postgres');
    const warnings: string[] = [];
    const log: Log = { ...quietLog, warn: (_fields, text) => warnings.push(text) };
    const name = createHash('sha256').update(unreachable).digest('hex').slice(0, 16);
    const elsewhere = join('/var/lib/cordon', name);
    folders.push(elsewhere);
    const first = await start(unreachable, {}, log);
    expect(first.folder).toBe(elsewhere);
    expect(warnings).toEqual([
      expect.stringContaining(`cannot reach ${unreachable}; its data is in ${first.folder}`),
    ]);
    expect(await readdir(outer)).toEqual([]);
    await first.ensureDatabase('kept');
    await first.stop();
    const second = await start(unreachable);
    expect(await query(second.connection('kept'), 'SELECT 1 AS a')).toEqual([{ a: 1 }]);
  });
});
